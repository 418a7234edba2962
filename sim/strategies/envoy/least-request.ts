import type { View } from '../strategy.ts';
import { CountBuckets } from '../structures/count-buckets.ts';
import { EdfBalancer } from './edf-balancer.ts';
import type { SlowStart } from './slow-start.ts';

export interface LeastRequestOptions extends SlowStart {
  /** Draws, with replacement. */
  readonly choiceCount: number;
  /** 1: the least of all hosts, of equal ones a random one, in place of draws. */
  readonly fullScan: number;
  /** Of hosts of different weights: the exponent of (requests + 1) by which a weight is divided. 0: requests do not matter. */
  readonly activeRequestBias: number;
}

/**
 * Envoy's least request. Hosts of equal weights: the fewest own requests of some random draws; an earlier draw wins a tie; O(1). Of different
 * weights: by deadlines, with weights divided by the requests at the host's last pick; O(log n).
 * @source envoy source/extensions/load_balancing_policies/least_request/least_request_lb.cc
 */
export class LeastRequest extends EdfBalancer {
  readonly #options: LeastRequestOptions;
  readonly #buckets: CountBuckets | undefined;
  readonly #present = new Set<number>();

  constructor(view: View, options: LeastRequestOptions) {
    super(view, options);
    this.#options = options;
    if (options.fullScan !== 0) this.#buckets = new CountBuckets(view.capacity);
  }

  override changed(): void {
    super.changed();
    if (this.#buckets === undefined) return;
    const gone = new Set(this.#present);
    for (const slot of this.slots) {
      if (gone.delete(slot)) continue;
      this.#present.add(slot);
      this.#buckets.add(slot, this.view.inFlight[slot]!);
    }
    for (const slot of gone) {
      this.#present.delete(slot);
      this.#buckets.remove(slot);
    }
  }

  started(slot: number): void {
    if (this.#buckets !== undefined) this.#buckets.set(slot, this.view.inFlight[slot]!);
  }

  ended(slot: number): void {
    if (this.#buckets !== undefined) this.#buckets.set(slot, this.view.inFlight[slot]!);
  }

  protected override pickUnweighted(): number {
    const { random, inFlight } = this.view;
    const { slots } = this;
    if (this.#buckets !== undefined) return this.#buckets.tied(random.below(this.#buckets.ties));
    let best = slots[random.below(slots.length)]!;
    for (let i = 1; i < this.#options.choiceCount; i++) {
      const drawn = slots[random.below(slots.length)]!;
      if (inFlight[drawn]! < inFlight[best]!) best = drawn;
    }
    return best;
  }

  protected override plainWeightOf(slot: number): number {
    const bias = this.#options.activeRequestBias;
    const requests = this.view.inFlight[slot]! + 1;
    return this.view.weight[slot]! / (bias === 1 ? requests : requests ** bias);
  }
}
