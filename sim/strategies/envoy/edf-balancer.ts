import type { Strategy, View } from '../strategy.ts';
import { EdfScheduler, type Weigher } from './edf-scheduler.ts';
import { type SlowStart, slowStartFactor } from './slow-start.ts';

/**
 * What round robin and least request have in common: hosts of different weights, or in slow start, are scheduled by deadlines; hosts of equal
 * weights are not. Which of the two is settled when the hosts change.
 * @source envoy source/extensions/load_balancing_policies/common/load_balancer_impl.cc, EdfLoadBalancerBase
 * @simplifies slow start counts from when the host became a member; those of the start of a run are past theirs
 */
export abstract class EdfBalancer implements Strategy, Weigher {
  protected readonly view: View;
  /** A number of this proxy's own, so that proxies do not march in step. */
  protected readonly seed: number;
  readonly #slowStart: SlowStart;
  /** Hosts with weight, in the order in which they were published. */
  protected slots: Int32Array = new Int32Array(0);
  #scheduler: EdfScheduler | undefined;
  #scheduled = false;
  /** [0]: when the newest host came, ns. */
  readonly #newest = new Float64Array([-Infinity]);

  constructor(view: View, slowStart: SlowStart) {
    this.view = view;
    this.seed = view.random.bits() >>> 0;
    this.#slowStart = slowStart;
  }

  /** Picks among hosts of equal weights; there is at least one. */
  protected abstract pickUnweighted(): number;
  /** The weight of a host, slow start aside. */
  protected abstract plainWeightOf(slot: number): number;

  changed(): void {
    const { view } = this;
    this.slots = view.members.slice(0, view.count).filter((slot) => view.weight[slot]! > 0);
    let even = true;
    for (const slot of this.slots) {
      if (view.weight[slot] !== view.weight[this.slots[0]!]) even = false;
      if (view.joined[slot]! > this.#newest[0]!) this.#newest[0] = view.joined[slot]!;
    }
    this.#scheduled = this.slots.length > 1 && !(even && this.#settled());
    if (!this.#scheduled) return;
    this.#scheduler ??= new EdfScheduler(view.capacity);
    this.#scheduler.begin(this.slots, this, this.seed);
  }

  pick(): number {
    if (this.slots.length === 0) return -1;
    return this.#scheduled ? this.#scheduler!.pick(this) : this.pickUnweighted();
  }

  weightOf(slot: number): number {
    const weight = this.plainWeightOf(slot);
    if (this.#settled()) return weight;
    return weight * slowStartFactor(this.view.clock[0]! - this.view.joined[slot]!, this.#slowStart);
  }

  /** No host is in slow start. */
  #settled(): boolean {
    const window = this.#slowStart.slowStartWindow;
    return window === 0 || Math.floor((this.view.clock[0]! - this.#newest[0]!) / 1e6) > 1000 * window;
  }
}
