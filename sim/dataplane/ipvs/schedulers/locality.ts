import { leastBy, weightOf } from './load.ts';
import { type Destination, overhead, type ScheduleRequest, type Scheduler } from './scheduler.ts';

/**
 * lblc: a virtual address keeps its server until that is overloaded while another is half idle. In Kubernetes all
 * connections of a virtual server have one address, so it sticks to one. @source linux net/netfilter/ipvs/ip_vs_lblc.c
 */
export class LocalityBasedLeastConnection implements Scheduler {
  readonly #cache = new Map<number, string>();

  pick(destinations: readonly Destination[], { destination }: ScheduleRequest): number {
    const cached = indexOfKey(destinations, this.#cache.get(destination));
    if (cached >= 0 && destinations[cached]!.weight > 0 && !isOverloaded(destinations[cached]!, destinations)) {
      return cached;
    }
    const picked = leastBy(destinations, overhead, weightOf);
    if (picked >= 0) this.#cache.set(destination, keyOf(destinations[picked]!));
    return picked;
  }
}

/**
 * lblcr: as lblc, but a virtual address keeps a set of servers and uses the least loaded of them; the set grows when that
 * one is overloaded. @source linux net/netfilter/ipvs/ip_vs_lblcr.c
 * @simplifies the set never shrinks, which in the kernel takes a day without change
 */
export class LocalityBasedLeastConnectionReplicated implements Scheduler {
  readonly #cache = new Map<number, Set<string>>();

  pick(destinations: readonly Destination[], { destination }: ScheduleRequest): number {
    const own = this.#cache.get(destination) ?? new Set<string>();
    const members = destinations.map((each) => (own.has(keyOf(each)) ? each : { ...each, weight: 0 }));
    const cached = leastBy(members, overhead, weightOf);
    if (cached >= 0 && !isOverloaded(destinations[cached]!, destinations)) return cached;
    const picked = leastBy(destinations, overhead, weightOf);
    if (picked >= 0) this.#cache.set(destination, own.add(keyOf(destinations[picked]!)));
    return picked;
  }
}

function isOverloaded({ active, weight }: Destination, destinations: readonly Destination[]): boolean {
  return active > weight && destinations.some((other) => other.active * 2 < other.weight);
}

function keyOf({ ip, port }: Destination): string {
  return `${ip} ${port}`;
}

function indexOfKey(destinations: readonly Destination[], key: string | undefined): number {
  return key === undefined ? -1 : destinations.findIndex((destination) => keyOf(destination) === key);
}
