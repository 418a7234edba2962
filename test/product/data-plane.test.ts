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
    expect(Object.keys(countOutcomes(rows))).toEqual(['refused']);
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
    const rollout = (externalTrafficPolicy: string, healthCheck: string) => {
      const timeline = [{ at: '10s', restart: 'deployment/app' }];
      const world = web({ externalTrafficPolicy }, { loadBalancer: { healthCheck } }, { timeline });
      world.apps[0]!.container = {
        readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1 },
        lifecycle: { preStop: { sleep: { seconds: 4 } } },
      };
      return settled(world).connectTimeout ?? 0;
    };
    expect(rollout('Local', '10s')).toBeGreaterThan(20);
    // Endpoints that drain still take what comes until the load balancer has heard.
    expect(rollout('Local', '1s')).toBe(0);
    expect(rollout('Cluster', '10s')).toBe(0);
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

  test('eBPF with Maglev: each backend has its share of the users', () => {
    const world = web({}, { dataPlane: { mode: 'ebpf', algorithm: 'maglev' } });
    world.clients = { web: { connections: { keepAlive: '0s', connectTimeout: '2s' } } };
    const targets = rowsOf(world).map(({ target }) => target);
    const share = targets.filter((target) => target === targets[0]).length / targets.length;
    // Two backends and about 4000 users: a standard deviation is 0.008, and the table is uneven by less than 0.001.
    expect(Math.abs(share - 0.5)).toBeLessThan(0.035);
  });

  test.each(['NodePort', 'ClusterIP'])('a Service of type %s lets users in as well', (type) => {
    expect(Object.keys(settled(web({ type })))).toEqual(['ok']);
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

describe('ipvs: lc goes by the connections of its own node', () => {
  /** One of the two Pods is a hundred times slower: its connections pile up. */
  const slowTwin = (scheduler: string): SmallWorld => {
    const twin = (name: string, serviceTime: string): App => ({
      name,
      pod: {},
      behaviour: { serviceTime, concurrency: 1000, cores: 1000 },
    });
    const world = pair(
      {},
      {
        cluster: { dataPlane: { mode: 'ipvs', scheduler } },
        rate: 100,
        manifests: [
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'both' },
            spec: { selector: { tier: 'twin' }, ports: [{ port: 80, targetPort: 8080 }] },
          },
        ],
      },
      { to: 'http://both' },
    );
    world.apps = [world.apps[0]!, twin('fast', '1ms'), twin('slow', '2s')];
    for (const app of world.apps.slice(1)) {
      app.deployment = {
        template: {
          metadata: { labels: { app: app.name, tier: 'twin' } },
          spec: { containers: [{ name: 'c', image: 'example/c', ports: [{ name: 'http', containerPort: 8080 }] }] },
        },
      };
    }
    return world;
  };
  const slowShare = (scheduler: string) => {
    const rows = rowsOf(slowTwin(scheduler)).filter(of('default/front'));
    return rows.filter(({ target }) => target.startsWith('slow')).length / rows.length;
  };
  test('rr does not care', () => expect(slowShare('rr')).toBeCloseTo(0.5, 2));
  // 256 inactive connections weigh as much as an active one, so the fast Pod's TIME_WAITs count too.
  test('lc spares the slow one', () => expect(slowShare('lc')).toBeLessThan(0.2));
});

describe('connections take up room in kernels', () => {
  const inner = { timeout: 'none', connections: { pool: 'unlimited', connectTimeout: '3s' }, retries: { max: 0 } };
  const busy = (conntrack: Record<string, unknown>, keepAlive = '0s', dataPlane = {}): SmallWorld => {
    const world = pair({ replicas: 2 }, { cluster: { conntrack, dataPlane }, rate: 50, duration: '150s' });
    const connections = { ...inner.connections, keepAlive };
    return { ...world, clients: { web: inner, inner: { ...inner, connections } } };
  };
  const untilSecond = (world: SmallWorld, seconds: number) =>
    rowsOf(world).filter((row) => of('default/front')(row) && row.startedAt < seconds * SECOND);

  test('a connection a request fills the table: closed ones stay for two minutes', () => {
    const world = busy({ limit: 4000 });
    const trace = traceOf(world);
    const rows = attemptsOf(trace).filter(of('default/front'));
    expect(Object.keys(countOutcomes(rows.filter(({ startedAt }) => startedAt < 30 * SECOND)))).toEqual(['ok']);
    // Users do not get in either: they meet the same tables.
    const full = countOutcomes(
      attemptsOf(trace).filter(({ startedAt }) => startedAt > 90 * SECOND && startedAt < 110 * SECOND),
    );
    expect(full.connectTimeout).toBeGreaterThan(500);
    expect(full.ok ?? 0).toBe(0);
    expect(eventsOf(trace).some(({ reason }) => reason === 'ConntrackTableFull')).toBe(true);
  });

  test('keep-alive, and a large table, do not', () => {
    expect(Object.keys(countOutcomes(untilSecond(busy({ limit: 4000 }, '60s'), 140)))).toEqual(['ok']);
    expect(Object.keys(countOutcomes(untilSecond(busy({ limit: 'auto' }), 140)))).toEqual(['ok']);
  });

  test('source ports run out at ports / 60 s', () => {
    const trace = traceOf(busy({ localPorts: 1000 }));
    const rows = attemptsOf(trace).filter(of('default/front'));
    expect(Object.keys(countOutcomes(rows.filter(({ startedAt }) => startedAt < 15 * SECOND)))).toEqual(['ok']);
    const later = rows.filter(({ startedAt }) => startedAt > 65 * SECOND && startedAt < 125 * SECOND);
    expect(Object.keys(countOutcomes(later)).sort()).toEqual(['ok', 'unreachable']);
    expect(Math.abs(countOutcomes(later).ok! - 1000)).toBeLessThan(60);
    expect(eventsOf(trace).some(({ reason }) => reason === 'SourcePortsExhausted')).toBe(true);
  });

  test('eBPF connects to Pods: each has ports of its own', () => {
    const rows = untilSecond(busy({ localPorts: 1000 }, '0s', { mode: 'ebpf' }), 125);
    const later = rows.filter(({ startedAt }) => startedAt > 65 * SECOND);
    expect(Math.abs(countOutcomes(later).ok! - 2000)).toBeLessThan(100);
  });
});

