import { describe, expect, test } from 'vitest';
import { inputOf, serviceOf, sliceOf } from '../../test/kubernetes-objects.ts';
import type { IPFamily } from '../cluster/api/service.ts';
import { type DumpFormat, dumpNode } from './dump.ts';
import type { ProxySettings } from './rules/proxy-input.ts';

const services = [
  serviceOf('ns1/svc1', { clusterIP: '172.30.0.41', sessionAffinity: 'ClientIP' }),
  serviceOf('ns2/svc2', {
    clusterIP: '172.30.0.42',
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 30_000,
    ports: [{ name: 'p80', port: 80, nodePort: 30_001 }],
    ingress: [{ ip: '1.2.3.4' }],
    loadBalancerSourceRanges: ['203.0.113.0/25'],
  }),
];
const slices = [
  sliceOf('ns1/svc1', ['10.180.0.1', '10.180.0.2', '10.180.0.3']),
  sliceOf('ns2/svc2', [{ ip: '10.180.1.1', nodeName: 'test-node' }]),
];
const dump = (format: DumpFormat, settings: Partial<ProxySettings> = {}, family: IPFamily = 'IPv4') =>
  dumpNode(inputOf(services, slices, settings), format, family).split('\n');

test('iptables-save', () => {
  const lines = dump('iptables');
  const chain = lines
    .find((line) => line.startsWith(':KUBE-SVC-'))!
    .split(' ')[0]!
    .slice(1);
  expect(lines.filter((line) => line.startsWith(`-A ${chain}`))).toMatchInlineSnapshot(`
    [
      "-A KUBE-SVC-XPGD46QRK7WJZT7O ! -s 10.0.0.0/8 -d 172.30.0.41/32 -p tcp -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ",
      "-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-SXIVWICOYRO3J4NJ --mask 255.255.255.255 --rsource -j KUBE-SEP-SXIVWICOYRO3J4NJ",
      "-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.2:80" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-LXVODXWDISEETFEF --mask 255.255.255.255 --rsource -j KUBE-SEP-LXVODXWDISEETFEF",
      "-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.3:80" -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-ICDUIKC33SFI6ZPR --mask 255.255.255.255 --rsource -j KUBE-SEP-ICDUIKC33SFI6ZPR",
      "-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-SXIVWICOYRO3J4NJ",
      "-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.2:80" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-LXVODXWDISEETFEF",
      "-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.3:80" -j KUBE-SEP-ICDUIKC33SFI6ZPR",
    ]
  `);
  expect(lines).toContain(
    '-A KUBE-NODEPORTS -p tcp -m comment --comment "ns2/svc2:p80 health check node port" -m tcp --dport 30000 -j ACCEPT',
  );
  expect(lines.filter((line) => line.startsWith('-A KUBE-FW-'))).toMatchInlineSnapshot(`
    [
      "-A KUBE-FW-GNZBNJ2PO5MGZ6GT -s 203.0.113.0/25 -m comment --comment "ns2/svc2:p80 loadbalancer IP" -j KUBE-EXT-GNZBNJ2PO5MGZ6GT",
      "-A KUBE-FW-GNZBNJ2PO5MGZ6GT -m comment --comment "other traffic to ns2/svc2:p80 will be dropped by KUBE-PROXY-FIREWALL"",
    ]
  `);
});

