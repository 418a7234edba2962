import type { Strategy, View } from '../strategy.ts';
import { OrderedTree } from '../structures/ordered-tree.ts';
import { Servers } from './servers.ts';

/**
 * HAProxy's first: the first server, by its id, that is not full, so that those at the end can be switched off. O(log n).
 * @source haproxy src/lb_fas.c
 * @simplifies with all full, HAProxy keeps a request until one has room; here it goes to the one with the fewest at once
 */
export class First implements Strategy {
  readonly #inFlight: Int32Array;
  readonly #servers: Servers;
  readonly #maxconn: number;
  readonly #tree: OrderedTree;

  /** @param options.maxconn requests that a server takes at a time; 0: any number, and all go to the first */
  constructor(view: View, { maxconn }: { maxconn: number }) {
    this.#inFlight = view.inFlight;
    this.#servers = new Servers(view);
    this.#maxconn = maxconn === 0 ? Infinity : maxconn;
    this.#tree = new OrderedTree(view.capacity);
  }

  changed(): void {
    this.#servers.changed((slot, _, now) => {
      if (now === 0) this.#tree.remove(slot);
      else this.#place(slot);
    });
  }

  pick(): number {
    return this.#tree.first;
  }

  started(slot: number): void {
    if (this.#servers.effective[slot]! > 0) this.#place(slot);
  }

  ended(slot: number): void {
    if (this.#servers.effective[slot]! > 0) this.#place(slot);
  }

  #place(slot: number): void {
    const count = this.#inFlight[slot]!;
    this.#tree.set(slot, count < this.#maxconn ? 0 : count, slot);
  }
}
