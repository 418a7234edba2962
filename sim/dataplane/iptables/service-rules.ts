import { inCIDR } from '../../cluster/ip.ts';
import { singleAddressBlock } from '../rules/node-addresses.ts';
import type { ProxiedEndpoint } from '../rules/proxied-endpoints.ts';
import type { EmptyVerdict, PortView } from '../rules/proxy-view.ts';
import { endpointChain, type PortChains, portChains } from './chain-names.ts';
import { append, jump, type Rule, type RuleSet } from './rule.ts';

/** What the rules of one Service port depend on beside the port. */
export interface ServiceRulesContext {
  masqueradeAll: boolean;
  /** null: Pod traffic cannot be told. */
  podBlock: string | null;
  /** The node's primary address: a source range that holds it lets the virtual addresses in as sources. */
  nodeIP: string | undefined;
  /** Above 1000 endpoints: no comments at endpoint rules. */
  isLargeCluster: boolean;
}

const MARK_MASQ = jump('KUBE-MARK-MASQ');

/**
 * Adds the rules of one Service port.
 * @source kubernetes pkg/proxy/iptables/proxier.go syncProxyRules
 */
export function addServiceRules(rules: RuleSet, view: PortView, context: ServiceRulesContext): void {
  const { port } = view;
  const chains = portChains(port);
  const endpointChains = new Map(view.reachable.map(({ address }) => [address, endpointChain(port, address)]));
  const internalChain = port.internalPolicyLocal ? chains.local : chains.cluster;
  addClusterIP(rules, view, internalChain);
  for (const ip of port.externalIPs) addExternal(rules, view, `${port.text} external IP`, ip, chains.external);
  const isGuarded = port.sourceRanges.length > 0;
  for (const ip of port.loadBalancerVIPs) {
    const entry = isGuarded ? chains.firewall : chains.external;
    addExternal(rules, view, `${port.text} loadbalancer IP`, ip, entry);
    if (isGuarded && view.isExposed) {
      append(rules.filter, 'KUBE-PROXY-FIREWALL', {
        comment: `${port.text} traffic not accepted by ${chains.firewall}`,
        ...to(view, ip),
        target: 'DROP',
      });
    }
  }
  addNodePort(rules, view, chains.external);
  if (port.healthCheckNodePort !== 0) {
    append(rules.filter, 'KUBE-NODEPORTS', {
      comment: `${port.text} health check node port`,
      protocol: 'tcp',
      destinationPort: port.healthCheckNodePort,
      target: 'ACCEPT',
    });
  }
  if (view.internalVerdict === null) addInternalMasquerade(rules, view, internalChain, context);
  if (view.isExposed) addExternalChain(rules, view, chains, context);
  if (isGuarded && view.isExposed && port.loadBalancerVIPs.length > 0) addFirewallChain(rules, view, chains, context);
  const usesCluster = !port.internalPolicyLocal || view.isExposed;
  const usesLocal = port.internalPolicyLocal || (port.externalPolicyLocal && view.isExposed);
  if (usesCluster) addBalancing(rules, view, chains.cluster, view.cluster, endpointChains, context);
  if (usesLocal) addBalancing(rules, view, chains.local, view.local, endpointChains, context);
  for (const endpoint of view.reachable) {
    addEndpoint(rules, view, endpoint, endpointChains.get(endpoint.address)!, context);
  }
}

/** Tests for an address and the Service's own port. */
function to({ port }: PortView, ip: string): Rule {
  return { destination: { value: singleAddressBlock(ip) }, ...protocolOf(port), destinationPort: port.port };
}

function protocolOf({ protocol }: PortView['port']): Required<Pick<Rule, 'protocol'>> {
  return { protocol: protocol.toLowerCase() as 'tcp' | 'udp' | 'sctp' };
}

function emptyRule({ port }: PortView, verdict: EmptyVerdict): Rule {
  return verdict === 'reject'
    ? { comment: `${port.text} has no endpoints`, target: 'REJECT' }
    : { comment: `${port.text} has no local endpoints`, target: 'DROP' };
}

function addClusterIP(rules: RuleSet, view: PortView, chain: string): void {
  const { port, internalVerdict } = view;
  if (internalVerdict === null) {
    const comment = `${port.text} cluster IP`;
    append(rules.nat, 'KUBE-SERVICES', { comment, ...to(view, port.clusterIP), target: jump(chain) });
  } else {
    append(rules.filter, 'KUBE-SERVICES', { ...emptyRule(view, internalVerdict), ...to(view, port.clusterIP) });
  }
}

