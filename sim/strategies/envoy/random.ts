import type { Strategy, View } from '../strategy.ts';

/**
 * Envoy's random: any host, whatever its weight.
 * @source envoy source/extensions/load_balancing_policies/random/random_lb.cc
 */
export class Random implements Strategy {
  readonly #view: View;
  #slots: Int32Array = new Int32Array(0);

  constructor(view: View) {
    this.#view = view;
  }

  changed(): void {
    const { members, count, weight } = this.#view;
    this.#slots = members.slice(0, count).filter((slot) => weight[slot]! > 0);
  }

  pick(): number {
    return this.#slots.length === 0 ? -1 : this.#slots[this.#view.random.below(this.#slots.length)]!;
  }
}
