import type { IPFamily } from '../../cluster/api/service.ts';
import {
  append,
  type ConnectionState,
  emptyTable,
  jump,
  MASQUERADE_MARK,
  type Rule,
  type RuleSet,
  type Table,
} from './rule.ts';

const NEW: Pick<Rule, 'states'> = { states: { value: ['NEW'] } };
const PORTALS = 'kubernetes service portals';
const EXTERNAL = 'kubernetes externally-visible service portals';
const FIREWALL = 'kubernetes load balancer firewall';

/** Jumps into the chains of kube-proxy, in the order in which it ensures them: each is put before the earlier ones. */
const JUMPS: readonly { table: 'filter' | 'nat'; from: string; to: string; rule: Rule }[] = [
  { table: 'filter', from: 'INPUT', to: 'KUBE-EXTERNAL-SERVICES', rule: { ...NEW, comment: EXTERNAL } },
  { table: 'filter', from: 'FORWARD', to: 'KUBE-EXTERNAL-SERVICES', rule: { ...NEW, comment: EXTERNAL } },
  { table: 'filter', from: 'INPUT', to: 'KUBE-NODEPORTS', rule: { comment: 'kubernetes health check service ports' } },
  { table: 'filter', from: 'FORWARD', to: 'KUBE-SERVICES', rule: { ...NEW, comment: PORTALS } },
  { table: 'filter', from: 'OUTPUT', to: 'KUBE-SERVICES', rule: { ...NEW, comment: PORTALS } },
  { table: 'filter', from: 'FORWARD', to: 'KUBE-FORWARD', rule: { comment: 'kubernetes forwarding rules' } },
  { table: 'filter', from: 'INPUT', to: 'KUBE-PROXY-FIREWALL', rule: { ...NEW, comment: FIREWALL } },
  { table: 'filter', from: 'OUTPUT', to: 'KUBE-PROXY-FIREWALL', rule: { ...NEW, comment: FIREWALL } },
  { table: 'filter', from: 'FORWARD', to: 'KUBE-PROXY-FIREWALL', rule: { ...NEW, comment: FIREWALL } },
  { table: 'filter', from: 'INPUT', to: 'KUBE-FIREWALL', rule: {} },
  { table: 'filter', from: 'OUTPUT', to: 'KUBE-FIREWALL', rule: {} },
  { table: 'nat', from: 'OUTPUT', to: 'KUBE-SERVICES', rule: { comment: PORTALS } },
  { table: 'nat', from: 'PREROUTING', to: 'KUBE-SERVICES', rule: { comment: PORTALS } },
  { table: 'nat', from: 'POSTROUTING', to: 'KUBE-POSTROUTING', rule: { comment: 'kubernetes postrouting rules' } },
];

const CANARY = 'KUBE-PROXY-CANARY';
const FILTER_CHAINS = [
  'KUBE-NODEPORTS',
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-FIREWALL',
  'KUBE-FORWARD',
  'KUBE-PROXY-FIREWALL',
];
const NAT_CHAINS = ['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ'];

/** Forgets that a connection was followed: what neither NEW nor these is, is INVALID. */
const FOLLOWED: readonly ConnectionState[] = ['RELATED', 'ESTABLISHED'];

/**
 * What is there before any Service is.
 * @source kubernetes pkg/proxy/iptables/proxier.go iptablesJumpChains, syncProxyRules
 * @simplifies the nfacct counters, which only count, are left out; `nf_conntrack_tcp_be_liberal` counts as off
 */
export function baseRules(family: IPFamily, withLocalhostNodePorts: boolean): RuleSet {
  const filter = emptyTable('filter', [...FILTER_CHAINS, CANARY]);
  const nat = emptyTable('nat', [...NAT_CHAINS, CANARY]);
  const tables = { filter, nat };
  for (const { table, from, to, rule } of JUMPS) {
    tables[table].chains.get(from)!.unshift({ ...rule, target: jump(to) });
  }
  if (withLocalhostNodePorts) {
    append(filter, 'KUBE-FIREWALL', {
      comment: 'block incoming localnet connections',
      destination: { value: '127.0.0.0/8' },
      source: { value: '127.0.0.0/8', not: true },
      states: { value: ['RELATED', 'ESTABLISHED', 'DNAT'], not: true },
      target: 'DROP',
    });
  }
  append(filter, 'KUBE-FORWARD', { states: { value: ['INVALID'] }, target: 'DROP' });
  appendForwarding(filter, 'KUBE-FORWARD');
  appendMasquerading(nat);
  return { family, nat, filter, mangle: emptyTable('mangle', [CANARY]) };
}

/** Marked packets and what follows them pass, even where the policy of FORWARD is to drop. */
export function appendForwarding(filter: Table, chain: string): void {
  append(
    filter,
    chain,
    { comment: 'kubernetes forwarding rules', mark: { value: MASQUERADE_MARK }, target: 'ACCEPT' },
    { comment: 'kubernetes forwarding conntrack rule', states: { value: FOLLOWED }, target: 'ACCEPT' },
  );
}

/** The mark is set in one chain, and read, taken off and acted upon in another. */
export function appendMasquerading(nat: Table): void {
  append(
    nat,
    'KUBE-POSTROUTING',
    { mark: { value: MASQUERADE_MARK, not: true }, target: 'RETURN' },
    { target: { xorMark: MASQUERADE_MARK } },
    { comment: 'kubernetes service traffic requiring SNAT', target: 'MASQUERADE --random-fully' },
  );
  append(nat, 'KUBE-MARK-MASQ', { target: { orMark: MASQUERADE_MARK } });
}
