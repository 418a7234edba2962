import { describe, expect, test } from 'vitest';
import { inputOf, serviceOf, sliceOf } from '../../../test/kubernetes-objects.ts';
import type { Packet } from '../rules/packet.ts';
import { DEFAULT_PROXY_SETTINGS, type ProxyMode, type ProxySettings } from '../rules/proxy-input.ts';
import { decidePacket } from './decide-packet.ts';

const NODE_PORT = 31_001;
const p80 = (nodePort?: number) => [{ name: 'p80', port: 80, ...(nodePort !== undefined && { nodePort }) }];
const HERE = { ip: '10.180.0.1', nodeName: 'test-node' };
const THERE = { ip: '10.180.2.1', nodeName: 'remote' };

const services = [
  serviceOf('ns/plain', { clusterIP: '172.30.0.1' }),
  serviceOf('ns/empty', { clusterIP: '172.30.0.2', type: 'NodePort', ports: p80(31_002), externalIPs: ['198.19.0.2'] }),
  serviceOf('ns/etp', {
    clusterIP: '172.30.0.3',
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    ports: p80(31_003),
    ingress: [{ ip: '1.2.3.4' }],
  }),
  serviceOf('ns/etp-far', {
    clusterIP: '172.30.0.4',
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    ports: p80(31_004),
    ingress: [{ ip: '5.6.7.8' }],
  }),
  serviceOf('ns/itp-far', { clusterIP: '172.30.0.5', internalTrafficPolicy: 'Local' }),
  serviceOf('ns/guarded', {
    clusterIP: '172.30.0.6',
    type: 'LoadBalancer',
    ports: p80(31_006),
    ingress: [{ ip: '9.9.9.9' }],
    loadBalancerSourceRanges: ['203.0.113.0/25', '192.168.0.0/24'],
  }),
  serviceOf('ns/node', { clusterIP: '172.30.0.7', type: 'NodePort', ports: p80(NODE_PORT) }),
];
const slices = [
  sliceOf('ns/plain', [HERE, THERE]),
  sliceOf('ns/etp', [HERE, THERE]),
  sliceOf('ns/etp-far', [THERE]),
  sliceOf('ns/itp-far', [THERE]),
  sliceOf('ns/guarded', [HERE]),
  sliceOf('ns/node', [HERE, THERE]),
];

const POD = { from: '10.0.0.2', where: 'pod' } as const;
const HAIRPIN = { from: '10.180.0.1', where: 'pod' } as const;
const NODE = { from: '192.168.0.2', where: 'node' } as const;
const LOCALHOST = { from: '127.0.0.1', where: 'node' } as const;
const OUTSIDE = { from: '203.0.113.2', where: 'external' } as const;
const STRANGER = { from: '203.0.113.200', where: 'external' } as const;

/** `dnat` to HERE (h), THERE (t) or both, `m` where all are masqueraded, `~` where some are. */
type Result = string;
interface Row {
  name: string;
  from: { from: string; where: Packet['where'] };
  to: string;
  protocol?: 'UDP';
  settings?: Partial<ProxySettings>;
  /** Of iptables; the other modes where they differ. */
  expect: Result;
  nftables?: Result;
  ipvs?: Result;
  ebpf?: Result;
}

