import type { DataPlane } from '../dataplane/data-plane.ts';
import type { Engine } from '../engine/engine.ts';
import { mix } from '../engine/hash.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import { Client, type Whereabouts } from './client.ts';
import type { Connections } from './connections.ts';
import type { Edge } from './edge.ts';

/**
 * How clients find their target: the Pod addresses at their start and never again, the Service's virtual address (by
 * DNS with a cache, or from the environment), or a headless Service's addresses by DNS with a cache.
 * @simplifies a query always succeeds and takes a constant time; the cache lives as long as the shorter of TTL and cache
 */
export class Resolver {
  /** A query to the DNS server and back. */
  readonly lane: number;
  readonly #dataPlane: DataPlane;
  readonly #clock: Float64Array;
  readonly #lifetime: number;
  /** Clients that started while the cluster settled: they look at the addresses once it has. */
  readonly #settling: Client[] = [];

  constructor(engine: Engine, dataPlane: DataPlane, dns: ClusterSettings['dns']) {
    this.lane = engine.lane(dns.latency);
    this.#dataPlane = dataPlane;
    this.#clock = engine.clock;
    this.#lifetime = Math.min(dns.ttl, dns.cache);
  }

  /** The client of a process that starts now. */
  newClient(edge: Edge, from: Whereabouts): Client {
    // Users know the load balancer's address.
    const client = new Client(edge, from, from.pod < 0 ? 'env' : edge.discoveryOf(from.pod));
    if (client.discovery === 'podIP') {
      if (this.#clock[0] === 0) this.#settling.push(client);
      else this.#hardcode(client);
    }
    // CoreDNS shuffles its answers: each client begins at another address.
    if (client.discovery === 'headless') client.turn = mix(client.pod, edge.key) >>> 0;
    return client;
  }

  /** The cluster has settled: clients that were there from the start read the addresses. */
  settled(): void {
    for (const client of this.#settling.splice(0)) this.#hardcode(client);
  }

  /** Whether a call must ask the DNS server before it can open a connection. */
  mustAsk(client: Client): boolean {
    if (client.discovery === 'dns') return client.idleCount === 0 && this.#clock[0]! >= client.dnsExpiry;
    return client.discovery === 'headless' && this.#clock[0]! >= client.dnsExpiry;
  }

  /** The answer has come. @returns false when the name has no address */
  answer(client: Client, connections: Connections): boolean {
    client.dnsExpiry = this.#clock[0]! + this.#lifetime;
    if (client.discovery !== 'headless') return true;
    const answer = this.#dataPlane.headlessAnswer(client.edge.serviceSlot);
    connections.readdress(client, answer);
    if (answer.length > 0) return true;
    client.dnsExpiry = -1; // a negative answer is not cached
    return false;
  }

  #hardcode(client: Client): void {
    client.addresses = this.#dataPlane.published(client.edge.serviceSlot);
    client.idle = new Int32Array(Math.max(1, client.addresses.length)).fill(-1);
    // Each client begins at a place of its own, or all would send to the first address at once.
    client.turn =
      client.addresses.length === 0 ? 0 : (mix(client.pod, client.edge.key) >>> 0) % client.addresses.length;
  }
}
