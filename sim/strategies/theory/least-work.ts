import type { Strategy, StrategyKind, View } from '../strategy.ts';
import { CountBuckets } from '../structures/count-buckets.ts';
import { LeastTree } from '../structures/least-tree.ts';

/**
 * LWL: where a request would begin first, by the truth about all demands: with equal servers what one line for all of them does
 * (M/G/c). The ideal; nobody knows demands. Of several idle ones any.
 * @source M. Harchol-Balter, Performance Modeling and Design of Computer Systems, 2013, ch. 24
 */
export const leastWorkLeft: StrategyKind = {
  name: 'least-work-left',
  title: 'where a request would begin first, by the truth about all demands',
  knows: 'global',
  runs: 'dispatcher',
  source: 'M. Harchol-Balter 2013, ch. 24',
  create: (view) => new LeastWorkLeft(view),
};

class LeastWorkLeft implements Strategy {
  readonly #view: View;
  readonly #tree: LeastTree;
  /** Those without any request: all alike. */
  readonly #idle: CountBuckets;

  constructor(view: View) {
    this.#view = view;
    this.#tree = new LeastTree(view.capacity);
    this.#idle = new CountBuckets(view.capacity);
  }

  changed(): void {
    const { count, members, capacity } = this.#view;
    this.#tree.clear();
    for (let slot = 0; slot < capacity; slot++) this.#idle.remove(slot);
    for (let i = 0; i < count; i++) {
      this.#idle.add(members[i]!, 1);
      this.#set(members[i]!);
    }
  }

  pick(): number {
    const { ties } = this.#idle;
    if (ties > 0 && this.#view.inFlight[this.#idle.tied(0)] === 0) {
      return this.#idle.tied(this.#view.random.below(ties));
    }
    return this.#tree.first;
  }

  started(slot: number): void {
    if (this.#idle.has(slot)) this.#set(slot);
  }

  ended(slot: number): void {
    if (this.#idle.has(slot)) this.#set(slot);
  }

  #set(slot: number): void {
    this.#tree.set(slot, this.#view.startsAt[slot]!);
    this.#idle.set(slot, this.#view.inFlight[slot] === 0 ? 0 : 1);
  }
}
