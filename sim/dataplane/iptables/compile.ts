import { LOOPBACK_BLOCK, nodePortAddresses, primaryIP, singleAddressBlock } from '../rules/node-addresses.ts';
import type { ProxyView } from '../rules/proxy-view.ts';
import { baseRules } from './base-rules.ts';
import { append, jump, type Rule, type RuleSet } from './rule.ts';
import { addServiceRules } from './service-rules.ts';

/** @source kubernetes pkg/proxy/iptables/proxier.go largeClusterEndpointsThreshold */
const LARGE_CLUSTER_ENDPOINTS = 1000;

/**
 * The rules that kube-proxy in iptables mode keeps on a node for one family.
 * @simplifies Services stand in the order of their names, where kube-proxy's order is random at each sync
 */
export function compileIptables(view: ProxyView): RuleSet {
  const { family, input } = view;
  const { settings, node } = input;
  const ports = nodePortAddresses(node, family, settings.nodePortAddresses);
  const hasLoopback = family === 'IPv4' && (ports.matchesAll || ports.ips.some((ip) => ip.startsWith('127.')));
  const withLocalhost = settings.localhostNodePorts && hasLoopback;
  const rules = baseRules(family, withLocalhost);
  const context = {
    masqueradeAll: settings.masqueradeAll,
    podBlock: view.podBlock,
    nodeIP: primaryIP(node, family),
    isLargeCluster: view.endpointCount > LARGE_CLUSTER_ENDPOINTS,
  };
  for (const port of view.ports) addServiceRules(rules, port, context);

  const last: Rule = {
    comment: 'kubernetes service nodeports; NOTE: this must be the last rule in this chain',
    target: jump('KUBE-NODEPORTS'),
  };
  if (ports.matchesAll) {
    const rule: Rule = { ...last, destinationIsLocal: true };
    if (!withLocalhost) rule.destination = { value: LOOPBACK_BLOCK[family], not: true };
    append(rules.nat, 'KUBE-SERVICES', rule);
  } else {
    const isLoopback = (ip: string) => ip.startsWith('127.') || ip === '::1';
    const ips = ports.ips.filter((ip) => withLocalhost || !isLoopback(ip));
    append(
      rules.nat,
      'KUBE-SERVICES',
      ...ips.map((ip) => ({ ...last, destination: { value: singleAddressBlock(ip) } })),
    );
  }
  return rules;
}