/** Under policy Local with endpoints elsewhere both rules are there: the node's own traffic is taken by the first. */
function addExternal(rules: RuleSet, view: PortView, comment: string, ip: string, chain: string): void {
  if (view.isExposed) append(rules.nat, 'KUBE-SERVICES', { comment, ...to(view, ip), target: jump(chain) });
  if (view.externalVerdict !== null) {
    append(rules.filter, 'KUBE-EXTERNAL-SERVICES', { ...emptyRule(view, view.externalVerdict), ...to(view, ip) });
  }
}

function addNodePort(rules: RuleSet, view: PortView, chain: string): void {
  const { port } = view;
  if (port.nodePort === 0) return;
  const test = { ...protocolOf(port), destinationPort: port.nodePort };
  // Source ranges do not hold here.
  if (view.isExposed) append(rules.nat, 'KUBE-NODEPORTS', { comment: port.text, ...test, target: jump(chain) });
  if (view.externalVerdict !== null) {
    const rule = { ...emptyRule(view, view.externalVerdict), destinationIsLocal: true, ...test };
    append(rules.filter, 'KUBE-EXTERNAL-SERVICES', rule);
  }
}

function addInternalMasquerade(rules: RuleSet, view: PortView, chain: string, context: ServiceRulesContext): void {
  const { masqueradeAll, podBlock } = context;
  if (!masqueradeAll && podBlock === null) return;
  const rule: Rule = { comment: `${view.port.text} cluster IP`, ...to(view, view.port.clusterIP), target: MARK_MASQ };
  if (!masqueradeAll) rule.source = { value: podBlock!, not: true };
  append(rules.nat, chain, rule);
}

function addExternalChain(
  rules: RuleSet,
  view: PortView,
  { cluster, local, external }: PortChains,
  { podBlock }: ServiceRulesContext,
): void {
  const { port } = view;
  const what = `${port.text} external destinations`;
  if (!port.externalPolicyLocal) {
    append(rules.nat, external, { comment: `masquerade traffic for ${what}`, target: MARK_MASQ });
  } else {
    const toCluster = jump(cluster);
    if (podBlock !== null) {
      append(rules.nat, external, {
        comment: `pod traffic for ${what}`,
        source: { value: podBlock },
        target: toCluster,
      });
    }
    append(
      rules.nat,
      external,
      { comment: `masquerade LOCAL traffic for ${what}`, sourceIsLocal: true, target: MARK_MASQ },
      { comment: `route LOCAL traffic for ${what}`, sourceIsLocal: true, target: toCluster },
    );
  }
  if (view.externalVerdict === null) {
    append(rules.nat, external, { target: jump(port.externalPolicyLocal ? local : cluster) });
  }
}

function addFirewallChain(
  rules: RuleSet,
  { port }: PortView,
  { firewall, external }: PortChains,
  { nodeIP }: ServiceRulesContext,
): void {
  const comment = `${port.text} loadbalancer IP`;
  const allow = (block: string): Rule => ({ comment, source: { value: block }, target: jump(external) });
  append(rules.nat, firewall, ...port.sourceRanges.map(allow));
  if (nodeIP !== undefined && port.sourceRanges.some((range) => inCIDR(nodeIP, range))) {
    append(rules.nat, firewall, ...port.loadBalancerVIPs.map((ip) => allow(singleAddressBlock(ip))));
  }
  append(rules.nat, firewall, { comment: `other traffic to ${port.text} will be dropped by KUBE-PROXY-FIREWALL` });
}

function addBalancing(
  rules: RuleSet,
  { port }: PortView,
  chain: string,
  endpoints: readonly ProxiedEndpoint[],
  endpointChains: ReadonlyMap<string, string>,
  { isLargeCluster }: ServiceRulesContext,
): void {
  const ends = endpoints.map(({ address }) => {
    const list = endpointChains.get(address)!;
    const comment = isLargeCluster ? {} : { comment: `${port.text} -> ${address}` };
    return { list, rule: { ...comment, isPick: true, target: jump(list) } };
  });
  const seconds = port.affinitySeconds;
  if (seconds !== null) {
    append(rules.nat, chain, ...ends.map(({ list, rule }): Rule => ({ ...rule, recent: { list, seconds } })));
  }
  ends.forEach(({ rule }, i) => {
    const left = ends.length - i;
    append(rules.nat, chain, left > 1 ? { ...rule, oneOf: left } : rule);
  });
}

function addEndpoint(
  rules: RuleSet,
  { port }: PortView,
  { ip, address }: ProxiedEndpoint,
  chain: string,
  { isLargeCluster }: ServiceRulesContext,
): void {
  const comment = isLargeCluster ? {} : { comment: port.text };
  const dnat: Rule = { ...comment, ...protocolOf(port), target: { dnat: address } };
  if (port.affinitySeconds !== null) dnat.recent = { list: chain };
  append(rules.nat, chain, { ...comment, source: { value: singleAddressBlock(ip) }, target: MARK_MASQ }, dnat);
}
