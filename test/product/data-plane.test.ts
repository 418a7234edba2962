import { describe, expect, test } from 'vitest';
import { ICMPRateLimit, synTimes } from '../../sim/dataplane/icmp-rate-limit.ts';
import type { DataPlaneSettings } from '../../sim/input/scenario.ts';
import { outcomeOf } from './runs.ts';
import { type App, attemptsOf, countOutcomes, eventsOf, FAST, SECOND, type SmallWorld, scenarioOf } from './worlds.ts';

const traceOf = (world: SmallWorld) => outcomeOf(scenarioOf(world)).trace;
const rowsOf = (world: SmallWorld) => attemptsOf(traceOf(world));
const of = (client: string) => (row: { client: string }) => row.client.startsWith(client);

/** front calls back for each request, by its virtual address, a connection each. */
function pair(back: Partial<App>, more: Partial<SmallWorld> = {}, call: Record<string, unknown> = {}): SmallWorld {
  return {
    apps: [
      {
        name: 'front',
        behaviour: {
          serviceTime: '1ms',
          concurrency: 100_000,
          cores: 100_000,
          calls: [{ to: 'http://back', client: 'inner', discovery: 'env', ...call }],
        },
      },
      { name: 'back', behaviour: { serviceTime: '1ms', concurrency: 1000, cores: 1000 }, ...back },
    ],
    rate: 100,
    duration: '60s',
    clients: {
      web: { timeout: 'none', connections: { pool: 'unlimited' } },
      inner: {
        timeout: 'none',
        connections: { pool: 'unlimited', keepAlive: '0s', connectTimeout: '5s' },
        retries: { max: 0 },
      },
    },
    ...more,
    cluster: { network: FAST, ...more.cluster },
  };
}

describe('each backend has its share, through the whole product', () => {
  const modes: Partial<DataPlaneSettings>[] = [
    { mode: 'iptables' },
    { mode: 'nftables' },
    { mode: 'ebpf' },
    { mode: 'ipvs', scheduler: 'rr' },
    { mode: 'ipvs', scheduler: 'lc' },
    { mode: 'ipvs', scheduler: 'mh' },
  ];
  test.each(modes)('$mode $scheduler', (dataPlane) => {
    const world = pair({ replicas: 5 }, { cluster: { dataPlane } });
    const counts: Record<string, number> = {};
    for (const { target } of rowsOf(world).filter(of('default/front'))) counts[target] = (counts[target] ?? 0) + 1;
    const shares = Object.values(counts);
    expect(shares.length).toBe(5);
    const mean = shares.reduce((sum, n) => sum + n, 0) / 5;
    const chiSquare = shares.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0);
    expect(chiSquare).toBeLessThan(dataPlane.scheduler === 'rr' ? 0.01 : 18.5); // four degrees: one of a thousand is above
  });
});

test('an empty Service under load: six of a client are refused at once, then one a second; the others hang', () => {
  const rows = rowsOf(pair({ replicas: 0 }, { rate: 50 })).filter(of('default/front'));
  const limit = new ICMPRateLimit();
  const patience = 5 * SECOND;
  const syns = rows.flatMap(({ startedAt }, i) =>
    synTimes(4)
      .filter((after) => after < patience)
      .map((after) => ({ i, at: startedAt + after })),
  );
  const toldAt = new Map<number, number>();
  for (const { i, at } of syns.toSorted((a, b) => a.at - b.at)) {
    if (!toldAt.has(i) && at <= 60 * SECOND && limit.allows(0, Float64Array.of(at))) toldAt.set(i, at);
  }
  const refused = rows.filter(({ outcome }) => outcome === 'refused');
  expect(refused.length).toBe(toldAt.size);
  expect(refused.length).toBeGreaterThan(55);
  expect(refused.length).toBeLessThan(70);
  const hung = rows.filter(({ outcome, startedAt }) => outcome !== 'refused' && startedAt < 55 * SECOND);
  expect(new Set(hung.map(({ outcome }) => outcome))).toEqual(new Set(['connectTimeout']));
  for (const { startedAt, endedAt } of hung) expect(endedAt - startedAt).toBe(patience);
});

test('without a ration all are refused', () => {
  const world = pair({ replicas: 0 }, { cluster: { network: { ...FAST, icmpRateLimit: 'none' } } });
  expect(Object.keys(countOutcomes(rowsOf(world).filter(of('default/front'))))).toEqual(['refused']);
});

describe('internalTrafficPolicy Local with endpoints only elsewhere', () => {
  /** A Pod each on node-0 and node-1. */
  const apart = (mode: string): SmallWorld => {
    const world = pair(
      { service: { internalTrafficPolicy: 'Local' }, pod: { nodeName: 'node-1' } },
      { cluster: { dataPlane: { mode } } },
    );
    world.apps[0]!.pod = { nodeName: 'node-0' };
    return world;
  };
  test.each([
    { mode: 'iptables', outcome: 'connectTimeout' },
    { mode: 'nftables', outcome: 'connectTimeout' },
  ])('$mode: silence', ({ mode, outcome }) => {
    const rows = rowsOf(apart(mode)).filter((row) => of('default/front')(row) && row.startedAt < 50 * SECOND);
    expect(Object.keys(countOutcomes(rows))).toEqual([outcome]);
  });
  test('ebpf: an error', () => {
    const rows = rowsOf(apart('ebpf')).filter(of('default/front'));
    expect(rows.some(({ outcome }) => outcome === 'refused')).toBe(true);
  });
});

