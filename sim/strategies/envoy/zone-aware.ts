import type { Strategy, View } from '../strategy.ts';
import { SubView } from './sub-view.ts';
import { PARTS, type ZoneRouting, zoneRouting } from './zone-routing.ts';

/** Names and defaults are Envoy's. @source envoy api ZoneAwareLbConfig */
export const ZONE_OPTIONS = {
  /** With fewer hosts, zones do not count. */
  minClusterSize: 6,
  /** Percent of picks for which they do. */
  routingEnabled: 100,
  /** 1: the own zone has everything as long as it has a host. */
  forceLocalityDirectRouting: 0,
} as const;

export type ZoneOptions = { readonly [Name in keyof typeof ZONE_OPTIONS]: number };

/**
 * Envoy's zone-aware routing around a strategy, of which there is one for all hosts and one for each zone.
 * @source envoy load_balancer_impl.cc, ZoneAwareLoadBalancerBase
 * @simplifies whether proxies are healthy; who is a member is healthy
 */
export class ZoneAware implements Strategy {
  readonly #view: View;
  readonly #options: ZoneOptions;
  readonly #create: (view: View) => Strategy;
  readonly #all: Strategy;
  readonly #allView: SubView;
  readonly #zones: { view: SubView; strategy: Strategy }[] = [];
  /** Undefined: zones do not count now. */
  #routing: ZoneRouting | undefined;

  constructor(view: View, options: ZoneOptions, create: (view: View) => Strategy) {
    this.#view = view;
    this.#options = options;
    this.#create = create;
    this.#allView = new SubView(view);
    this.#all = create(this.#allView);
  }

  changed(): void {
    const { zone } = this.#view;
    this.#allView.show(() => true);
    this.#all.changed?.();
    const members = this.#allView.members.subarray(0, this.#allView.count);
    for (const slot of members) {
      while (this.#zones.length <= zone[slot]!) {
        const view = new SubView(this.#view);
        this.#zones.push({ view, strategy: this.#create(view) });
      }
    }
    this.#zones.forEach(({ view, strategy }, number) => {
      view.show((slot) => zone[slot] === number);
      strategy.changed?.();
    });
    this.#routing = this.#route();
  }

  pick(source: number, port: number): number {
    const routing = this.#routing;
    const { random, home } = this.#view;
    const { routingEnabled } = this.#options;
    if (routing === undefined || (routingEnabled < 100 && random.below(100) >= routingEnabled)) {
      return this.#all.pick(source, port);
    }
    const local = routing.local === PARTS || random.below(PARTS) < routing.local;
    return this.#zones[local ? home : this.#elsewhere(routing)]!.strategy.pick(source, port);
  }

  started(slot: number): void {
    this.#all.started?.(slot);
    this.#zones[this.#view.zone[slot]!]?.strategy.started?.(slot);
  }

  ended(slot: number, ok: boolean): void {
    this.#all.ended?.(slot, ok);
    this.#zones[this.#view.zone[slot]!]?.strategy.ended?.(slot, ok);
  }

  #route(): ZoneRouting | undefined {
    const { instancesIn, home } = this.#view;
    const hosts = this.#zones.map(({ view }) => view.count);
    const direct = this.#options.forceLocalityDirectRouting !== 0;
    if (hosts.filter((count) => count > 0).length < 2) return undefined;
    if (instancesIn.filter((count) => count > 0).length < 2 && !direct) return undefined;
    if (!instancesIn[home] || this.#allView.count < this.#options.minClusterSize) return undefined;
    if (direct && hosts[home]) return { local: PARTS, residual: [] };
    return zoneRouting(instancesIn, hosts, home);
  }

  /** A zone with hosts to spare, by how much; with rounding errors there may be none: then any zone that has hosts. */
  #elsewhere({ residual }: ZoneRouting): number {
    const { random } = this.#view;
    const spare = residual[residual.length - 1]!;
    if (spare === 0) return this.#view.zone[this.#allView.members[random.below(this.#allView.count)]!]!;
    const drawn = random.below(spare);
    let zone = 0;
    while (drawn >= residual[zone]!) zone++;
    return zone;
  }
}
