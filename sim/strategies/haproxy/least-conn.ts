import type { Strategy, View } from '../strategy.ts';
import { OrderedTree } from '../structures/ordered-tree.ts';
import { EFFECTIVE_MAX, Servers } from './servers.ts';

/**
 * HAProxy's leastconn: the least (requests + 1) / weight, but idle ones are all first, whatever their weight; of equal ones the one that has
 * been so for longest, which makes turns. O(log n).
 * @source haproxy src/lb_fwlc.c, fwlc_queue_srv
 * @simplifies maxconn of servers; from version 3.2 on equal ones are kept in several lists, among which chance chooses
 */
export class LeastConn implements Strategy {
  readonly #inFlight: Int32Array;
  readonly #servers: Servers;
  readonly #tree: OrderedTree;
  #sequence = 0;

  constructor(view: View) {
    this.#inFlight = view.inFlight;
    this.#servers = new Servers(view);
    this.#tree = new OrderedTree(view.capacity);
  }

  changed(): void {
    this.#servers.changed((slot, _, now) => {
      if (now === 0) this.#tree.remove(slot);
      else this.#tree.set(slot, this.#key(slot), this.#sequence++);
    });
  }

  pick(): number {
    return this.#tree.first;
  }

  started(slot: number): void {
    this.#reposition(slot);
  }

  ended(slot: number): void {
    this.#reposition(slot);
  }

  #key(slot: number): number {
    const count = this.#inFlight[slot]!;
    return count === 0 ? 0 : Math.trunc(((count + 1) * EFFECTIVE_MAX) / this.#servers.effective[slot]!);
  }

  #reposition(slot: number): void {
    if (this.#servers.effective[slot] === 0) return;
    this.#tree.set(slot, this.#key(slot), this.#sequence++);
  }
}
