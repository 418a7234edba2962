import type { Strategy, View } from '../strategy.ts';
import { KernelList } from './kernel-list.ts';

/**
 * twos: the less loaded, for its weight, of two drawn by weight with replacement. A draw is from 0 to the sum of weights, both
 * included, and the first destination at which the weights so far reach it is taken: the first of the list gets one more.
 * @source linux net/netfilter/ipvs/ip_vs_twos.c
 */
export class TwoOfKernel implements Strategy {
  readonly #view: View;
  readonly #list: KernelList;
  /** By place among those of weight: its slot, and the weights up to it. */
  readonly #slots: Int32Array;
  readonly #upTo: Float64Array;
  #count = 0;
  /** The weight that all have; 0: they differ. */
  #common = 0;

  constructor(view: View) {
    this.#view = view;
    this.#list = new KernelList(view);
    this.#slots = new Int32Array(view.capacity);
    this.#upTo = new Float64Array(view.capacity);
  }

  changed(): void {
    const list = this.#list;
    list.follow();
    let total = 0;
    this.#count = 0;
    for (let place = 0; place < list.count; place++) {
      const slot = list.order[place]!;
      if (list.weight[slot]! <= 0) continue;
      total += list.weight[slot]!;
      this.#slots[this.#count] = slot;
      this.#upTo[this.#count++] = total;
    }
    const first = this.#count > 0 ? this.#upTo[0]! : 0;
    const areEqual = this.#slots.subarray(0, this.#count).every((slot) => list.weight[slot] === first);
    this.#common = areEqual ? first : 0;
  }

  pick(): number {
    while (this.#list.forget() >= 0);
    if (this.#count === 0) return -1;
    const total = this.#upTo[this.#count - 1]!;
    const { random } = this.#view;
    const one = this.#drawn(random.below(total + 1));
    const two = this.#drawn(random.below(total + 1));
    const { weight } = this.#list;
    return weight[two]! * this.#overhead(one) > weight[one]! * this.#overhead(two) ? two : one;
  }

  ended(slot: number): void {
    this.#list.closed(slot);
  }

  #overhead(slot: number): number {
    return this.#view.inFlight[slot]! * 256 + this.#list.inactive[slot]!;
  }

  /** The first whose weight, with those before, reaches the draw. */
  #drawn(draw: number): number {
    const common = this.#common;
    if (common > 0) return this.#slots[draw === 0 ? 0 : Math.ceil(draw / common) - 1]!;
    let [low, high] = [0, this.#count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#upTo[middle]! >= draw) high = middle;
      else low = middle + 1;
    }
    return this.#slots[low]!;
  }
}
