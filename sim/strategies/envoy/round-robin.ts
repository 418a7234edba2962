import type { View } from '../strategy.ts';
import { EdfBalancer } from './edf-balancer.ts';
import type { SlowStart } from './slow-start.ts';

/**
 * Envoy's round robin: hosts of equal weights in turn, from a random one; O(1). Of different weights by deadlines: O(log n).
 * @source envoy source/extensions/load_balancing_policies/round_robin/round_robin_lb.h
 */
export class RoundRobin extends EdfBalancer {
  #turn: number;

  constructor(view: View, options: SlowStart) {
    super(view, options);
    this.#turn = this.seed;
  }

  protected override pickUnweighted(): number {
    return this.slots[this.#turn++ % this.slots.length]!;
  }

  protected override plainWeightOf(slot: number): number {
    return this.view.weight[slot]!;
  }
}
