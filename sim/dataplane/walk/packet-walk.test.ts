import { describe, expect, test } from 'vitest';
import { inputOf, metaOf, nodeOf, podOf, serviceOf, sliceOf, TEST_NODE } from '../../../test/kubernetes-objects.ts';
import type { ProxySettings } from '../rules/proxy-input.ts';
import type { LiveState, Network } from './network.ts';
import { walkPacket } from './packet-walk.ts';
import { printWalk } from './print-walk.ts';
import { podSender } from './sender.ts';

const client = podOf('shop/frontend-0', '10.0.0.2', 'test-node');
const backends = [
  podOf('shop/checkout-a', '10.180.0.1', 'test-node'),
  podOf('shop/checkout-b', '10.180.2.1', 'remote'),
];
const services = [
  serviceOf('shop/checkout', { clusterIP: '172.30.0.1' }),
  serviceOf('shop/wrong', { clusterIP: '172.30.0.2', ports: [{ name: 'p', port: 80 }] }),
  serviceOf('shop/empty', { clusterIP: '172.30.0.3' }),
];
const slices = [
  sliceOf('shop/checkout', [
    { ip: '10.180.0.1', nodeName: 'test-node' },
    { ip: '10.180.2.1', nodeName: 'remote' },
  ]),
  sliceOf('shop/wrong', ['10.180.2.1'], { ports: [{ name: 'p', protocol: 'TCP', port: 8080 }] }),
];
const denied = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy' as const,
  metadata: metaOf('shop/lock'),
  spec: { podSelector: { matchLabels: { pod: 'checkout-b' } }, policyTypes: ['Ingress' as const] },
};

const networkOf = (
  settings: Partial<ProxySettings> = {},
  policies: Network['policies'] = [],
  around: Network['around'] = QUIET,
): Network => ({
  proxy: inputOf(services, slices, settings),
  nodes: [TEST_NODE, nodeOf('remote', ['192.168.0.11'])],
  pods: [client, ...backends],
  policies,
  namespaces: new Map(),
  around,
});
const QUIET: Network['around'] = { deadAddress: 'silent', nodeFirewall: null, live: null };
const LIVE: LiveState = { isDown: () => false, isCut: () => false, isListening: () => true };
const walk = (network: Network, ip: string, pick = 0.9) =>
  walkPacket(network, { sender: podSender(client, '10.0.0.2'), to: { ip, port: 80 }, protocol: 'TCP', pick });

