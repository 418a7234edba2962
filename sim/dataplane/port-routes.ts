import { type Entry, type Route, routeOf } from './pick/route.ts';
import type { ProxiedEndpoint } from './rules/proxied-endpoints.ts';
import type { PortView, ProxyView } from './rules/proxy-view.ts';
import type { ProxiedPort } from './rules/service-port.ts';

/** Where packets come from, as far as a data plane can tell clients apart. */
export interface Origin {
  where: 'pod' | 'external';
  /** One of their addresses. */
  from: string;
  /** By which address of the Service; null: the one that is theirs to use. */
  entry: Entry | null;
}

/** Which ports of nodes packets from outside get to; null: there is no firewall. */
export type NodeFirewall = readonly (readonly [from: number, to: number])[] | null;

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
  readonly #nodePorts: NodeFirewall;
  readonly #addressIndexOf: (ip: string) => number;
  readonly #byOrigin: (PortRoute | undefined)[] = [];

  constructor(
    view: ProxyView,
    port: PortView,
    nodeIP: string,
    origins: readonly Origin[],
    nodePorts: NodeFirewall,
    addressIndexOf: (ip: string) => number,
  ) {
    this.view = view;
    this.port = port;
    this.#nodeIP = nodeIP;
    this.#origins = origins;
    this.#nodePorts = nodePorts;
    this.#addressIndexOf = addressIndexOf;
  }

  of(origin: number): PortRoute {
    return this.#byOrigin[origin] ?? this.#work(origin);
  }

  #work(number: number): PortRoute {
    const origin = this.#origins[number]!;
    const [entry, to] = this.#entryOf(origin);
    const isLetIn = origin.where === 'external' && origin.entry === null && entry === 'clusterIP';
    const route = routeOf(isLetIn ? openedTo(this.view) : this.view, this.port, entry, origin, to);
    // What no rule takes is routed by its address, which nobody has.
    let verdict = route.verdict === 'dnat' ? 0 : route.verdict === 'reject' ? REJECTED : DROPPED;
    if (isUnreachable(this.port.port, entry, to, origin, this.#nodePorts)) verdict = DROPPED;
    const endpoints = verdict === 0 ? route.endpoints : [];
    const addresses = Int32Array.from(endpoints, ({ ip }) => this.#addressIndexOf(ip));
    const found = { verdict, entry, to, endpoints, addresses, route };
    this.#byOrigin[number] = found;
    return found;
  }

  /** Users outside take the load balancer, else a node port; where the Service has neither, something lets them in to its cluster IP. */
  #entryOf({ where, entry }: Origin): [Entry, string] {
    const { loadBalancerVIPs, externalIPs, nodePort, clusterIP } = this.port.port;
    if (entry !== null) {
      const to = { clusterIP, nodePort: this.#nodeIP, loadBalancer: loadBalancerVIPs[0], externalIP: externalIPs[0] };
      return [entry, to[entry] ?? ''];
    }
    if (where === 'pod') return ['clusterIP', clusterIP];
    if (loadBalancerVIPs.length > 0) return ['loadBalancer', loadBalancerVIPs[0]!];
    if (externalIPs.length > 0) return ['externalIP', externalIPs[0]!];
    return nodePort > 0 ? ['nodePort', this.#nodeIP] : ['clusterIP', clusterIP];
  }
}

/** Whatever lets outsiders in to a cluster IP has the data plane take them. */
function openedTo(view: ProxyView): ProxyView {
  const settings = { ...view.input.settings, externalClusterIP: true };
  return { ...view, input: { ...view.input, settings } };
}

/** The Service has no such address, no route from outside leads to a cluster IP, or a firewall is before the node port. */
function isUnreachable(
  port: ProxiedPort,
  entry: Entry,
  to: string,
  { where, entry: asked }: Origin,
  open: NodeFirewall,
): boolean {
  if (asked !== null && (to === '' || (entry === 'nodePort' && port.nodePort === 0))) return true;
  if (where !== 'external') return false;
  if (entry === 'clusterIP') return asked !== null;
  return entry === 'nodePort' && !passes(open, port.nodePort);
}

/** Does the firewall let packets for a node's port in? */
export function passes(firewall: NodeFirewall, port: number): boolean {
  return firewall === null || firewall.some(([from, to]) => from <= port && port <= to);
}
