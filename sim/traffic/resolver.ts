import type { DataPlane } from '../dataplane/data-plane.ts';
import type { Engine } from '../engine/engine.ts';
import { mix } from '../engine/hash.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import { Client, NO_SERVICE, type Whereabouts } from './client.ts';
import type { ConnectionKeeper } from './clients/connection-keeper.ts';
import type { Lookups } from './dns/lookups.ts';
import type { NameAnswer } from './dns/questions.ts';
import type { Edge } from './edge.ts';
import type { ServiceEnvironment } from './service-environment.ts';
import type { ServiceTargets } from './service-targets.ts';

/**
 * How clients find their target: the Pod addresses at their start and never again, the Service's virtual address (by
 * DNS with a cache, or from the environment), a headless Service's addresses by DNS with a cache, or the ready endpoints as
 * the API tells them.
 * @simplifies a query takes a constant time and fails only when there is no such Service; the cache lives as long as the shorter of TTL and cache
 */
export class Resolver {
  /** A query to the DNS server and back. */
  readonly lane: number;
  /** Where the DNS server is simulated: a lookup in place of the constant latency. */
  readonly lookups: Lookups | null;
  readonly #dataPlane: DataPlane;
  readonly #clock: Float64Array;
  readonly #lifetime: number;
  /** Clients that started while the cluster settled: they look at the addresses once it has. */
  readonly #settling: Client[] = [];
  readonly #targets: ServiceTargets;
  readonly #environment: ServiceEnvironment;

  constructor(
    engine: Engine,
    world: {
      dataPlane: DataPlane;
      targets: ServiceTargets;
      environment: ServiceEnvironment;
      lookups: Lookups | null;
    },
    dns: ClusterSettings['dns'],
  ) {
    this.lane = engine.lane(dns.latency);
    this.#dataPlane = world.dataPlane;
    this.lookups = world.lookups;
    this.#targets = world.targets;
    this.#environment = world.environment;
    this.#clock = engine.clock;
    this.#lifetime = Math.min(dns.ttl, dns.cache);
  }

  /** The client of a process that starts now. */
  newClient(edge: Edge, from: Whereabouts): Client {
    // Users know the load balancer's address.
    const { pod } = from;
    const client = new Client(edge, from, pod < 0 ? 'env' : edge.discoveryOf(pod));
    if (pod < 0) this.#targets.learned(client, edge.serviceSlot);
    else if (client.discovery === 'env') this.#targets.learned(client, this.#environment.slotOf(pod, edge));
    else if (client.discovery === 'podIP') {
      if (this.#clock[0] === 0) this.#settling.push(client);
      else this.#hardcode(client);
    }
    // CoreDNS shuffles its answers: each client begins at another address.
    if (client.discovery === 'headless' || client.discovery === 'endpoints')
      client.turn = mix(client.pod, edge.key) >>> 0;
    return client;
  }

  /** The cluster has settled: clients that were there from the start read the addresses. */
  settled(): void {
    for (const client of this.#settling.splice(0)) this.#hardcode(client);
  }

  /** Whether a call must ask the DNS server before it can open a connection. */
  mustAsk(client: Client, connections: ConnectionKeeper): boolean {
    if (client.discovery === 'endpoints') {
      const { edge } = client;
      const endpoints = edge.hasService ? this.#dataPlane.headlessAnswer(edge.serviceSlot, edge.family) : NONE;
      if (endpoints !== client.addresses) connections.readdress(client, endpoints);
      return false;
    }
    const isDNS = client.discovery === 'dns' || (this.lookups !== null && client.discovery === 'headless');
    // A connection that is kept is used without asking.
    if (isDNS) return client.idleCount === 0 && this.#clock[0]! >= client.dnsExpiry;
    return client.discovery === 'headless' && this.#clock[0]! >= client.dnsExpiry;
  }

  /** The answer has come. @returns false when the name has no address */
  answer(client: Client, connections: ConnectionKeeper): boolean {
    const { edge } = client;
    client.dnsExpiry = edge.hasService ? this.#clock[0]! + this.#lifetime : -1;
    if (client.discovery !== 'headless') {
      this.#targets.learned(client, edge.hasService ? edge.serviceSlot : NO_SERVICE);
      return edge.hasService;
    }
    const answer = edge.hasService ? this.#dataPlane.headlessAnswer(edge.serviceSlot, edge.family) : NONE;
    connections.readdress(client, answer);
    if (answer.length > 0) return true;
    client.dnsExpiry = -1; // a negative answer is not cached
    return false;
  }

  /** A lookup has told the client what the name leads to: a virtual address, Pods' own, or nothing. */
  learned(client: Client, answer: NameAnswer | null, connections: ConnectionKeeper): void {
    if (answer?.isHeadless) {
      if (client.usesVirtualAddress) {
        connections.closeAll(client);
        client.usesVirtualAddress = false;
      }
      return connections.readdress(client, answer.addresses);
    }
    if (!client.usesVirtualAddress) {
      connections.closeAll(client);
      connections.readdress(client, NONE);
    }
    const slot = answer === null ? NO_SERVICE : this.#targets.slotOfAddress(answer.ips[0]!);
    // A cache may still tell the address of a Service that is gone.
    if (answer !== null && slot < 0) client.knowsDeadAddress(answer.addresses[0]!);
    else this.#targets.learned(client, slot);
  }

  #hardcode(client: Client): void {
    const { edge } = client;
    const addresses = edge.hasService ? this.#dataPlane.published(edge.serviceSlot, edge.family) : NONE;
    client.readdress(addresses);
    // Each client begins at a place of its own, or all would send to the first address at once.
    client.turn =
      client.addresses.length === 0 ? 0 : (mix(client.pod, client.edge.key) >>> 0) % client.addresses.length;
  }
}

const NONE = new Int32Array(0);