test('a packet that arrives, as a tree', () => {
  const resolution = { name: 'checkout', steps: ['checkout.shop.svc.cluster.local. A: 172.30.0.1'] };
  const request = {
    sender: podSender(client, '10.0.0.2'),
    to: { ip: '172.30.0.1', port: 80 },
    protocol: 'TCP' as const,
    pick: 0.9,
    resolution,
  };
  expect(printWalk(walkPacket(networkOf(), request))).toMatchInlineSnapshot(`
    "shop/frontend-0 (10.0.0.2) → Service shop/checkout (172.30.0.1):80, TCP, iptables mode
    ├─ shop/frontend-0
    │  └─ checkout is 172.30.0.1
    │     └─ checkout.shop.svc.cluster.local. A: 172.30.0.1
    ├─ node test-node
    │  ├─ the Pod's default route leads to node test-node, which looks at packets for Service shop/checkout (172.30.0.1):80
    │  ├─ taken by: -d 172.30.0.1/32 -p tcp -m comment --comment "shop/checkout:p80 cluster IP" -m tcp --dport 80 -j KUBE-SVC-A2VQX42LL7IC4WZN
    │  │  ├─ nat PREROUTING: -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
    │  │  └─ nat PREROUTING KUBE-SERVICES: -d 172.30.0.1/32 -p tcp -m comment --comment "shop/checkout:p80 cluster IP" -m tcp --dport 80 -j KUBE-SVC-A2VQX42LL7IC4WZN
    │  ├─ 2 candidates
    │  │  ├─ shop/checkout-a (10.180.0.1) 10.180.0.1:80: 50 %
    │  │  └─ shop/checkout-b (10.180.2.1) 10.180.2.1:80: 50 %
    │  ├─ shop/checkout-b (10.180.2.1) is picked
    │  │  ├─ nat PREROUTING KUBE-SVC-A2VQX42LL7IC4WZN: -m comment --comment "shop/checkout:p80 -> 10.180.2.1:80" -j KUBE-SEP-R7E3TIFFMOCZOKOF
    │  │  ├─ nat PREROUTING KUBE-SEP-R7E3TIFFMOCZOKOF: -p tcp -m comment --comment "shop/checkout:p80" -m tcp -j DNAT --to-destination 10.180.2.1:80
    │  │  ├─ filter FORWARD: -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
    │  │  ├─ filter FORWARD: -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
    │  │  ├─ filter FORWARD KUBE-FORWARD: none of 3 rules matches
    │  │  ├─ filter FORWARD: -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
    │  │  ├─ filter FORWARD KUBE-SERVICES: no match
    │  │  ├─ filter FORWARD: -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
    │  │  ├─ nat POSTROUTING: -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
    │  │  ├─ nat POSTROUTING KUBE-POSTROUTING: -m mark ! --mark 0x4000/0x4000 -j RETURN
    │  │  └─ nat POSTROUTING: no match
    │  ├─ the destination becomes 10.180.2.1:80
    │  ├─ the source stays 10.0.0.2
    │  └─ egress allowed: no policy selects shop/frontend-0 for egress
    ├─ node remote
    │  ├─ shop/checkout-b is at node remote
    │  ├─ ingress allowed: no policy selects shop/checkout-b for ingress
    │  └─ TCP 80: shop/checkout-b listens at TCP 80
    └─ The packet arrives: shop/checkout-b listens at TCP 80.
    "
  `);
});

describe('where it ends', () => {
  test.each([
    {
      name: 'nothing listens',
      ip: '172.30.0.2',
      failedAt: 'arrival',
      outcome: 'refused',
      sentence: /refused at once: shop\/checkout-b declares no port TCP 8080/,
    },
    {
      name: 'no endpoints',
      ip: '172.30.0.3',
      failedAt: 'rules',
      outcome: 'refused',
      sentence: /refused at once: .*has no endpoints/,
    },
    {
      name: 'an address of nobody',
      ip: '172.30.0.99',
      failedAt: 'arrival',
      outcome: 'timeout',
      sentence: /Nobody answers.*no Service has the address 172\.30\.0\.99/,
    },
    {
      name: 'a policy, at the Pod that is picked',
      ip: '172.30.0.1',
      failedAt: 'ingress',
      outcome: 'denied',
      sentence: /policy shop\/lock isolates shop\/checkout-b/,
    },
  ] as const)('$name', ({ ip, failedAt, outcome, sentence }) => {
    const found = walk(networkOf({}, failedAt === 'ingress' ? [denied] : []), ip);
    expect(found).toMatchObject({ failedAt, outcome });
    expect(found.sentence).toMatch(sentence);
    expect(printWalk(found)).toContain('✗');
  });

  test('the same packet arrives when the draw falls on the other Pod', () => {
    const found = walk(networkOf({}, [denied]), '172.30.0.1', 0.1);
    expect(found).toMatchObject({ outcome: 'allowed', failedAt: null, pick: '10.180.0.1:80' });
    expect(found.candidates.map(({ outcome }) => outcome)).toEqual(['allowed', 'denied']);
  });
});

test.each(['nftables', 'ipvs', 'ebpf'] as const)('%s names its own maps', (mode) => {
  const text = printWalk(walk(networkOf({ mode }), '172.30.0.1'));
  expect(text).toContain(
    { nftables: '@service-ips', ipvs: 'TCP 172.30.0.1:80 rr', ebpf: 'cilium_lb4_services_v2' }[mode],
  );
});

