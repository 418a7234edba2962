import { SERVICE_NAME_LABEL } from '../cluster/api/endpoint-slice.ts';
import type { IPFamily } from '../cluster/api/service.ts';
import type { ClusterIndex } from '../cluster/cluster-index.ts';
import type { Registry } from '../cluster/registry.ts';
import { keyOfObject, type ObjectStore } from '../cluster/store.ts';
import { keyOf, mix, uniform } from '../engine/hash.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import { AddressBook } from './address-book.ts';
import { ChangeLog } from './change-log.ts';
import { NodeProxies } from './node-proxies.ts';
import { PickMemory } from './pick/pick-memory.ts';
import { type Entry, masquerades } from './pick/route.ts';
import { NO_ADDRESS, type Origin, type PortRoutes, REJECTED } from './port-routes.ts';
import { ProxyDisturbances } from './proxy-disturbances.ts';
import { type PublishedPort, PublishedService, type Surroundings } from './published-service.ts';
import { rulesBefore } from './rule-count.ts';
import { DEFAULT_PROXY_SETTINGS } from './rules/proxy-input.ts';

/** The number of the origin of all that Pods send. */
export const FROM_POD = 0;

/**
 * This packet, on this node, now: which backend? Reads Services and EndpointSlices, knows no Pod.
 *
 * What was published is in one log for all nodes; a node's proxy is a place in it. What a node makes of an entry is worked out
 * once, for all nodes together where they are alike.
 */
export class DataPlane {
  readonly addresses = new AddressBook();
  readonly disturbances = new ProxyDisturbances();
  readonly proxies: NodeProxies;
  readonly #log = new ChangeLog<PublishedService>();
  readonly #services: Registry<'Service'>;
  readonly #clock: Float64Array;
  readonly #watchDelay: number;
  readonly #newProxies: () => NodeProxies;
  readonly #origins: Origin[];
  readonly #around: Surroundings;
  readonly #ruleTime: number;
  readonly #key: number;
  /** Some scheduler looks at the connections that its node has. */
  readonly countsConnections: boolean;
  /** No balancer has a state or looks at clients. */
  readonly #isMemoryless: boolean;
  /** By node slot, then Service and port: what the node remembers. */
  readonly #memories: Map<number, PickMemory>[] = [];
  /** Of the last pick: rules that the packet was held against, if they cost time. */
  rulesLooked = 0;

  constructor(
    world: {
      store: ObjectStore;
      index: ClusterIndex;
      services: Registry<'Service'>;
      nodes: Registry<'Node'>;
      clock: Float64Array;
    },
    settings: ClusterSettings,
    seed: number,
  ) {
    const { store, index, services, nodes, clock } = world;
    const { mode, scheduler, algorithm, ruleTime } = settings.dataPlane;
    this.#services = services;
    this.#clock = clock;
    this.#watchDelay = settings.watchDelay;
    this.#ruleTime = mode === 'iptables' ? ruleTime : 0;
    this.#key = mix(keyOf('kube-proxy'), seed);
    this.countsConnections = mode === 'ipvs' && COUNTING.has(scheduler);
    this.#isMemoryless = mode !== 'ipvs' && !(mode === 'ebpf' && algorithm === 'maglev');
    this.#newProxies = () => new NodeProxies(this.#log, clock, settings, services, this.#key, this.disturbances);
    this.proxies = this.#newProxies();
    this.#origins = [{ where: 'pod', from: settings.podCIDR.split('/')[0]!, entry: null }];
    const { podCIDR, serviceCIDR } = settings;
    this.#around = {
      settings: { ...DEFAULT_PROXY_SETTINGS, mode, scheduler, algorithm, clusterCIDR: podCIDR, serviceCIDR },
      podBlock: podCIDR,
      origins: this.#origins,
      nodePorts: settings.nodeFirewall,
      node: (slot) => nodes.at(slot),
      addressIndexOf: (ip) => this.addresses.indexOfText(ip),
    };
    const publish = (namespace: string, name: string) => {
      const service = store.get('Service', namespace, name);
      if (service === undefined) return;
      const slices = [...index.slicesByService.get(keyOfObject(service))];
      const published = new PublishedService(service, slices, this.#around);
      this.#log.append(services.slotOf(service), published, published.size, clock[0]!);
    };
    store.watch('Service', (change, service) => {
      if (change !== 'deleted') return publish(service.metadata.namespace, service.metadata.name);
      this.#log.append(services.slotOf(service), new PublishedService(service, [], this.#around, true), 0, clock[0]!);
    });
    store.watch('EndpointSlice', (_, { metadata }) =>
      publish(metadata.namespace, metadata.labels[SERVICE_NAME_LABEL] ?? ''),
    );
  }

