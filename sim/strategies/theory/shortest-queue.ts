import type { Strategy, StrategyKind, View } from '../strategy.ts';
import { CountBuckets } from '../structures/count-buckets.ts';

/** JSQ: the fewest requests of all, by the truth, a random one of equals. */
export const shortestQueue: StrategyKind = {
  name: 'jsq',
  title: 'join the shortest queue, by the truth; any of equals',
  knows: 'global',
  runs: 'dispatcher',
  source: 'R. R. Weber, On the optimal assignment of customers to parallel servers, 1978',
  create: (view) => new ShortestQueue(view),
};

/** The fewest requests in flight of this instance's own: the same rule as JSQ, but every client by itself. */
export const leastInFlight: StrategyKind = {
  name: 'least-in-flight',
  title: 'the fewest of the client’s own requests in flight; any of equals',
  knows: 'localCounts',
  runs: 'client',
  source: 'JSQ with local instead of global counts',
  create: (view) => new ShortestQueue(view),
};

class ShortestQueue implements Strategy {
  readonly #view: View;
  readonly #buckets: CountBuckets;

  constructor(view: View) {
    this.#view = view;
    this.#buckets = new CountBuckets(view.capacity);
  }

  pick(): number {
    const { ties } = this.#buckets;
    return ties === 0 ? -1 : this.#buckets.tied(this.#view.random.below(ties));
  }

  changed(): void {
    const { count, members, inFlight, capacity } = this.#view;
    for (let slot = 0; slot < capacity; slot++) this.#buckets.remove(slot);
    for (let i = 0; i < count; i++) this.#buckets.add(members[i]!, inFlight[members[i]!]!);
  }

  started(slot: number): void {
    this.#buckets.set(slot, this.#view.inFlight[slot]!);
  }

  ended(slot: number): void {
    this.#buckets.set(slot, this.#view.inFlight[slot]!);
  }
}
