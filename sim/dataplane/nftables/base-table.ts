import type { IPFamily } from '../../cluster/api/service.ts';
import type { NodePortAddresses } from '../rules/node-addresses.ts';
import { LOOPBACK_BLOCK } from '../rules/node-addresses.ts';
import { append, type Chain, type Hook, type NftTable, type Rule } from './table.ts';

const MASQUERADE_MARK = 0x4000;
const [DNAT, FILTER, SNAT] = [-100, 0, 100];

const BASE_CHAINS: readonly [name: string, type: 'filter' | 'nat', hook: Hook, priority: number][] = [
  ['filter-prerouting-pre-dnat', 'filter', 'prerouting', DNAT - 10],
  ['filter-output-pre-dnat', 'filter', 'output', DNAT - 10],
  ['filter-input', 'filter', 'input', FILTER],
  ['filter-forward', 'filter', 'forward', FILTER],
  ['filter-output', 'filter', 'output', FILTER],
  ['nat-prerouting', 'nat', 'prerouting', DNAT],
  ['nat-output', 'nat', 'output', DNAT],
  ['nat-postrouting', 'nat', 'postrouting', SNAT],
];

const JUMPS: readonly [from: string, to: string, isNew: boolean][] = [
  ['filter-input', 'nodeport-endpoints-check', true],
  ['filter-input', 'service-endpoints-check', true],
  ['filter-forward', 'service-endpoints-check', true],
  ['filter-output', 'service-endpoints-check', true],
  ['filter-prerouting-pre-dnat', 'firewall-check', true],
  ['filter-output-pre-dnat', 'firewall-check', true],
  ['nat-output', 'services', false],
  ['nat-prerouting', 'services', false],
  ['nat-postrouting', 'masquerading', false],
  ['filter-forward', 'cluster-ips-check', true],
  ['filter-output', 'cluster-ips-check', true],
];

/** @param serviceBlocks where ClusterIPs come from; empty: unknown */
export function baseTable(family: IPFamily, nodePorts: NodePortAddresses, serviceBlocks: readonly string[]): NftTable {
  const chains = new Map<string, Chain>();
  for (const [name, type, hook, priority] of BASE_CHAINS)
    chains.set(name, { base: { type, hook, priority }, rules: [] });
  const table: NftTable = { family, sets: new Map(), maps: new Map(), chains };
  addSetsAndMaps(table, nodePorts);
  for (const [from, to, isNew] of JUMPS) append(table, from, { ...(isNew ? { isNew } : {}), does: { jump: to } });
  append(table, 'mark-for-masquerade', { does: { orMark: MASQUERADE_MARK } });
  append(
    table,
    'masquerading',
    { withoutMark: MASQUERADE_MARK, does: 'return' },
    { does: { xorMark: MASQUERADE_MARK } },
    { does: 'masquerade' },
  );
  addClusterIPsCheck(table, serviceBlocks);
  chains.set('reject-chain', {
    comment: 'helper for @no-endpoint-services / @no-endpoint-nodeports',
    rules: [{ does: 'reject' }],
  });
  const nodePortTest = nodePortTestOf(family, nodePorts);
  append(table, 'service-endpoints-check', { does: { vmap: 'no-endpoint-services', key: 'address' } });
  // The hook is input: what gets there is local already.
  const { destinationIsLocal, ...checkTest } = nodePortTest;
  append(table, 'nodeport-endpoints-check', { ...checkTest, does: { vmap: 'no-endpoint-nodeports', key: 'port' } });
  append(table, 'firewall-check', { does: { vmap: 'firewall-ips', key: 'address' } });
  append(
    table,
    'services',
    { does: { vmap: 'service-ips', key: 'address' } },
    { ...nodePortTest, does: { vmap: 'service-nodeports', key: 'port' } },
  );
  return table;
}

function addSetsAndMaps({ sets, maps }: NftTable, nodePorts: NodePortAddresses): void {
  sets.set('cluster-ips', { comment: 'Active ClusterIPs', elements: new Set() });
  if (!nodePorts.matchesAll) {
    const elements = nodePorts.ips.filter((ip) => !ip.startsWith('127.') && ip !== '::1');
    sets.set('nodeport-ips', { comment: 'IPs that accept NodePort traffic', elements: new Set(elements) });
  }
  const map = (name: string, key: 'address' | 'port', comment: string) =>
    maps.set(name, { key, comment, elements: new Map() });
  map('no-endpoint-services', 'address', 'vmap to drop or reject packets to services with no endpoints');
  map('no-endpoint-nodeports', 'port', 'vmap to drop or reject packets to service nodeports with no endpoints');
  map('firewall-ips', 'address', 'destinations that are subject to LoadBalancerSourceRanges');
  map('service-ips', 'address', 'ClusterIP, ExternalIP and LoadBalancer IP traffic');
  map('service-nodeports', 'port', 'NodePort traffic');
}

function addClusterIPsCheck(table: NftTable, serviceBlocks: readonly string[]): void {
  append(table, 'cluster-ips-check', {
    destinationInSet: 'cluster-ips',
    does: 'reject',
    comment: 'Reject traffic to invalid ports of ClusterIPs',
  });
  if (serviceBlocks.length === 0) return;
  append(table, 'cluster-ips-check', {
    destination: { value: serviceBlocks },
    does: 'drop',
    comment: 'Drop traffic to unallocated ClusterIPs',
  });
}

/** Node ports never work on localhost. */
function nodePortTestOf(family: IPFamily, { matchesAll }: NodePortAddresses): Rule {
  if (!matchesAll) return { destinationInSet: 'nodeport-ips' };
  const loopback = family === 'IPv4' ? LOOPBACK_BLOCK.IPv4 : '::1';
  return { destinationIsLocal: true, destination: { value: [loopback], not: true } };
}