const rows: Row[] = [
  { name: 'Pod to ClusterIP', from: POD, to: '172.30.0.1:80', expect: 'ht' },
  {
    name: 'a backend to its own ClusterIP: masqueraded where it is the pick',
    from: HAIRPIN,
    to: '172.30.0.1:80',
    expect: 'ht~',
    ebpf: 'ht',
  },
  { name: 'node to ClusterIP', from: NODE, to: '172.30.0.1:80', expect: 'htm', ebpf: 'ht' },
  { name: 'outside to ClusterIP', from: OUTSIDE, to: '172.30.0.1:80', expect: 'htm', ebpf: 'drop' },
  {
    name: 'outside to ClusterIP, where the data plane takes it',
    from: OUTSIDE,
    to: '172.30.0.1:80',
    settings: { externalClusterIP: true },
    expect: 'htm',
    ebpf: 'ht~',
  },
  {
    name: 'masqueradeAll',
    from: POD,
    to: '172.30.0.1:80',
    settings: { masqueradeAll: true },
    expect: 'htm',
    ebpf: 'ht',
  },
  {
    name: 'no way to tell Pods: nothing at ClusterIPs is masqueraded',
    from: OUTSIDE,
    to: '172.30.0.1:80',
    settings: { clusterCIDR: null },
    expect: 'ht',
    ebpf: 'drop',
  },
  {
    name: 'another port of a ClusterIP',
    from: POD,
    to: '172.30.0.1:81',
    expect: 'accept',
    nftables: 'reject',
    ipvs: 'reject',
  },
  {
    name: 'another protocol',
    from: POD,
    to: '172.30.0.1:80',
    protocol: 'UDP',
    expect: 'accept',
    nftables: 'reject',
    ipvs: 'reject',
  },
  { name: 'an address of nobody', from: POD, to: '172.30.0.99:80', expect: 'accept', nftables: 'drop' },
  { name: 'no endpoints: ClusterIP', from: POD, to: '172.30.0.2:80', expect: 'reject' },
  { name: 'no endpoints: external IP', from: OUTSIDE, to: '198.19.0.2:80', expect: 'reject' },
  { name: 'no endpoints: node port', from: OUTSIDE, to: '192.168.0.2:31002', expect: 'reject' },
  { name: 'no endpoints: node port, from the node itself', from: NODE, to: '192.168.0.2:31002', expect: 'reject' },
  { name: 'eTP Local from outside', from: OUTSIDE, to: '1.2.3.4:80', expect: 'h' },
  { name: 'eTP Local from a Pod: all', from: POD, to: '1.2.3.4:80', expect: 'ht', ipvs: 'h' },
  {
    name: 'eTP Local from a Pod that cannot be told',
    from: POD,
    to: '1.2.3.4:80',
    settings: { clusterCIDR: null },
    expect: 'h',
    ebpf: 'ht',
  },
  {
    name: 'eTP Local from the node: all, masqueraded',
    from: NODE,
    to: '1.2.3.4:80',
    expect: 'htm',
    ipvs: 'h',
    ebpf: 'ht',
  },
  { name: 'eTP Local at a node port', from: OUTSIDE, to: '192.168.0.2:31003', expect: 'h' },
  { name: 'eTP Local, none here: silence', from: OUTSIDE, to: '5.6.7.8:80', expect: 'drop', ipvs: 't', ebpf: 'reject' },
  {
    name: 'eTP Local, none here: node port',
    from: OUTSIDE,
    to: '192.168.0.2:31004',
    expect: 'drop',
    ipvs: 't',
    ebpf: 'reject',
  },
  { name: 'eTP Local, none here, from a Pod', from: POD, to: '5.6.7.8:80', expect: 't' },
  { name: 'eTP Local does not concern the ClusterIP', from: POD, to: '172.30.0.4:80', expect: 't' },
  { name: 'iTP Local, none here', from: POD, to: '172.30.0.5:80', expect: 'drop', ipvs: 'reject', ebpf: 'reject' },
  { name: 'source ranges: inside', from: OUTSIDE, to: '9.9.9.9:80', expect: 'hm', ebpf: 'h' },
  { name: 'source ranges: outside', from: STRANGER, to: '9.9.9.9:80', expect: 'drop' },
  { name: 'source ranges hold for Pods as well', from: POD, to: '9.9.9.9:80', expect: 'drop', ebpf: 'h' },
  { name: 'source ranges: the node', from: NODE, to: '9.9.9.9:80', expect: 'hm', ebpf: 'h' },
  {
    name: 'source ranges do not hold for the node port',
    from: STRANGER,
    to: '192.168.0.2:31006',
    expect: 'hm',
    ebpf: 'h',
  },
  { name: 'node port', from: OUTSIDE, to: `192.168.0.2:${NODE_PORT}`, expect: 'htm', ebpf: 'ht~' },
  {
    name: 'node port at the second address',
    from: OUTSIDE,
    to: `192.168.1.2:${NODE_PORT}`,
    expect: 'htm',
    nftables: 'accept',
    ebpf: 'ht~',
  },
  {
    name: 'node port at localhost',
    from: LOCALHOST,
    to: `127.0.0.1:${NODE_PORT}`,
    expect: 'htm',
    nftables: 'accept',
    ipvs: 'accept',
    ebpf: 'ht',
  },
  {
    name: 'node port at localhost, switched off',
    from: LOCALHOST,
    to: `127.0.0.1:${NODE_PORT}`,
    settings: { localhostNodePorts: false },
    expect: 'accept',
    ebpf: 'ht',
  },
  {
    name: 'node ports on some addresses only',
    from: OUTSIDE,
    to: `192.168.0.2:${NODE_PORT}`,
    settings: { nodePortAddresses: ['192.168.1.0/24'] },
    expect: 'accept',
    ebpf: 'ht~',
  },
  {
    name: 'DSR keeps the client’s address',
    from: OUTSIDE,
    to: `192.168.0.2:${NODE_PORT}`,
    settings: { loadBalancerMode: 'dsr' },
    expect: 'htm',
    ebpf: 'ht',
  },
  { name: 'a port of the node that is nobody’s', from: OUTSIDE, to: '192.168.0.2:22', expect: 'accept' },
];

