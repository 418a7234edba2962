import { inCIDR } from '../../cluster/ip.ts';
import type { ProxiedEndpoint } from '../rules/proxied-endpoints.ts';
import type { PortView } from '../rules/proxy-view.ts';
import { type EndpointNames, endpointNames, type PortChains, portChains } from './chain-names.ts';
import { append, type NftTable, type Rule, type Verdict } from './table.ts';

export interface ServiceChainsContext {
  masqueradeAll: boolean;
  /** null: Pod traffic cannot be told. */
  podBlock: string | null;
  /** The node's primary address: a source range that holds it lets the virtual addresses in as sources. */
  nodeIP: string | undefined;
}

const MARK_MASQ: Verdict = { jump: 'mark-for-masquerade' };

/**
 * Adds the chains and elements of one Service port.
 * @source kubernetes pkg/proxy/nftables/proxier.go syncProxyRules
 */
export function addServiceChains(table: NftTable, view: PortView, context: ServiceChainsContext): void {
  const { port } = view;
  const chains = portChains(port);
  const names = new Map(view.reachable.map((endpoint) => [endpoint.address, endpointNames(port, endpoint)]));
  const protocol = port.protocol.toLowerCase();
  const keyOf = (ip: string) => `${ip} . ${protocol} . ${port.port}`;
  const internalChain = port.internalPolicyLocal ? chains.local : chains.cluster;
  table.sets.get('cluster-ips')!.elements.add(port.clusterIP);
  if (view.internalVerdict === null) put(table, 'service-ips', keyOf(port.clusterIP), { goto: internalChain });
  else putEmpty(table, 'no-endpoint-services', keyOf(port.clusterIP), view, view.internalVerdict);

  const external: Verdict = { goto: chains.external };
  for (const ip of [...port.externalIPs, ...port.loadBalancerVIPs]) {
    if (view.isExposed) put(table, 'service-ips', keyOf(ip), external);
    if (view.externalVerdict !== null) putEmpty(table, 'no-endpoint-services', keyOf(ip), view, view.externalVerdict);
  }
  if (port.nodePort !== 0) {
    const key = `${protocol} . ${port.nodePort}`;
    if (view.isExposed) put(table, 'service-nodeports', key, external);
    if (view.externalVerdict !== null) putEmpty(table, 'no-endpoint-nodeports', key, view, view.externalVerdict);
  }
  if (port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0) {
    for (const ip of port.loadBalancerVIPs) put(table, 'firewall-ips', keyOf(ip), { goto: chains.firewall });
    addFirewall(table, view, chains.firewall, context);
  }
  if (view.internalVerdict === null) addInternalMasquerade(table, view, internalChain, context);
  if (view.isExposed) addExternalChain(table, view, chains, context);
  if (!port.internalPolicyLocal || view.isExposed) addBalancing(table, view, chains.cluster, view.cluster, names);
  if (port.internalPolicyLocal || (port.externalPolicyLocal && view.isExposed)) {
    addBalancing(table, view, chains.local, view.local, names);
  }
  for (const endpoint of view.reachable) addEndpoint(table, view, endpoint, names.get(endpoint.address)!);
}

function put(table: NftTable, map: string, key: string, verdict: Verdict): void {
  table.maps.get(map)!.elements.set(key, { verdict });
}

function putEmpty(table: NftTable, map: string, key: string, { port }: PortView, empty: 'reject' | 'drop'): void {
  const verdict: Verdict = empty === 'reject' ? { goto: 'reject-chain' } : 'drop';
  table.maps.get(map)!.elements.set(key, { verdict, comment: port.text });
}

function addFirewall(table: NftTable, { port }: PortView, chain: string, { nodeIP }: ServiceChainsContext): void {
  const letsNodeIn = nodeIP !== undefined && port.sourceRanges.some((range) => inCIDR(nodeIP, range));
  const value = [...port.sourceRanges, ...(letsNodeIn ? port.loadBalancerVIPs : [])];
  append(table, chain, { source: { value, not: true }, does: 'drop' });
}

function addInternalMasquerade(
  table: NftTable,
  { port }: PortView,
  chain: string,
  context: ServiceChainsContext,
): void {
  const { masqueradeAll, podBlock } = context;
  if (!masqueradeAll && podBlock === null) return;
  const rule: Rule = { destination: { value: [port.clusterIP] }, does: MARK_MASQ };
  if (!masqueradeAll) rule.source = { value: [podBlock!], not: true };
  append(table, chain, rule);
}

function addExternalChain(
  table: NftTable,
  view: PortView,
  { cluster, local, external }: PortChains,
  { podBlock }: ServiceChainsContext,
): void {
  const { port } = view;
  const toCluster: Verdict = { goto: cluster };
  if (!port.externalPolicyLocal) append(table, external, { does: MARK_MASQ });
  else {
    if (podBlock !== null) {
      append(table, external, { source: { value: [podBlock] }, does: toCluster, comment: 'short-circuit pod traffic' });
    }
    append(
      table,
      external,
      { sourceIsLocal: true, does: MARK_MASQ, comment: 'masquerade local traffic' },
      { sourceIsLocal: true, does: toCluster, comment: 'short-circuit local traffic' },
    );
  }
  if (view.externalVerdict === null)
    append(table, external, { does: { goto: port.externalPolicyLocal ? local : cluster } });
}

function addBalancing(
  table: NftTable,
  { port }: PortView,
  chain: string,
  endpoints: readonly ProxiedEndpoint[],
  allNames: ReadonlyMap<string, EndpointNames>,
): void {
  if (endpoints.length === 0) return;
  const names = endpoints.map(({ address }) => allNames.get(address)!);
  if (port.affinitySeconds !== null) {
    append(
      table,
      chain,
      ...names.map((name): Rule => ({ sourceInSet: name.affinity, isPick: true, does: { goto: name.chain } })),
    );
  }
  append(table, chain, { isPick: true, does: { random: names.map((name) => name.chain) } });
}

function addEndpoint(
  table: NftTable,
  { port }: PortView,
  endpoint: ProxiedEndpoint,
  { chain, affinity }: EndpointNames,
): void {
  append(table, chain, { source: { value: [endpoint.ip] }, does: MARK_MASQ });
  if (port.affinitySeconds !== null) {
    table.sets.set(affinity, { timeoutSeconds: port.affinitySeconds, elements: new Set() });
    append(table, chain, { remember: affinity });
  }
  const protocol = port.protocol.toLowerCase() as 'tcp' | 'udp' | 'sctp';
  append(table, chain, { protocol, does: { dnat: endpoint.address } });
}
