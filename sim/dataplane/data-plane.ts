import { parseIPv4 } from '../cluster/address.ts';
import type { Endpoint } from '../cluster/api/endpoint-slice.ts';
import { SERVICE_NAME_LABEL } from '../cluster/api/endpoint-slice.ts';
import type { Service } from '../cluster/api/service.ts';
import type { Registry } from '../cluster/registry.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { keyOf, mix, uniform } from '../engine/hash.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import { AddressBook } from './address-book.ts';
import { ChangeLog } from './change-log.ts';
import { NodeProxies } from './node-proxies.ts';
import { usableClusterEndpoints } from './usable-endpoints.ts';

/**
 * This packet, on this node, now: which backend? Reads EndpointSlices, knows no Pod.
 * @simplifies iptables mode, traffic policy Cluster; a Service's ports share their endpoints; a ClusterIP costs nothing
 *   to traverse
 */
export class DataPlane {
  readonly addresses = new AddressBook();
  readonly proxies: NodeProxies;
  readonly #log = new ChangeLog();
  /** The same with ready endpoints alone: DNS and people who look know no fallback to terminating ones. */
  readonly #ready = new ChangeLog();
  readonly #store: ObjectStore;
  readonly #services: Registry<'Service'>;
  readonly #clock: Float64Array;
  readonly #watchDelay: number;
  readonly #newProxies: () => NodeProxies;

  constructor(
    store: ObjectStore,
    services: Registry<'Service'>,
    clock: Float64Array,
    settings: ClusterSettings,
    seed: number,
  ) {
    this.#store = store;
    this.#services = services;
    this.#clock = clock;
    this.#watchDelay = settings.watchDelay;
    this.#newProxies = () => new NodeProxies(this.#log, clock, settings, services, mix(keyOf('kube-proxy'), seed));
    this.proxies = this.#newProxies();
    store.watch('EndpointSlice', (_, slice) =>
      this.#publish(slice.metadata.namespace, slice.metadata.labels[SERVICE_NAME_LABEL] ?? ''),
    );
  }

  /**
   * The draw of an iptables chain: rule i of n matches with probability 1/(n-i), so each endpoint has 1/n.
   * @param hash 32 bits that belong to this connection
   * @returns an address index; -1: the Service has no usable endpoint on this node, so the packet is rejected
   * @source kubernetes pkg/proxy/iptables/proxier.go; the quantisation to 31 bits (bias below 1e-9) is left out
   */
  pick(node: number, service: number, hash: number): number {
    const endpoints = this.proxies.endpoints(node, service);
    if (endpoints.length === 0) return -1;
    return endpoints[Math.floor(uniform(hash) * endpoints.length)]!;
  }

  /** What the cluster's DNS server answers for a headless Service: the ready addresses, as the server has heard of them. */
  headlessAnswer(service: number): Int32Array {
    const now = this.#clock[0]!;
    return this.#ready.endpoints(service, this.#ready.cursorAt(now === 0 ? 0 : now - this.#watchDelay));
  }

  /** The ready addresses as the API server has them now. */
  published(service: number): Int32Array {
    return this.#ready.endpoints(service, this.#ready.count);
  }

  /** The same proxies, for one who looks on: whom they tell of what they have programmed, and whose questions nobody notices. */
  observedProxies(): NodeProxies {
    return this.#newProxies();
  }

  /** Endpoint changes published so far. */
  get changeCount(): number {
    return this.#log.count;
  }

  #publish(namespace: string, name: string): void {
    const service = this.#store.get('Service', namespace, name);
    if (service === undefined) return;
    const endpoints = this.#endpointsOf(service);
    const addresses = Int32Array.from(endpoints, ({ addresses }) => this.addresses.indexOf(parseIPv4(addresses[0]!)));
    const usable = usableClusterEndpoints(endpoints).map((i) => addresses[i]!);
    const slot = this.#services.slotOf(service);
    const now = this.#clock[0]!;
    this.#log.append(slot, Int32Array.from(usable), now);
    this.#ready.append(
      slot,
      addresses.filter((_, i) => endpoints[i]!.conditions.ready ?? true),
      now,
    );
  }

  /** Of all slices, sorted by `address:port` as text: the order of kube-proxy's rules. @source pkg/proxy/endpointslicecache.go */
  #endpointsOf(service: Service): Endpoint[] {
    const endpoints: Endpoint[] = [];
    for (const slice of this.#store.list('EndpointSlice')) {
      if (
        slice.metadata.labels[SERVICE_NAME_LABEL] !== service.metadata.name ||
        slice.metadata.namespace !== service.metadata.namespace
      )
        continue;
      endpoints.push(...slice.endpoints);
    }
    return endpoints.sort((a, b) => (`${a.addresses[0]}:` < `${b.addresses[0]}:` ? -1 : 1));
  }
}
