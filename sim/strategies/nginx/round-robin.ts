import { greatestCommonDivisor } from '../../dataplane/ipvs/schedulers/turns.ts';
import type { Strategy, View } from '../strategy.ts';
import { type PeerOptions, Peers } from './peers.ts';

/** Turns longer than this are not written down. */
const LONGEST = 1 << 20;

/**
 * nginx's round robin. While nobody fails, the picks repeat after (total weight / greatest common divisor) of them: the first turn is
 * walked and written down, O(n) a pick; the next ones are read, O(1). A failure or a change ends that, until all have their weights back.
 */
export class RoundRobin implements Strategy {
  readonly #peers: Peers;
  /** The picks of a turn; 0 entries: not to be written. */
  #turn = new Int32Array(0);
  /** Entries that are written, and the next one to read; reading: the turn is complete and true. */
  #written = 0;
  #next = 0;
  #reading = false;
  /** By slot: the current weights at the begin of the turn. */
  readonly #start: Float64Array;

  constructor(view: View, options: PeerOptions) {
    this.#peers = new Peers(view, options);
    this.#start = new Float64Array(view.capacity);
  }

  changed(): void {
    this.#stop();
    this.#peers.changed();
    const { slots, weight, totalWeight } = this.#peers;
    const divisor = slots.map((slot) => weight[slot]!).reduce(greatestCommonDivisor, 0);
    const length = divisor === 0 ? 0 : totalWeight / divisor;
    if (length !== this.#turn.length) this.#turn = new Int32Array(length <= LONGEST ? length : 0);
  }

  pick(): number {
    if (this.#reading) {
      if (this.#next === this.#turn.length) this.#next = 0;
      return this.#turn[this.#next++]!;
    }
    const peers = this.#peers;
    if (this.#written === 0 && peers.sound) this.#remember();
    const slot = peers.smooth();
    if (peers.sound) this.#write(slot);
    else this.#written = 0;
    return slot;
  }

  ended(slot: number, ok: boolean): void {
    if (!ok) this.#stop();
    this.#peers.ended(slot, ok);
  }

  #remember(): void {
    const { slots, current } = this.#peers;
    for (let i = 0; i < slots.length; i++) this.#start[slots[i]!] = current[slots[i]!]!;
  }

  #write(slot: number): void {
    const { slots, current } = this.#peers;
    if (this.#turn.length === 0 || slot < 0) return;
    this.#turn[this.#written++] = slot;
    if (this.#written < this.#turn.length) return;
    this.#reading = true;
    this.#next = 0;
    this.#written = 0;
    // from where failures have left it, the first turn may end elsewhere than it began
    for (let i = 0; i < slots.length; i++) if (current[slots[i]!] !== this.#start[slots[i]!]) this.#reading = false;
  }

  /** Gives the current weights the values that they would have had without the turn, and forgets it. */
  #stop(): void {
    this.#written = 0;
    if (!this.#reading) return;
    this.#reading = false;
    const { slots, current, weight, totalWeight } = this.#peers;
    for (const slot of slots) current[slot]! += this.#next * weight[slot]!;
    for (let i = 0; i < this.#next; i++) current[this.#turn[i]!]! -= totalWeight;
  }
}
