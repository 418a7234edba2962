import { type Entry, type Route, routeOf } from './pick/route.ts';
import type { ProxiedEndpoint } from './rules/proxied-endpoints.ts';
import type { PortView, ProxyView } from './rules/proxy-view.ts';

/** Where packets come from, as far as a data plane can tell clients apart. */
export interface Origin {
  where: 'pod' | 'external';
  /** One of their addresses. */
  from: string;
}

/** What became of a packet that was not sent to an endpoint; an address index is never below 0. */
export const REJECTED = -1;
export const DROPPED = -2;
/** There is no packet: the Service waits for its load balancer's address. */
export const NO_ADDRESS = -3;

/** The way of packets of one origin to a Service port by one node. */
export interface PortRoute {
  /** 0: to an endpoint; else `REJECTED` or `DROPPED`. */
  verdict: number;
  entry: Entry;
  /** The address that they were sent to. */
  to: string;
  /** In the order of the rules, with the address index of each. */
  endpoints: readonly ProxiedEndpoint[];
  addresses: Int32Array;
  /** For `masquerades`. */
  route: Route;
}

/** What one node (or every node, where all are alike) does with packets to one Service port. */
export class PortRoutes {
  readonly view: ProxyView;
  readonly port: PortView;
  readonly #nodeIP: string;
  readonly #origins: readonly Origin[];
  readonly #addressIndexOf: (ip: string) => number;
  readonly #byOrigin: (PortRoute | undefined)[] = [];

  constructor(
    view: ProxyView,
    port: PortView,
    nodeIP: string,
    origins: readonly Origin[],
    addressIndexOf: (ip: string) => number,
  ) {
    this.view = view;
    this.port = port;
    this.#nodeIP = nodeIP;
    this.#origins = origins;
    this.#addressIndexOf = addressIndexOf;
  }

  of(origin: number): PortRoute {
    return this.#byOrigin[origin] ?? this.#work(origin);
  }

  #work(number: number): PortRoute {
    const origin = this.#origins[number]!;
    const [entry, to] = this.#entryOf(origin);
    const route = routeOf(this.view, this.port, entry, origin, to);
    // What no rule takes is routed by its address, which nobody has.
    const verdict = route.verdict === 'dnat' ? 0 : route.verdict === 'reject' ? REJECTED : DROPPED;
    const endpoints = verdict === 0 ? route.endpoints : [];
    const addresses = Int32Array.from(endpoints, ({ ip }) => this.#addressIndexOf(ip));
    const found = { verdict, entry, to, endpoints, addresses, route };
    this.#byOrigin[number] = found;
    return found;
  }

  /** Users outside take the load balancer, else a node port; where the Service has neither, something lets them in to its cluster IP. */
  #entryOf({ where }: Origin): [Entry, string] {
    const { loadBalancerVIPs, externalIPs, nodePort, clusterIP } = this.port.port;
    if (where === 'pod') return ['clusterIP', clusterIP];
    if (loadBalancerVIPs.length > 0) return ['loadBalancer', loadBalancerVIPs[0]!];
    if (externalIPs.length > 0) return ['externalIP', externalIPs[0]!];
    return nodePort > 0 ? ['nodePort', this.#nodeIP] : ['clusterIP', clusterIP];
  }
}