test('sessionAffinity: a client stays with one backend', () => {
  const rows = rowsOf(pair({ replicas: 5, service: { sessionAffinity: 'ClientIP' } })).filter(of('default/front'));
  expect(new Set(rows.map(({ target }) => target)).size).toBe(1);
  expect(Object.keys(countOutcomes(rows))).toContain('ok');
});

describe('network policies', () => {
  const policy = (ingress: unknown[]) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'back' },
    spec: { podSelector: { matchLabels: { app: 'back' } }, policyTypes: ['Ingress'], ingress },
  });
  const from = (app: string, port: number) => ({
    from: [{ podSelector: { matchLabels: { app } } }],
    ports: [{ port }],
  });
  test.each([
    { name: 'its client', ingress: [from('front', 8080)], outcome: 'ok' },
    { name: 'others', ingress: [from('other', 8080)], outcome: 'connectTimeout' },
    { name: 'the Service’s port', ingress: [from('front', 80)], outcome: 'connectTimeout' },
    { name: 'nobody', ingress: [], outcome: 'connectTimeout' },
  ])('let in $name: $outcome', ({ ingress, outcome }) => {
    const trace = traceOf(pair({}, { manifests: [policy(ingress)] }));
    const rows = attemptsOf(trace).filter((row) => of('default/front')(row) && row.startedAt < 50 * SECOND);
    expect(Object.keys(countOutcomes(rows))).toEqual([outcome]);
    const told = eventsOf(trace).filter(({ reason }) => reason === 'NetworkPolicyDenied');
    expect(told.length).toBe(outcome === 'ok' ? 0 : 1);
  });
});

describe('from outside', () => {
  const web = (
    service: Record<string, unknown>,
    cluster: Record<string, unknown> = {},
    more: Partial<SmallWorld> = {},
  ): SmallWorld => ({
    apps: [{ name: 'app', replicas: 2, service }],
    rate: 100,
    duration: '40s',
    clients: { web: { connections: { connectTimeout: '2s' } } },
    cluster: { network: FAST, nodes: { count: 6, cpu: 64, memory: '64Gi' }, ...cluster },
    ...more,
  });
  const settled = (world: SmallWorld) =>
    countOutcomes(rowsOf(world).filter(({ startedAt }) => startedAt < 30 * SECOND));

  test('externalTrafficPolicy Local: nodes with ready endpoints alone are sent to', () => {
    expect(Object.keys(settled(web({ externalTrafficPolicy: 'Local' })))).toEqual(['ok']);
  });

  test('a rollout under policy Local: health checks are slower than the endpoints go', () => {
    const restart = [{ at: '10s', restart: 'deployment/app' }];
    const local = web(
      { externalTrafficPolicy: 'Local' },
      { loadBalancer: { healthCheck: '10s' } },
      { timeline: restart },
    );
    const counts = settled(local);
    expect(counts.connectTimeout).toBeGreaterThan(20);
    expect(settled(web({}, {}, { timeline: restart })).connectTimeout ?? 0).toBe(0);
  });

  test('source ranges: others hear nothing', () => {
    const counts = settled(web({ loadBalancerSourceRanges: ['192.0.2.0/24'] }));
    expect(Object.keys(counts)).toEqual(['connectTimeout']);
    const inside = web({ loadBalancerSourceRanges: ['192.0.2.0/24'] }, {}, { traffic: { addresses: '192.0.2.0/25' } });
    expect(Object.keys(settled(inside))).toEqual(['ok']);
  });

  test('without anybody who makes load balancers the name has no address', () => {
    const trace = traceOf(web({}, { loadBalancer: { provider: 'none' } }));
    expect(Object.keys(countOutcomes(attemptsOf(trace)))).toEqual(['dnsFailure']);
    expect(eventsOf(trace).filter(({ reason }) => reason === 'LoadBalancerPending').length).toBe(1);
  });

  test('MetalLB: one node takes it all, and the Pods still share it', () => {
    const rows = rowsOf(web({}, { loadBalancer: { provider: 'metallb' } }));
    expect(new Set(rows.map(({ target }) => target)).size).toBe(2);
    expect(countOutcomes(rows).ok).toBeGreaterThan(3000);
  });
});

test('rules cost time: the first packet waits for those of the Services before its own', () => {
  const others = Array.from({ length: 2000 }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `other-${i}` },
    spec: { ports: [{ port: 80 }] },
  }));
  const waits = (ruleTime: string) => {
    const world = pair({}, { manifests: others, cluster: { dataPlane: { ruleTime } }, rate: 20 });
    const rows = rowsOf(world).filter(({ outcome, client }) => outcome === 'ok' && client.startsWith('default/front'));
    return rows.map(({ startedAt, connectedAt }) => connectedAt - startedAt);
  };
  expect(new Set(waits('0s'))).toEqual(new Set([2000]));
  const [wait] = waits('24ns');
  expect(new Set(waits('24ns')).size).toBe(1); // no sync of the node has come between
  expect((wait! - 2000) / 24).toBeGreaterThan(4);
  expect((wait! - 2000) / 24).toBeLessThan(2010);
});