test('above 1000 endpoints the rules of endpoints have no comments', () => {
  const many = Array.from({ length: 1001 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
  const text = dumpNode(inputOf(services, [sliceOf('ns1/svc1', many)]), 'iptables', 'IPv4');
  const rules = text.split('\n').filter((line) => /-j (KUBE-SEP-|DNAT)/.test(line));
  expect(rules.length).toBe(3 * 1001);
  expect(rules.filter((line) => line.includes('comment'))).toEqual([]);
});

test('nft list ruleset', () => {
  const text = dump('nftables').join('\n');
  const block = /\tchain service-[^{]*svc1[^}]*\{[\s\S]*?\n\t\}/.exec(text)![0];
  expect(block).toMatchInlineSnapshot(`
    "	chain service-ULMVA6XW-ns1/svc1/tcp/p80 {
    		ip daddr 172.30.0.41 ip saddr != 10.0.0.0/8 jump mark-for-masquerade
    		ip saddr @affinity-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 goto endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80
    		ip saddr @affinity-2ZNDXFAB-ns1/svc1/tcp/p80__10.180.0.2/80 goto endpoint-2ZNDXFAB-ns1/svc1/tcp/p80__10.180.0.2/80
    		ip saddr @affinity-WUHIZN2H-ns1/svc1/tcp/p80__10.180.0.3/80 goto endpoint-WUHIZN2H-ns1/svc1/tcp/p80__10.180.0.3/80
    		numgen random mod 3 vmap { 0 : goto endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80, 1 : goto endpoint-2ZNDXFAB-ns1/svc1/tcp/p80__10.180.0.2/80, 2 : goto endpoint-WUHIZN2H-ns1/svc1/tcp/p80__10.180.0.3/80 }
    	}"
  `);
  expect(text).toContain('elements = { 1.2.3.4 . tcp . 80 : goto firewall-42NFTM6N-ns2/svc2/tcp/p80 }');
});

describe('ipvs', () => {
  test('virtual servers, the newest real server first', () => {
    expect(dump('ipvs').filter((line) => /^-[Aa] (-t|-u)/.test(line))).toMatchInlineSnapshot(`
      [
        "-A -t 172.30.0.41:80 -s rr -p 10800",
        "-a -t 172.30.0.41:80 -r 10.180.0.3:80 -m -w 1",
        "-a -t 172.30.0.41:80 -r 10.180.0.2:80 -m -w 1",
        "-a -t 172.30.0.41:80 -r 10.180.0.1:80 -m -w 1",
        "-A -t 172.30.0.42:80 -s rr",
        "-a -t 172.30.0.42:80 -r 10.180.1.1:80 -m -w 1",
        "-A -t 1.2.3.4:80 -s rr",
        "-a -t 1.2.3.4:80 -r 10.180.1.1:80 -m -w 1",
        "-A -t 192.168.0.2:30001 -s rr",
        "-a -t 192.168.0.2:30001 -r 10.180.1.1:80 -m -w 1",
        "-A -t 192.168.1.2:30001 -s rr",
        "-a -t 192.168.1.2:30001 -r 10.180.1.1:80 -m -w 1",
      ]
    `);
  });
  test('sets and the addresses of kube-ipvs0', () => {
    const lines = dump('ipvs');
    expect(lines.filter((line) => line.startsWith('add '))).toMatchInlineSnapshot(`
      [
        "add KUBE-LOOP-BACK 10.180.1.1,tcp:80,10.180.1.1",
        "add KUBE-CLUSTER-IP 172.30.0.41,tcp:80",
        "add KUBE-CLUSTER-IP 172.30.0.42,tcp:80",
        "add KUBE-LOAD-BALANCER 1.2.3.4,tcp:80",
        "add KUBE-LOAD-BALANCER-LOCAL 1.2.3.4,tcp:80",
        "add KUBE-LOAD-BALANCER-FW 1.2.3.4,tcp:80",
        "add KUBE-LOAD-BALANCER-SOURCE-CIDR 1.2.3.4,tcp:80,203.0.113.0/25",
        "add KUBE-NODE-PORT-TCP 30001",
        "add KUBE-NODE-PORT-LOCAL-TCP 30001",
        "add KUBE-HEALTH-CHECK-NODE-PORT 30000",
        "add KUBE-IPVS-IPS 172.30.0.41",
        "add KUBE-IPVS-IPS 172.30.0.42",
        "add KUBE-IPVS-IPS 1.2.3.4",
      ]
    `);
    expect(lines.filter((line) => line.startsWith('address '))).toEqual([
      'address add 172.30.0.41/32 dev kube-ipvs0',
      'address add 172.30.0.42/32 dev kube-ipvs0',
      'address add 1.2.3.4/32 dev kube-ipvs0',
    ]);
  });
  test.each([
    ['IPv4', '127.0.0.0/8'],
    ['IPv6', '::1/128'],
  ] as const)(
    '%s: what comes from localhost leaves KUBE-SERVICES first, and hairpins have no ports at random',
    (family, block) => {
      const [first, ...rest] = dump('ipvs', {}, family).filter((line) => line.startsWith('-A KUBE-SERVICES'));
      expect(first).toBe(`-A KUBE-SERVICES -s ${block} -j RETURN`);
      expect(rest.join('\n')).not.toContain(block);
      const masquerading = dump('ipvs', {}, family).filter((line) => line.includes('-j MASQUERADE'));
      for (const line of masquerading) expect(line.includes('--random-fully')).toBe(!line.includes('LOOP-BACK'));
      expect(masquerading).toHaveLength(family === 'IPv4' ? 2 : 1);
    },
  );
  test('Maglev hashes the port too', () => {
    expect(dump('ipvs', { scheduler: 'mh' })).toContain('-A -t 172.30.0.42:80 -s mh -b mh-port');
  });
});