describe('what is broken around the nodes', () => {
  const live = (broken: Partial<LiveState>): Network['around'] => ({ ...QUIET, live: { ...LIVE, ...broken } });

  test.each([
    ['a node that is down', live({ isDown: (node) => node === 'remote' }), 'timeout', /node remote is down/],
    ['a link that is cut', live({ isCut: (from, to) => from === 'test-node' && to === 'remote' }), 'timeout', /is cut/],
    ['a process that has ended', live({ isListening: () => false }), 'refused', /does not take connections/],
    ['a run in which all works', live({}), 'allowed', /checkout-b listens/],
  ] as const)('%s', (_, around, outcome, sentence) => {
    for (const ip of ['172.30.0.1', '10.180.2.1']) {
      const found = walk(networkOf({}, [], around), ip);
      expect(found).toMatchObject({ outcome, failedAt: outcome === 'allowed' ? null : 'arrival' });
      expect(found.sentence).toMatch(sentence);
    }
  });

  test('the node of the sender itself is down', () => {
    const found = walk(networkOf({}, [], live({ isDown: (node) => node === 'test-node' })), '172.30.0.1');
    expect(found).toMatchObject({ outcome: 'timeout', failedAt: 'rules', candidates: [] });
    expect(found.sentence).toMatch(/node test-node is down/);
  });

  test('an endpoint that no Pod of the run has', () => {
    const gone = (around: Network['around']) => ({
      ...networkOf({ clusterCIDR: '10.180.0.0/16' }, [], around),
      pods: [client],
    });
    expect(walk(gone(QUIET), '172.30.0.1').outcome).toBe('allowed');
    expect(walk(gone(live({})), '172.30.0.1').outcome).toBe('timeout');
  });
});

test.each([
  ['silent', 'timeout', /gives up: no Pod has the address/],
  ['refused', 'refused', /refused at once: no Pod has the address/],
  ['unreachable', 'unreachable', /EHOSTUNREACH at once/],
  ['unreachable3s', 'unreachable', /EHOSTUNREACH after 3 s/],
] as const)('an address that nobody has, where the network is %s', (deadAddress, outcome, sentence) => {
  const found = walk(networkOf({ clusterCIDR: '10.180.0.0/16' }, [], { ...QUIET, deadAddress }), '10.180.9.9');
  expect(found).toMatchObject({ outcome, failedAt: 'arrival' });
  expect(found.sentence).toMatch(sentence);
});

test('ipvs names the Service whose source ranges leave the sender out', () => {
  const guarded = serviceOf('shop/lb', {
    clusterIP: '172.30.0.4',
    type: 'LoadBalancer',
    loadBalancerSourceRanges: ['203.0.113.0/25'],
  });
  guarded.status = { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } };
  const network = networkOf({ mode: 'ipvs' });
  const proxy = { ...network.proxy, services: [guarded], slices: [] };
  const outside = { party: { ip: '8.8.8.8' }, where: 'external' as const };
  const to = { ip: '1.2.3.4', port: 80 };
  const found = walkPacket({ ...network, proxy }, { sender: outside, to, protocol: 'TCP', pick: 0 });
  expect(found.sentence).toMatch(/8\.8\.8\.8 is in no source range of shop\/lb.*203\.0\.113\.0\/25/);
});

describe('the firewall of nodes', () => {
  const around: Network['around'] = { ...QUIET, nodeFirewall: [[443, 443]] };
  const from = (where: 'external' | 'pod', port: number) =>
    walkPacket(networkOf({}, [], around), {
      sender: where === 'pod' ? podSender(client, '10.0.0.2') : { party: { ip: '8.8.8.8' }, where },
      to: { ip: '192.168.0.11', port },
      protocol: 'TCP',
      pick: 0,
    });

  test('drops what comes from outside for another port, before any rule', () => {
    const found = from('external', 30086);
    expect(found).toMatchObject({ outcome: 'timeout', failedAt: 'rules' });
    expect(found.sentence).toMatch(/the firewall of node remote drops it before PREROUTING.*443.*30086/);
  });

  test('lets in what it lets in, and whatever comes from a Pod', () => {
    for (const found of [from('external', 443), from('pod', 30086)]) expect(found.sentence).not.toMatch(/firewall/);
  });
});