  /**
   * @param from an address of those outside; null: Pods @param entry by which address of a Service they come; null: theirs to use
   * @returns their number, for `pick`
   */
  originOf(from: string | null, entry: Entry | null): number {
    const asked = from === null ? { ...this.#origins[FROM_POD]!, entry } : { where: 'external' as const, from, entry };
    const known = this.#origins.findIndex(
      (each) => each.where === asked.where && each.from === asked.from && each.entry === entry,
    );
    return known >= 0 ? known : this.#origins.push(asked) - 1;
  }

  /**
   * @param port its place in the Service's spec
   * @param origin `FROM_POD`, or of `originOf`
   * @param source the client's address, as 32 bits
   * @param hash 32 bits that belong to this connection
   * @returns an address index; `REJECTED` or `DROPPED`: what this node does with the packet; `NO_ADDRESS`
   */
  pick(node: number, service: number, port: number, origin: number, source: number, hash: number): number {
    const cursor = this.proxies.cursor(node);
    const whole = this.#log.at(service, cursor);
    const published = whole?.ports[port];
    // Without rules for it the address is one that nobody has.
    if (published === undefined) return whole !== undefined && whole.deadAddress >= 0 ? whole.deadAddress : REJECTED;
    if (origin !== FROM_POD && whole!.isPending && this.#asksBalancer(origin)) return NO_ADDRESS;
    const routes = published.shared ?? published.on(node);
    const route = routes.of(origin);
    if (route.verdict !== 0) return route.verdict;
    const { addresses } = route;
    let place: number;
    if (this.#isMemoryless && published.port.affinitySeconds === null) {
      place = placeDrawn(hash, addresses.length);
    } else {
      place = this.#memory(node, service, port, published).pick(route, source, hash, this.#clock);
      // A scheduler that takes none of them (sh, whose bucket's server is overloaded) answers like an empty Service.
      if (place < 0) return REJECTED;
    }
    if (this.#ruleTime > 0) this.#countRules(node, service, routes, place, cursor);
    return addresses[place]!;
  }

  /** Is the address among those that the node sends packets of the Service's port to? */
  leadsTo(node: number, service: number, port: number, origin: number, address: number): boolean {
    const published = this.#log.at(service, this.proxies.cursor(node))?.ports[port];
    return published !== undefined && (published.shared ?? published.on(node)).of(origin).addresses.includes(address);
  }

  /**
   * What `pick` draws from as long as the node's cursor stays where it is, if one draw is all that it does: nothing is
   * remembered, counted or paid for. null: `pick` must be asked.
   */
  drawnFrom(node: number, service: number, port: number, origin: number): Int32Array | null {
    if (!this.#isMemoryless || this.#ruleTime > 0 || origin !== FROM_POD) return null;
    const published = this.#log.at(service, this.proxies.cursor(node))?.ports[port];
    if (published === undefined || published.port.affinitySeconds !== null) return null;
    const { verdict, addresses } = (published.shared ?? published.on(node)).of(origin);
    return verdict === 0 ? addresses : null;
  }

  /**
   * A connection that this node picked is under way: ip_vs counts it, if its scheduler looks at counts.
   * @returns the server that it counts for, for `closing` and `closed`; -1: nobody counts
   */
  opened(node: number, service: number, port: number, origin: number, address: number): number {
    const published = this.#log.at(service, this.proxies.cursor(node))?.ports[port];
    if (published === undefined) return -1;
    const route = (published.shared ?? published.on(node)).of(origin);
    return this.#memory(node, service, port, published).opened(route, route.addresses.indexOf(address));
  }

  closing(node: number, service: number, port: number, server: number): void {
    this.#memories[node]?.get(service * MOST_PORTS + port)?.closing(server);
  }

  closed(node: number, service: number, port: number, server: number): void {
    this.#memories[node]?.get(service * MOST_PORTS + port)?.closed(server);
  }

  /** Does an endpoint of a Service see the node in place of who sent the packet? @param address of the endpoint */
  isMasqueraded(node: number, service: number, port: number, origin: number, address: number): boolean {
    const published = this.#log.at(service, this.proxies.cursor(node))?.ports[port];
    if (published === undefined) return false;
    const routes = published.shared ?? published.on(node);
    const { addresses, endpoints, route } = routes.of(origin);
    const endpoint = endpoints[addresses.indexOf(address)];
    if (endpoint === undefined) return false;
    const isLocal = endpoint.nodeName === this.#around.node(node).metadata.name;
    return masquerades(routes.view, route, { ...endpoint, isLocal }, this.#origins[origin]!);
  }

  #asksBalancer(origin: number): boolean {
    const { where, entry } = this.#origins[origin]!;
    return entry === 'loadBalancer' || (entry === null && where === 'external');
  }

  /** A Service's port as it was published `ago` ns ago. */
  publishedPort(service: number, port: number, ago: number): PublishedPort | undefined {
    const cursor = ago === 0 ? this.#log.count : this.#log.cursorAt(Math.max(0, this.#clock[0]! - ago));
    return this.#log.at(service, cursor)?.ports[port];
  }

  /** What the cluster's DNS server answers for a headless Service: the ready addresses, as the server has heard of them. */
  headlessAnswer(service: number, family: IPFamily): Int32Array {
    const now = this.#clock[0]!;
    const ago = this.#watchDelay + (this.disturbances.isEmpty ? 0 : this.disturbances.lagOf(now));
    // What there was when the run began has been heard of.
    return this.#log.at(service, this.#log.cursorAt(Math.max(0, now - ago)))?.ready(family) ?? NONE;
  }

  /** The ready addresses as the API server has them now. */
  published(service: number, family: IPFamily): Int32Array {
    return this.#log.at(service, this.#log.count)?.ready(family) ?? NONE;
  }

  /** The same proxies, for one who looks on: whom they tell of what they have programmed, and whose questions nobody notices. */
  observedProxies(): NodeProxies {
    return this.#newProxies();
  }

  /** Endpoint changes published so far. */
  get changeCount(): number {
    return this.#log.count;
  }

  #memory(node: number, service: number, port: number, { port: { affinitySeconds } }: PublishedPort): PickMemory {
    while (this.#memories.length <= node) this.#memories.push(new Map());
    const memories = this.#memories[node]!;
    const key = service * MOST_PORTS + port;
    let memory = memories.get(key);
    if (memory === undefined) {
      memory = new PickMemory(this.#around.settings, affinitySeconds);
      memories.set(key, memory);
    }
    return memory;
  }

  /** Of Services, those that come before this one in KUBE-SERVICES: a place that each sync draws anew. */
  #countRules(node: number, service: number, { port }: PortRoutes, place: number, cursor: number): void {
    const draw = mix(mix(this.#key, node), mix(service, cursor));
    this.rulesLooked = rulesBefore(this.#services.count, uniform(draw), place, port);
  }
}

/** The draw of an iptables chain: rule i of n matches with probability 1/(n-i), so each endpoint has 1/n. */
export function placeDrawn(hash: number, count: number): number {
  return Math.floor(uniform(hash) * count);
}

/** Schedulers of ip_vs that pick by the connections of each server. */
const COUNTING: ReadonlySet<string> = new Set(['lc', 'wlc', 'lblc', 'lblcr', 'sed', 'nq', 'ovf', 'twos']);

/** Of one Service: more do not fit in an object of etcd. */
const MOST_PORTS = 65536;

const NONE = new Int32Array(0);
