import type { EndpointSlice } from '../cluster/api/endpoint-slice.ts';
import type { Node } from '../cluster/api/node.ts';
import type { IPFamily, Service } from '../cluster/api/service.ts';
import { type NodeFirewall, type Origin, PortRoutes } from './port-routes.ts';
import { categorize } from './rules/categorize.ts';
import { primaryIP } from './rules/node-addresses.ts';
import { type ProxiedEndpoint, proxiedEndpoints } from './rules/proxied-endpoints.ts';
import type { ProxySettings } from './rules/proxy-input.ts';
import { type PortView, type ProxyView, portView } from './rules/proxy-view.ts';
import { type ProxiedPort, proxiedPorts } from './rules/service-port.ts';

/** What all that was published shares. */
export interface Surroundings {
  settings: ProxySettings;
  podBlock: string | null;
  /** By number. */
  origins: readonly Origin[];
  nodePorts: NodeFirewall;
  node(slot: number): Node;
  addressIndexOf(ip: string): number;
}

/**
 * A Service and its endpoints as the API server had them from one moment on. What nodes make of it is worked out when one
 * asks: most versions in a rollout are never asked for.
 */
export class PublishedService {
  /** In the order of the Service's spec, over IPv4 and then, where it has them, over IPv6. A port that no proxy sees has no place filled. */
  readonly ports: readonly (PublishedPort | undefined)[];
  /** Endpoints of all ports together. */
  readonly size: number;
  /** The Service has been deleted: index of its cluster IP, which nobody has any more; -1: it is there. */
  readonly deadAddress: number;
  /** It waits for its load balancer's address. */
  readonly isPending: boolean;
  readonly #around: Surroundings;
  readonly #slices: readonly EndpointSlice[];
  readonly #ready = new Map<IPFamily, Int32Array>();

  /** @param slices of the Service; what they hold is kept, not the objects */
  constructor(service: Service, slices: readonly EndpointSlice[], around: Surroundings, isDeleted = false) {
    this.#around = around;
    const { clusterIP = '' } = service.spec;
    this.deadAddress = isDeleted && clusterIP !== '' && clusterIP !== 'None' ? around.addressIndexOf(clusterIP) : -1;
    const watched = slices.filter(({ addressType }) => addressType !== 'FQDN');
    this.#slices = watched.map((slice) => ({ ...slice }));
    this.size = watched.reduce((sum, { endpoints, ports }) => sum + endpoints.length * ports.length, 0);
    const { spec, status } = service;
    const addresses = [...(status.loadBalancer.ingress ?? []), ...(spec.externalIPs ?? [])];
    this.isPending = spec.type === 'LoadBalancer' && addresses.length === 0;
    if (isDeleted) {
      this.ports = [];
      return;
    }
    const families: readonly IPFamily[] = spec.ipFamilies?.includes('IPv6') ? ['IPv4', 'IPv6'] : ['IPv4'];
    this.ports = families.flatMap((family) => {
      const proxied = proxiedPorts([service], family);
      const endpoints = new Endpoints(this.#slices, family);
      return (spec.ports ?? []).map(({ port, protocol }) => {
        const own = proxied.find((each) => each.port === port && each.protocol === protocol);
        return own === undefined ? undefined : new PublishedPort(own, endpoints, around);
      });
    });
  }

  /** Ready addresses (indices), sorted as proxies sort them: what DNS answers for a headless Service. */
  ready(family: IPFamily): Int32Array {
    let found = this.#ready.get(family);
    if (found === undefined) {
      const ready = this.#slices
        .filter(({ addressType }) => addressType === family)
        .flatMap(({ endpoints }) => endpoints)
        .filter(({ conditions, addresses }) => (conditions.ready ?? true) && addresses.length > 0)
        .map(({ addresses }) => addresses[0]!)
        .sort((a, b) => (`${a}:` < `${b}:` ? -1 : 1));
      found = Int32Array.from(new Set(ready), (ip) => this.#around.addressIndexOf(ip));
      this.#ready.set(family, found);
    }
    return found;
  }
}

/** The endpoints of a Service by port, sorted, when they are first asked for. */
class Endpoints {
  readonly family: IPFamily;
  readonly #slices: readonly EndpointSlice[];
  #byPort: ReadonlyMap<string, readonly ProxiedEndpoint[]> | undefined;

  constructor(slices: readonly EndpointSlice[], family: IPFamily) {
    this.family = family;
    this.#slices = slices.filter(({ addressType }) => addressType === family);
  }

  of(port: ProxiedPort): readonly ProxiedEndpoint[] {
    this.#byPort ??= proxiedEndpoints(this.#slices, this.family, '');
    return this.#byPort.get(port.key) ?? [];
  }
}

/** One port of a Service as it was published: for each node, which endpoints packets may go to. */
export class PublishedPort {
  readonly port: ProxiedPort;
  /** Of every node, if all are alike, once one has asked. */
  shared: PortRoutes | null = null;
  readonly #endpoints: Endpoints;
  readonly #around: Surroundings;
  /** By node slot, where they differ. */
  readonly #byNode: (PortRoutes | undefined)[] = [];
  /** Nodes with a ready endpoint, by name; what a load balancer's health check finds. */
  #healthy: ReadonlySet<string> | undefined;

  constructor(port: ProxiedPort, endpoints: Endpoints, around: Surroundings) {
    this.port = port;
    this.#endpoints = endpoints;
    this.#around = around;
  }

  /** As a node programs it. */
  on(node: number): PortRoutes {
    const known = this.#byNode[node];
    if (known !== undefined) return known;
    const endpoints = this.#endpoints.of(this.port);
    const { port } = this;
    const isSame =
      !port.internalPolicyLocal &&
      !port.externalPolicyLocal &&
      port.sourceRanges.length === 0 &&
      endpoints.every(({ zoneHints, nodeHints }) => zoneHints.length === 0 && nodeHints.length === 0);
    const routes = this.#routesOn(this.#around.node(node), endpoints);
    if (isSame) this.shared = routes;
    else this.#byNode[node] = routes;
    return routes;
  }

  /** The names of the nodes that pass the health check of a load balancer under externalTrafficPolicy Local. */
  get healthyNodes(): ReadonlySet<string> {
    this.#healthy ??= new Set(
      this.#endpoints
        .of(this.port)
        .flatMap(({ ready, nodeName }) => (ready && nodeName !== undefined ? [nodeName] : [])),
    );
    return this.#healthy;
  }

  #routesOn(node: Node, endpoints: readonly ProxiedEndpoint[]): PortRoutes {
    const { settings, podBlock, origins, nodePorts, addressIndexOf } = this.#around;
    const here = endpoints.map((endpoint) => ({ ...endpoint, isLocal: endpoint.nodeName === node.metadata.name }));
    const port: PortView = portView(this.port, categorize(here, this.port, node));
    const view: ProxyView = {
      input: { services: [], slices: [], node, settings },
      family: this.#endpoints.family,
      ports: [port],
      endpointCount: endpoints.length,
      podBlock,
    };
    return new PortRoutes(
      view,
      port,
      primaryIP(node, this.#endpoints.family) ?? '',
      origins,
      nodePorts,
      addressIndexOf,
    );
  }
}
