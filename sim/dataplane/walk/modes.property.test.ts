import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inputOf, serviceOf, sliceOf } from '../../../test/kubernetes-objects.ts';
import type { Endpoint } from '../../cluster/api/endpoint-slice.ts';
import type { Decision, Packet } from '../rules/packet.ts';
import type { ProxyInput, ProxyMode } from '../rules/proxy-input.ts';
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
