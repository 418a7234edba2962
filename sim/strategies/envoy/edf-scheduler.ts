import { OrderedTree } from '../structures/ordered-tree.ts';

/** Who knows what weight a host has now. */
export interface Weigher {
  weightOf(slot: number): number;
}

/** Keeps weights that are multiples of each other from meeting in rounding errors. */
const EPSILON = 1e-13;
/** More picks than that are not made in advance. */
const MOST_PICKS = 429496729;

/**
 * Earliest deadline first: the host with the earliest deadline is picked, and gets the next one 1 / weight after that; of equal deadlines
 * the one that was set first. O(log n).
 * @source envoy source/common/upstream/edf_scheduler.h
 */
export class EdfScheduler {
  readonly #tree: OrderedTree;
  #sequence = 0;

  /** @param capacity slots are below this */
  constructor(capacity: number) {
    this.#tree = new OrderedTree(capacity);
  }

  /**
   * Begins anew with these hosts, as if so many picks had been made: most of them are worked out, as each host must have had its share.
   */
  begin(slots: Int32Array, weigher: Weigher, picks: number): void {
    this.#tree.clear();
    let sum = 0;
    for (let i = 0; i < slots.length; i++) sum += weigher.weightOf(slots[i]!) + EPSILON;
    let left = picks % MOST_PICKS;
    const perWeight = left / sum;
    const total = left;
    for (let i = 0; i < slots.length; i++) {
      const weight = weigher.weightOf(slots[i]!) + EPSILON;
      let mine = Math.floor((weight * total) / sum);
      if (mine > 0 && mine / weight >= perWeight) mine--;
      this.#tree.set(slots[i]!, (mine + 1) / weight, i);
      left -= mine;
    }
    this.#sequence = slots.length;
    for (; left > 0; left--) this.pick(weigher);
  }

  /** Picks, and sets the deadline for the host's next turn by the weight that it has now. There must be hosts. */
  pick(weigher: Weigher): number {
    const slot = this.#tree.first;
    const deadline = this.#tree.firstKey(slot);
    this.#tree.set(slot, deadline + 1 / weigher.weightOf(slot), this.#sequence++);
    return slot;
  }
}
