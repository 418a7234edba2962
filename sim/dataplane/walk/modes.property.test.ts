import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inputOf, serviceOf, sliceOf } from '../../../test/kubernetes-objects.ts';
import type { Endpoint } from '../../cluster/api/endpoint-slice.ts';
import { type Entry, masquerades, routeOf } from '../pick/route.ts';
import type { Decision, Packet } from '../rules/packet.ts';
import type { ProxyInput, ProxyMode } from '../rules/proxy-input.ts';
import { proxyView } from '../rules/proxy-view.ts';
import type { ProxiedPort } from '../rules/service-port.ts';
import { decidePacket } from './decide-packet.ts';

const policy = fc.constantFrom('Cluster' as const, 'Local' as const);
const conditions = fc.constantFrom<Endpoint['conditions']>(
  { ready: true },
  { ready: false, serving: true, terminating: true },
  { ready: false, serving: false, terminating: false },
);
const endpoint = fc.record({
  ip: fc.integer({ min: 1, max: 9 }).map((host) => `10.0.0.${host}`),
  nodeName: fc.constantFrom('test-node', 'remote'),
  conditions,
});
const cluster = fc.record({
  type: fc.constantFrom('ClusterIP' as const, 'NodePort' as const, 'LoadBalancer' as const),
  internalTrafficPolicy: policy,
  externalTrafficPolicy: policy,
  loadBalancerSourceRanges: fc.subarray(['203.0.113.0/24', '10.0.0.0/8', '192.168.0.0/24']),
  endpoints: fc.array(endpoint, { maxLength: 6 }),
  masqueradeAll: fc.boolean(),
  clusterCIDR: fc.constantFrom('10.0.0.0/8', null),
});
const packet = fc
  .record({
    sender: fc.constantFrom(
      { from: '10.0.0.1', where: 'pod' as const },
      { from: '10.0.0.200', where: 'pod' as const },
      { from: '192.168.0.2', where: 'node' as const },
      { from: '203.0.113.9', where: 'external' as const },
      { from: '1.2.3.4', where: 'node' as const },
    ),
    target: fc.constantFrom(
      ['172.30.0.1', 80],
      ['1.2.3.4', 80],
      ['198.19.0.1', 80],
      ['192.168.0.2', 30_080],
    ) as fc.Arbitrary<[string, number]>,
  })
  .map(({ sender, target: [to, port] }): Packet => ({ ...sender, to, port, protocol: 'TCP', family: 'IPv4' }));

function inputFor({ endpoints, masqueradeAll, clusterCIDR, ...spec }: ClusterDraw, mode: ProxyMode): ProxyInput {
  const service = serviceOf('ns/svc', {
    ...spec,
    clusterIP: '172.30.0.1',
    externalIPs: ['198.19.0.1'],
    ports: [{ name: 'p80', port: 80, ...(spec.type !== 'ClusterIP' && { nodePort: 30_080 }) }],
    ...(spec.type === 'LoadBalancer' && { ingress: [{ ip: '1.2.3.4' }] }),
  });
  return inputOf([service], [sliceOf('ns/svc', endpoints)], { mode, masqueradeAll, clusterCIDR });
}

type ClusterDraw = typeof cluster extends fc.Arbitrary<infer T> ? T : never;

test('in every mode the probabilities sum to 1, and no backend comes twice', () => {
  fc.assert(
    fc.property(
      cluster,
      packet,
      fc.constantFrom<ProxyMode>('iptables', 'nftables', 'ipvs', 'ebpf'),
      (drawn, sent, mode) => {
        const { verdict, candidates } = decidePacket(inputFor(drawn, mode), sent);
        if (verdict !== 'dnat') {
          expect(candidates).toEqual([]);
          return;
        }
        const sum = candidates.reduce((total, { probability }) => total + probability, 0);
        expect(sum).toBeCloseTo(1, 12);
        expect(new Set(candidates.map(({ address }) => address)).size).toBe(candidates.length);
        const known = new Set(drawn.endpoints.map(({ ip }) => `${ip}:80`));
        for (const { address } of candidates) expect(known).toContain(address);
      },
    ),
    { numRuns: 600 },
  );
});

test('iptables and nftables do the same with a Service’s own addresses', () => {
  const summary = ({ verdict, candidates }: Decision) => ({
    verdict,
    candidates: candidates.map(({ address, probability, masquerade }) => ({
      address,
      masquerade,
      share: probability.toFixed(12),
    })),
  });
  let compared = 0;
  fc.assert(
    fc.property(cluster, packet, (drawn, sent) => {
      // They are meant to differ where nothing is for the packet, and where an empty Service has source ranges.
      const iptables = decidePacket(inputFor(drawn, 'iptables'), sent);
      fc.pre(iptables.verdict !== 'accept');
      fc.pre(!(drawn.loadBalancerSourceRanges.length > 0 && sent.to === '1.2.3.4'));
      compared++;
      expect(summary(decidePacket(inputFor(drawn, 'nftables'), sent))).toEqual(summary(iptables));
    }),
    { numRuns: 600 },
  );
  expect(compared).toBeGreaterThan(300);
});

test('the short way for the simulation comes to what the walk comes to', () => {
  const modes = fc.constantFrom<ProxyMode>('iptables', 'nftables', 'ipvs', 'ebpf');
  fc.assert(
    fc.property(cluster, packet, modes, (drawn, sent, mode) => {
      const input = inputFor(drawn, mode);
      const view = proxyView(input, 'IPv4');
      const [port] = view.ports;
      const entry = entryOf(sent);
      fc.pre(port !== undefined && isThere(port.port, entry));
      const walked = decidePacket(input, sent);
      const route = routeOf(view, port!, entry, sent, sent.to);
      const told = {
        verdict: route.verdict,
        candidates: route.endpoints.map((each) => [each.address, masquerades(view, route, each, sent)]).toSorted(),
      };
      const wanted = {
        verdict: walked.verdict,
        candidates: walked.candidates.map(({ address, masquerade }) => [address, masquerade]).toSorted(),
      };
      expect(told).toEqual(wanted);
    }),
    { numRuns: 2000 },
  );
});

function entryOf({ to }: Packet): Entry {
  if (to === '172.30.0.1') return 'clusterIP';
  if (to === '1.2.3.4') return 'loadBalancer';
  return to === '198.19.0.1' ? 'externalIP' : 'nodePort';
}

function isThere(port: ProxiedPort, entry: Entry): boolean {
  if (entry === 'loadBalancer') return port.loadBalancerVIPs.length > 0;
  return entry !== 'nodePort' || port.nodePort !== 0;
}
