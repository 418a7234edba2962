import type { Strategy, View } from '../strategy.ts';
import { TRIES } from './hash.ts';
import { type PeerOptions, Peers } from './peers.ts';

/**
 * `random two least_conn`: two different servers, drawn by weight; the one with fewer connections for its weight, on a tie the second.
 * @source nginx src/http/modules/ngx_http_upstream_random_module.c, ngx_http_upstream_get_random2_peer
 */
export class RandomTwo implements Strategy {
  readonly #view: View;
  readonly #peers: Peers;
  /** By place: the sum of the weights before it. */
  #ranges = new Int32Array(0);

  constructor(view: View, options: PeerOptions) {
    this.#view = view;
    this.#peers = new Peers(view, options);
  }

  changed(): void {
    this.#peers.changed();
    const { slots, weight } = this.#peers;
    this.#ranges = new Int32Array(slots.length);
    let sum = 0;
    for (let i = 0; i < slots.length; i++) {
      this.#ranges[i] = sum;
      sum += weight[slots[i]!]!;
    }
  }

  pick(): number {
    const peers = this.#peers;
    const { slots, weight } = peers;
    const { inFlight } = this.#view;
    if (slots.length < 2) return peers.smooth();
    let first = -1;
    for (let tries = 0; tries <= TRIES; tries++) {
      const slot = slots[this.#draw()]!;
      if (slot === first || !(peers.sound || peers.isUp(slot))) continue;
      if (first < 0) {
        first = slot;
        continue;
      }
      const second = inFlight[slot]! * weight[first]! <= inFlight[first]! * weight[slot]!;
      peers.chosen(second ? slot : first);
      return second ? slot : first;
    }
    return peers.smooth();
  }

  ended(slot: number, ok: boolean): void {
    this.#peers.ended(slot, ok);
  }

  /** @returns a place, by weight */
  #draw(): number {
    const peers = this.#peers;
    const drawn = this.#view.random.below(peers.totalWeight);
    if (peers.even) return (drawn / peers.weight[peers.slots[0]!]!) | 0;
    let low = 0;
    let high = this.#ranges.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (drawn < this.#ranges[middle]!) high = middle;
      else low = middle;
    }
    return low;
  }
}
