import type { Strategy, View } from '../strategy.ts';
import { priorityLoad } from './priority-load.ts';
import { SubView } from './sub-view.ts';

/**
 * Priorities by zone around a strategy, of which each priority has one: hosts of the proxy's own zone come first, those of other zones take
 * over what the first cannot carry by their health. It is how Istio configures Envoy for locality failover.
 * @source envoy load_balancer_impl.cc, LoadBalancerBase::choosePriority; istio pkg/networking/core/loadbalancer, applyLocalityFailover
 * @simplifies two priorities; panic is for all hosts together, outside of this
 */
export class LocalityFailover implements Strategy {
  readonly #healthy: View;
  readonly #whole: View;
  readonly #views: readonly SubView[];
  readonly #levels: readonly Strategy[];
  #load: readonly number[] = [];

  /** @param healthy what of `whole` may be picked */
  constructor(healthy: View, whole: View, create: (view: View) => Strategy) {
    this.#healthy = healthy;
    this.#whole = whole;
    this.#views = [new SubView(healthy), new SubView(healthy)];
    this.#levels = this.#views.map(create);
  }

  changed(): void {
    const { zone, home } = this.#healthy;
    const hosts = [0, 0];
    for (let i = 0; i < this.#whole.count; i++) {
      const slot = this.#whole.members[i]!;
      if (this.#whole.weight[slot]! > 0) hosts[zone[slot] === home ? 0 : 1]!++;
    }
    this.#views.forEach((view, level) => {
      view.show((slot) => (zone[slot] === home) === (level === 0));
    });
    const healthy = this.#views.map(({ count }) => count);
    this.#load = priorityLoad(healthy, hosts);
    for (const level of this.#levels) level.changed?.();
  }

  pick(source: number, port: number): number {
    const first = this.#load[0] ?? 0;
    const level = first === 100 || this.#healthy.random.below(100) < first ? 0 : 1;
    return this.#levels[level]!.pick(source, port);
  }

  started(slot: number): void {
    for (const level of this.#levels) level.started?.(slot);
  }

  ended(slot: number, ok: boolean): void {
    for (const level of this.#levels) level.ended?.(slot, ok);
  }
}
