import type { Protocol } from '../../cluster/api/meta.ts';
import { appendForwarding, appendMasquerading } from '../iptables/base-rules.ts';
import { append, emptyTable, jump, type Rule, type RuleSet, type Table } from '../iptables/rule.ts';
import { singleAddressBlock } from '../rules/node-addresses.ts';
import { type SetName, setName } from './ip-sets.ts';
import type { IpvsProgram } from './program.ts';

export interface IpvsRulesContext {
  masqueradeAll: boolean;
  podBlock: string | null;
  nodeIP: string | undefined;
  /** Load balancers whose source ranges leave the node out. */
  closedToNode: readonly { ip: string; port: number; protocol: Protocol }[];
}

const BOTH = 'dst,dst';
const MARK_MASQ = jump('KUBE-MARK-MASQ');
const ACCESS_FILTER = 'kubernetes ipvs access filter';

const JUMPS: readonly [table: 'filter' | 'nat', from: string, to: string, comment: string][] = [
  ['nat', 'OUTPUT', 'KUBE-SERVICES', 'kubernetes service portals'],
  ['nat', 'PREROUTING', 'KUBE-SERVICES', 'kubernetes service portals'],
  ['nat', 'POSTROUTING', 'KUBE-POSTROUTING', 'kubernetes postrouting rules'],
  ['filter', 'FORWARD', 'KUBE-FORWARD', 'kubernetes forwarding rules'],
  ['filter', 'INPUT', 'KUBE-NODE-PORT', 'kubernetes health check rules'],
  ['filter', 'INPUT', 'KUBE-PROXY-FIREWALL', 'kube-proxy firewall rules'],
  ['filter', 'FORWARD', 'KUBE-PROXY-FIREWALL', 'kube-proxy firewall rules'],
  ['filter', 'INPUT', 'KUBE-IPVS-FILTER', ACCESS_FILTER],
  ['filter', 'OUTPUT', 'KUBE-IPVS-OUT-FILTER', ACCESS_FILTER],
];

const NAT_CHAINS = ['KUBE-SERVICES', 'KUBE-POSTROUTING', 'KUBE-NODE-PORT', 'KUBE-LOAD-BALANCER', 'KUBE-MARK-MASQ'];
const FILTER_CHAINS = [
  'KUBE-FORWARD',
  'KUBE-NODE-PORT',
  'KUBE-PROXY-FIREWALL',
  'KUBE-SOURCE-RANGES-FIREWALL',
  'KUBE-IPVS-FILTER',
  'KUBE-IPVS-OUT-FILTER',
];

/**
 * The rules beside the virtual servers: as many whatever the number of Services, as sets hold those.
 * @source kubernetes pkg/proxy/ipvs/proxier.go writeIptablesRules, createAndLinkKubeChain
 * @simplifies rules of KUBE-IPVS-OUT-FILTER test the packet's address instead of `-m ipvs --vaddr`, which comes to the same
 */
