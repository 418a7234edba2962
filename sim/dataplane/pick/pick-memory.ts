import { bytesOfIP } from '../../cluster/ip.ts';
import type { PortRoute } from '../port-routes.ts';
import type { ProxySettings } from '../rules/proxy-input.ts';
import { ClientAffinity, RECENT_LIST_CAPACITY } from './affinity.ts';
import { type Balancer, type Connect, createBalancer } from './balancer.ts';
import type { Entry } from './route.ts';

/** A balancer with the endpoints that it was told of last. */
interface Balancing {
  balancer: Balancer;
  route: PortRoute | null;
}

/**
 * What the data plane of one node remembers of one Service port from connection to connection: the state of its schedulers, one
 * for each virtual address, and which client is with which backend.
 */
export class PickMemory {
  readonly #settings: ProxySettings;
  readonly #balancings = new Map<Entry, Balancing>();
  readonly #affinity: ClientAffinity | null;
  readonly #connect: Connect = { hash: 0, source: 0, sourcePort: 0 };

  /** @param affinitySeconds null: none */
  constructor(settings: ProxySettings, affinitySeconds: number | null) {
    this.#settings = settings;
    const capacity = settings.mode === 'iptables' ? RECENT_LIST_CAPACITY : Number.POSITIVE_INFINITY;
    this.#affinity = affinitySeconds === null ? null : new ClientAffinity(affinitySeconds * 1e9, capacity);
  }

  /**
   * @param source the client's address @param hash 32 bits that belong to the connection @param clock [0] is now, ns
   * @returns the place of the backend in the route; -1: the scheduler takes none of them
   */
  pick(route: PortRoute, source: number, hash: number, clock: Float64Array): number {
    const affinity = this.#affinity;
    if (affinity === null) return this.#draw(route, source, hash);
    const now = clock[0]!;
    const kept = affinity.backendOf(source, now);
    let place = kept === undefined ? -1 : route.endpoints.findIndex(({ address }) => address === kept);
    if (place < 0) place = this.#draw(route, source, hash);
    if (place >= 0) affinity.connected(source, route.endpoints[place]!.address, now);
    return place;
  }

  /** A connection went to the backend at this place. @returns whom it counts for, for the two below; -1: nobody */
  opened(route: PortRoute, place: number): number {
    const balancer = this.#balancerFor(route);
    if (place < 0 || balancer.opened === undefined) return -1;
    return balancer.opened(place) * ENTRIES.length + ENTRIES.indexOf(route.entry);
  }

  closing(server: number): void {
    this.#balancerOf(server)?.closing?.(Math.floor(server / ENTRIES.length));
  }

  closed(server: number): void {
    this.#balancerOf(server)?.closed?.(Math.floor(server / ENTRIES.length));
  }

  #balancerOf(server: number): Balancer | undefined {
    return this.#balancings.get(ENTRIES[server % ENTRIES.length]!)?.balancer;
  }

  #draw(route: PortRoute, source: number, hash: number): number {
    const balancer = this.#balancerFor(route);
    const connect = this.#connect;
    connect.hash = hash;
    connect.source = source;
    connect.sourcePort = sourcePortOf(hash);
    return balancer.pick(connect);
  }

  #balancerFor(route: PortRoute): Balancer {
    const { entry } = route;
    let balancing = this.#balancings.get(entry);
    if (balancing === undefined) {
      const virtualIP = route.to === '' ? 0 : foldedIP(route.to);
      balancing = { balancer: createBalancer(this.#settings, entry !== 'clusterIP', virtualIP), route: null };
      this.#balancings.set(entry, balancing);
    }
    if (balancing.route !== route) {
      balancing.route = route;
      balancing.balancer.setBackends(route.endpoints);
    }
    return balancing.balancer;
  }
}

const ENTRIES: readonly Entry[] = ['clusterIP', 'externalIP', 'loadBalancer', 'nodePort'];

/** A port of the range from which Linux takes them for connect(). @source net.ipv4.ip_local_port_range 32768 60999 */
function sourcePortOf(hash: number): number {
  return 32768 + ((hash >>> 0) % 28232);
}

/** An IPv6 address as the exclusive or of its four words. @source linux net/netfilter/ipvs/ip_vs_sh.c ip_vs_sh_hashkey */
function foldedIP(ip: string): number {
  const bytes = bytesOfIP(ip);
  let folded = 0;
  for (let i = 0; i < bytes.length; i += 4) {
    folded ^= (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
  }
  return folded >>> 0;
}
