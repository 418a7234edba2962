import { inCIDR } from '../../cluster/ip.ts';
import { primaryIP } from '../rules/node-addresses.ts';
import type { Packet, Verdict } from '../rules/packet.ts';
import type { ProxiedEndpoint } from '../rules/proxied-endpoints.ts';
import type { PortView, ProxyView } from '../rules/proxy-view.ts';

/** Which of a Service's addresses a packet is for. */
export type Entry = 'clusterIP' | 'externalIP' | 'loadBalancer' | 'nodePort';

/** What becomes of a packet for a Service port, before the pick. */
export interface Route {
  verdict: Verdict;
  /** In the order of the rules; empty unless the verdict is `dnat`. */
  endpoints: readonly ProxiedEndpoint[];
  /** Whatever the pick; `masquerades` says it for one endpoint. */
  masquerade: boolean;
}

type Sender = Pick<Packet, 'from' | 'where'>;

/**
 * What the walk of a node's programming comes to, without programming: for the simulation, which asks for every
 * connection. A property test holds it to the walk, in every mode.
 * @param to of the load balancer: the virtual address
 */
export function routeOf(view: ProxyView, port: PortView, entry: Entry, sender: Sender, to: string): Route {
  const { mode } = view.input.settings;
  if (mode === 'ipvs') return ipvsRoute(view, port, entry, sender, to);
  if (mode === 'ebpf') return ebpfRoute(view, port, entry, sender);
  return kubeProxyRoute(view, port, entry, sender, to);
}

/** Is the source masqueraded if this endpoint is picked? */
export function masquerades({ input }: ProxyView, route: Route, endpoint: ProxiedEndpoint, sender: Sender): boolean {
  const { mode, loadBalancerMode } = input.settings;
  const { ip, isLocal } = endpoint;
  // From outside to another node, unless the answer goes back directly.
  if (mode === 'ebpf') return sender.where === 'external' && !isLocal && loadBalancerMode === 'snat';
  // A packet that comes back to its sender would be answered past the translation.
  return route.masquerade || (ip === sender.from && (mode !== 'ipvs' || isLocal));
}

function kubeProxyRoute(view: ProxyView, port: PortView, entry: Entry, sender: Sender, to: string): Route {
  const { mode } = view.input.settings;
  if (entry === 'clusterIP') {
    return toEndpoints(port.internal, port.internalVerdict, masqueradesInternal(view, sender));
  }
  // nftables looks at source ranges before it looks for endpoints.
  const isBlocked = entry === 'loadBalancer' && !isInRanges(view, port, sender, to);
  if (isBlocked && (mode === 'nftables' || port.isExposed)) return ending('drop');
  if (!port.isExposed) {
    // What the node itself sends out passes no chain that would reject it.
    const isUnseen = mode === 'iptables' && sender.where === 'node' && entry !== 'nodePort';
    return ending(isUnseen ? 'accept' : 'reject');
  }
  if (!port.port.externalPolicyLocal) return toEndpoints(port.cluster, null, true);
  if (isPodTraffic(view, sender)) return toEndpoints(port.cluster, null, false);
  if (sender.where === 'node') return toEndpoints(port.cluster, null, true);
  return toEndpoints(port.local, port.externalVerdict, false);
}

function ipvsRoute(view: ProxyView, port: PortView, entry: Entry, sender: Sender, to: string): Route {
  const isInternal = entry === 'clusterIP';
  const onlyLocal = isInternal ? port.port.internalPolicyLocal : port.port.externalPolicyLocal;
  const endpoints = onlyLocal && port.local.length > 0 ? port.local : port.cluster;
  const isBlocked = entry === 'loadBalancer' && !isInRanges(view, port, sender, to);
  const nodeIP = primaryIP(view.input.node, view.family);
  if (isBlocked && (sender.where !== 'node' || isClosedToNode(port, sender, nodeIP))) return ending('drop');
  const masquerade = isInternal ? masqueradesInternal(view, sender) : !onlyLocal;
  return toEndpoints(endpoints, endpoints.length === 0 ? 'reject' : null, masquerade);
}

function ebpfRoute({ input }: ProxyView, port: PortView, entry: Entry, sender: Sender): Route {
  const isInside = sender.where !== 'external';
  const isInternal = entry === 'clusterIP';
  if (isInternal && !isInside && !input.settings.externalClusterIP) return ending('drop');
  const { sourceRanges } = port.port;
  const isGuarded = entry === 'loadBalancer' && !isInside && sourceRanges.length > 0;
  if (isGuarded && !sourceRanges.some((range) => inCIDR(sender.from, range))) return ending('drop');
  const inside = isInternal ? port.internal : port.cluster;
  const outside = isInternal ? port.internal : port.external;
  const endpoints = isInside ? inside : outside;
  return toEndpoints(endpoints, endpoints.length === 0 ? 'reject' : null, false);
}

function toEndpoints(
  endpoints: readonly ProxiedEndpoint[],
  verdict: 'reject' | 'drop' | null,
  masquerade: boolean,
): Route {
  return verdict === null ? { verdict: 'dnat', endpoints, masquerade } : ending(verdict);
}

function ending(verdict: Verdict): Route {
  return { verdict, endpoints: [], masquerade: false };
}

function masqueradesInternal(view: ProxyView, sender: Sender): boolean {
  return view.input.settings.masqueradeAll || (view.podBlock !== null && !isPodTraffic(view, sender));
}

function isPodTraffic({ podBlock }: ProxyView, { from }: Sender): boolean {
  return podBlock !== null && inCIDR(from, podBlock);
}

function isInRanges({ input, family }: ProxyView, { port }: PortView, { from }: Sender, to: string): boolean {
  const { sourceRanges, loadBalancerVIPs } = port;
  if (sourceRanges.length === 0 || sourceRanges.some((range) => inCIDR(from, range))) return true;
  const nodeIP = primaryIP(input.node, family);
  const letsNodeIn = nodeIP !== undefined && sourceRanges.some((range) => inCIDR(nodeIP, range));
  const vips = input.settings.mode === 'ipvs' ? [to] : loadBalancerVIPs;
  return letsNodeIn && vips.includes(from);
}

/** IPVS looks at source ranges in INPUT and FORWARD; what the node sends is dropped by a rule for its primary address. */
function isClosedToNode({ port }: PortView, { from }: Sender, nodeIP: string | undefined): boolean {
  return from === nodeIP && !port.sourceRanges.some((range) => inCIDR(from, range));
}