test('a target port that the Pods do not open is refused', () => {
  const service = { ports: [{ port: 80, targetPort: 8081 }] };
  const rows = rowsOf(pair({ service })).filter(of('default/front'));
  expect(Object.keys(countOutcomes(rows))).toEqual(['refused']);
});

test('ports of a Service have endpoints of their own, by the names of their Pods’ ports', () => {
  const service = {
    ports: [
      { name: 'web', port: 80, targetPort: 'http' },
      { name: 'admin', port: 9000, targetPort: 'admin' },
    ],
  };
  const to = (port: number) => rowsOf(pair({ service }, {}, { to: `http://back:${port}` })).filter(of('default/front'));
  expect(Object.keys(countOutcomes(to(80)))).toEqual(['ok']);
  // No Pod has a port of that name, so this port has no endpoint, and most who ask hang.
  const { refused, connectTimeout } = countOutcomes(to(9000));
  expect(refused).toBeGreaterThan(10);
  expect(connectTimeout).toBeGreaterThan(refused!);
});

describe('an endpoint goes while clients hold connections to it', () => {
  test.each(['iptables', 'nftables', 'ipvs', 'ebpf'])('%s: they are used as long as the Pod serves', (mode) => {
    const sleeping = { preStop: { sleep: { seconds: 15 } } };
    const world = pair(
      { replicas: 2, container: { lifecycle: sleeping } },
      {
        cluster: { dataPlane: { mode } },
        clients: {
          web: { timeout: 'none', connections: { pool: 'unlimited' } },
          inner: { timeout: 'none', connections: { pool: 'unlimited', keepAlive: '60s' }, retries: { max: 0 } },
        },
        timeline: [{ at: '20s', scale: 'deployment/back', replicas: 1 }],
      },
    );
    const rows = rowsOf(world).filter(of('default/front'));
    const [gone] = rows.filter(({ startedAt }) => startedAt > 40 * SECOND).map(({ target }) => target);
    const late = rows.filter(({ target, startedAt }) => target !== gone && startedAt > 22 * SECOND);
    expect(late.length).toBeGreaterThan(100);
    // Over connections that were there: no new one goes to it.
    for (const { startedAt, connectedAt, outcome } of late) expect([connectedAt, outcome]).toEqual([startedAt, 'ok']);
    expect(Math.max(...late.map(({ startedAt }) => startedAt))).toBeLessThan(36 * SECOND);
  });
});

describe('the story names the layer', () => {
  const verdictOf = (world: SmallWorld) => outcomeOf(scenarioOf(world)).story.verdict;
  const inner = (keepAlive: string) => ({
    timeout: '3s',
    connections: { pool: 'unlimited', connectTimeout: '2s', keepAlive },
    retries: { max: 0 },
  });
  const impatient = (keepAlive = '0s') => ({ web: inner('60s'), inner: inner(keepAlive) });
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'closed' },
    spec: { podSelector: { matchLabels: { app: 'back' } }, policyTypes: ['Ingress'] },
  };
  const local: Partial<App> = { service: { internalTrafficPolicy: 'Local' }, pod: { nodeName: 'node-1' } };
  const apart = (world: SmallWorld): SmallWorld => ({
    ...world,
    apps: [{ ...world.apps[0]!, pod: { nodeName: 'node-0' } }, world.apps[1]!],
  });
  test.each<{ words: RegExp; world: SmallWorld }>([
    { words: /back had no ready endpoint/, world: pair({ replicas: 0 }, { clients: impatient() }) },
    { words: /a network policy keeps front/, world: pair({}, { clients: impatient(), manifests: [policy] }) },
    { words: /dropped packets for back/, world: apart(pair(local, { clients: impatient() })) },
    {
      words: /connection table was full/,
      world: pair({}, { clients: impatient(), cluster: { conntrack: { limit: 2000 } } }),
    },
    {
      words: /no source port left/,
      world: pair({}, { clients: impatient(), cluster: { conntrack: { localPorts: 1000 } } }),
    },
    {
      words: /is <pending>/,
      world: pair({}, { clients: impatient(), cluster: { loadBalancer: { provider: 'none' } } }),
    },
  ])('$words', ({ words, world }) => expect(verdictOf(world)).toMatch(words));
});