export function ipvsRules(program: Omit<IpvsProgram, 'rules'>, context: IpvsRulesContext): RuleSet {
  const { family, sets } = program;
  const nat = emptyTable('nat', NAT_CHAINS);
  const filter = emptyTable('filter', FILTER_CHAINS);
  for (const [table, from, to, comment] of JUMPS) {
    (table === 'nat' ? nat : filter).chains.get(from)!.unshift({ comment, target: jump(to) });
  }
  const test = (name: SetName, fields = BOTH): Rule => ({ set: { name: setName(name, family), fields } });
  const known = (name: SetName, fields = BOTH): Rule => ({
    comment: sets.get(setName(name, family))!.comment,
    ...test(name, fields),
  });
  const isUsed = (name: SetName) => sets.get(setName(name, family))!.entries.size > 0;
  /** Only where the set has entries. */
  const add = (table: Table, chain: string, name: SetName, rule: Rule, fields = BOTH) => {
    if (isUsed(name)) append(table, chain, { ...known(name, fields), ...rule });
  };

  add(nat, 'KUBE-POSTROUTING', 'LOOP-BACK', { target: 'MASQUERADE' }, 'dst,dst,src');
  const loopback = family === 'IPv6' ? '::1/128' : '127.0.0.0/8';
  append(nat, 'KUBE-SERVICES', { source: { value: loopback }, target: 'RETURN' });
  add(nat, 'KUBE-SERVICES', 'LOAD-BALANCER', { target: jump('KUBE-LOAD-BALANCER') });
  add(nat, 'KUBE-LOAD-BALANCER', 'LOAD-BALANCER-LOCAL', { target: 'RETURN' });
  for (const protocol of ['tcp', 'udp', 'sctp'] as const) {
    const suffix = protocol === 'sctp' ? 'SCTP-HASH' : protocol === 'tcp' ? 'TCP' : 'UDP';
    const fields = protocol === 'sctp' ? BOTH : 'dst';
    add(nat, 'KUBE-NODE-PORT', `NODE-PORT-LOCAL-${suffix}`, { protocol, target: 'RETURN' }, fields);
    add(nat, 'KUBE-NODE-PORT', `NODE-PORT-${suffix}`, { protocol, target: MARK_MASQ }, fields);
  }
  const ranges = 'KUBE-SOURCE-RANGES-FIREWALL';
  add(filter, 'KUBE-PROXY-FIREWALL', 'LOAD-BALANCER-FW', { target: jump(ranges) });
  add(filter, ranges, 'LOAD-BALANCER-SOURCE-CIDR', { target: 'RETURN' }, 'dst,dst,src');
  add(filter, ranges, 'LOAD-BALANCER-SOURCE-IP', { target: 'RETURN' }, 'dst,dst,src');
  append(filter, ranges, { target: 'DROP' });

  add(nat, 'KUBE-SERVICES', 'CLUSTER-IP', clusterIPMasquerade(context), clusterIPFields(context));
  add(nat, 'KUBE-SERVICES', 'EXTERNAL-IP', { target: MARK_MASQ });
  for (const name of ['EXTERNAL-IP', 'EXTERNAL-IP-LOCAL'] as const) {
    add(nat, 'KUBE-SERVICES', name, { notFromBridge: true, sourceIsLocal: false, target: 'ACCEPT' });
    add(nat, 'KUBE-SERVICES', name, { destinationIsLocal: true, target: 'ACCEPT' });
  }
  append(nat, 'KUBE-SERVICES', { destinationIsLocal: true, target: jump('KUBE-NODE-PORT') });
  append(nat, 'KUBE-LOAD-BALANCER', { target: MARK_MASQ });
  for (const name of ['CLUSTER-IP', 'LOAD-BALANCER'] as const) {
    if (isUsed(name)) append(nat, 'KUBE-SERVICES', { ...test(name), target: 'ACCEPT' });
  }
  addAccessFilter(filter, test, context);
  appendForwarding(filter, 'KUBE-FORWARD');
  append(filter, 'KUBE-NODE-PORT', { ...known('HEALTH-CHECK-NODE-PORT', 'dst'), target: 'ACCEPT' });
  appendMasquerading(nat);
  return { family, nat, filter, mangle: emptyTable('mangle', []) };
}

/** Without a way to tell Pod traffic: what leaves the node from a virtual address, which `kube-ipvs0` made its own. */
function clusterIPFields({ masqueradeAll, podBlock }: IpvsRulesContext): string {
  return masqueradeAll || podBlock !== null ? BOTH : 'src,dst';
}

function clusterIPMasquerade({ masqueradeAll, podBlock }: IpvsRulesContext): Rule {
  if (masqueradeAll || podBlock === null) return { target: MARK_MASQ };
  return { source: { value: podBlock, not: true }, target: MARK_MASQ };
}

/** The virtual addresses are the node's own: but its other ports must not be reached through them. */
function addAccessFilter(
  filter: Table,
  test: (name: SetName, fields?: string) => Rule,
  { nodeIP, closedToNode }: IpvsRulesContext,
): void {
  for (const name of ['LOAD-BALANCER', 'CLUSTER-IP', 'EXTERNAL-IP', 'EXTERNAL-IP-LOCAL'] as const) {
    append(filter, 'KUBE-IPVS-FILTER', { ...test(name), target: 'RETURN' });
  }
  append(filter, 'KUBE-IPVS-FILTER', { ...test('HEALTH-CHECK-NODE-PORT', 'dst'), target: 'RETURN' });
  const rejected: Rule = { ...test('IPVS-IPS', 'dst'), states: { value: ['NEW'] }, target: 'REJECT' };
  append(filter, 'KUBE-IPVS-FILTER', rejected);
  if (nodeIP === undefined) return;
  for (const { ip, port, protocol } of closedToNode) {
    append(filter, 'KUBE-IPVS-OUT-FILTER', {
      source: { value: singleAddressBlock(nodeIP) },
      destination: { value: singleAddressBlock(ip) },
      protocol: protocol.toLowerCase() as 'tcp' | 'udp' | 'sctp',
      destinationPort: port,
      target: 'DROP',
    });
  }
}