describe.each<ProxyMode>(['iptables', 'nftables', 'ipvs', 'ebpf'])('%s', (mode) => {
  test.each(rows)('$name', (row) => {
    const { from, to, protocol = 'TCP', settings } = row;
    const [ip, port] = to.split(':') as [string, string];
    const input = inputOf(services, slices, { ...settings, mode });
    const decision = decidePacket(input, { ...from, to: ip, port: Number(port), protocol, family: 'IPv4' });
    const expected = (mode === 'iptables' ? undefined : row[mode]) ?? row.expect;
    expect(resultOf(decision), JSON.stringify(decision, null, 1)).toBe(expected);
    if (decision.verdict === 'dnat') {
      expect(decision.candidates.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    }
  });

  test('IPv6 has its own addresses, node ports but not on localhost', () => {
    const options = { clusterIP: 'fd00:172::1', type: 'NodePort' as const, ports: p80(NODE_PORT) };
    const slice = sliceOf('ns/six', ['fd00:10:180::1'], { addressType: 'IPv6' });
    const input = inputOf([serviceOf('ns/six', options)], [slice], { mode });
    const decide = (to: string, port: number) =>
      decidePacket(input, { from: 'fd00:10::2', where: 'node', to, port, protocol: 'TCP', family: 'IPv6' });
    expect(decide('fd00:172::1', 80).candidates[0]!.address).toBe('[fd00:10:180::1]:80');
    expect(decide('2001:db8::1', NODE_PORT).verdict).toBe('dnat');
    if (mode !== 'ebpf') expect(decide('::1', NODE_PORT).verdict).toBe('accept');
  });

  test('affinity: who is remembered has one candidate', () => {
    const sticky = serviceOf('ns/plain', { clusterIP: '172.30.0.1', sessionAffinity: 'ClientIP' });
    const input = inputOf([sticky], slices, { mode });
    const packet: Packet = { ...POD, to: '172.30.0.1', port: 80, protocol: 'TCP', family: 'IPv4' };
    const fresh = decidePacket(input, packet);
    expect(resultOf(fresh)).toBe('ht');
    const list = { iptables: /KUBE-SEP-\w+/, nftables: /(?<=update @)\S+/, ipvs: /10\S+/, ebpf: /10\S+/ }[mode];
    const last = fresh.candidates.find(({ ip }) => ip === THERE.ip)!;
    const name = last.steps
      .map(({ matched, chain }) => list.exec(`${matched} ${chain}`)?.[0])
      .find((found) => found !== undefined)!;
    expect(resultOf(decidePacket(input, { ...packet, remembered: new Set([name]) }))).toBe('t');
  });
});

test('the default settings are those of kube-proxy', () => {
  expect(DEFAULT_PROXY_SETTINGS).toMatchObject({
    mode: 'iptables',
    masqueradeAll: false,
    localhostNodePorts: true,
    scheduler: 'rr',
  });
});

function resultOf({ verdict, candidates }: ReturnType<typeof decidePacket>): Result {
  if (verdict !== 'dnat') return verdict;
  const letters = candidates
    .map(({ ip }) => (ip === HERE.ip ? 'h' : 't'))
    .toSorted()
    .join('');
  const masqueraded = candidates.filter(({ masquerade }) => masquerade).length;
  return letters + (masqueraded === candidates.length ? 'm' : masqueraded > 0 ? '~' : '');
}
