import { describe, expect, test } from 'vitest';
import { outcomeOf } from './runs.ts';
import {
  type Attempt,
  attemptsOf,
  countOutcomes,
  eventsOf,
  FAST,
  MS,
  SECOND,
  type SmallWorld,
  scenarioOf,
} from './worlds.ts';

const traceOf = (world: SmallWorld) => outcomeOf(scenarioOf(world)).trace;
const probe = { httpGet: { path: '/', port: 'http' }, periodSeconds: 1, timeoutSeconds: 1 };

function world(timeline: SmallWorld['timeline'], more: Partial<SmallWorld> = {}): SmallWorld {
  const app = {
    name: 'app',
    replicas: 4,
    container: { readinessProbe: probe, lifecycle: { preStop: { sleep: { seconds: 5 } } } },
  };
  return {
    apps: [{ ...app, behaviour: { serviceTime: '20ms', cores: 100 } }],
    rate: 200,
    duration: '90s',
    timeline: timeline!,
    cluster: { network: FAST },
    ...more,
  };
}

const within = (rows: readonly Attempt[], from: number, to: number) =>
  rows.filter(({ startedAt }) => startedAt >= from * SECOND && startedAt < to * SECOND);
const failed = (rows: readonly Attempt[]) => rows.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'inFlight');
const podsOf = (rows: readonly Attempt[]) =>
  new Set(
    rows.flatMap(({ target }) => (target.startsWith('default/app-') || target.startsWith('app-') ? [target] : [])),
  );
const timesOf = (trace: ReturnType<typeof traceOf>, reason: string) =>
  eventsOf(trace).flatMap((event) => (event.reason === reason ? [event.time / SECOND] : []));

test('nodes whose kube-proxy is stuck keep the rules that they had, and catch up', () => {
  const stuck = { nodes: ['node/node-0'] };
  const trace = traceOf({
    apps: [
      { name: 'front', replicas: 3, behaviour: { calls: [{ to: 'http://back', client: 'web' }], cores: 100 } },
      { name: 'back', replicas: 3, container: { readinessProbe: probe }, behaviour: { cores: 100 } },
    ],
    clients: { web: { connections: { connectTimeout: '500ms', keepAlive: '0s' } } },
    rate: 100,
    duration: '90s',
    timeline: [
      { at: '20s', stuckProxy: stuck, for: '30s' },
      { at: '21s', restart: 'deployment/back' },
    ],
  });
  const calls = attemptsOf(trace).filter(({ client }) => client.includes('→ default/back'));
  // A third of the calls come from the node, and find nobody.
  const meanwhile = within(calls, 30, 50);
  expect(failed(meanwhile).length / meanwhile.length).toBeGreaterThan(0.28);
  expect(failed(meanwhile).length / meanwhile.length).toBeLessThan(0.39);
  expect(failed(within(calls, 52, 88))).toEqual([]);
});

describe('without an API server', () => {
  test('traffic goes on, containers are restarted, and what operators and controllers want waits', () => {
    const trace = traceOf(
      world([
        { at: '10s', apiServer: 'down', for: '30s' },
        { at: '15s', scale: 'deployment/app', replicas: 6 },
        { at: '20s', kill: { pods: 'deployment/app', count: 1 } },
      ]),
    );
    const rows = attemptsOf(trace);
    expect(timesOf(trace, 'Scale')).toEqual([40]);
    expect(Math.min(...timesOf(trace, 'SuccessfulCreate'))).toBeGreaterThanOrEqual(40);
    // Nobody is told that the killed one is not ready: it refuses its quarter until it listens.
    const refused = within(rows, 20.05, 22);
    expect(failed(refused).length / refused.length).toBeGreaterThan(0.15);
    expect(failed(within(rows, 25, 40))).toEqual([]);
  });

  test('no node is given up while no lease could be renewed', () => {
    const cluster = { nodeMonitorGracePeriod: '40s', nodes: { count: 3, cpu: 64, memory: '64Gi' } };
    const timeline = [
      { at: '10s', fail: { node: 'node/node-0' } },
      { at: '12s', apiServer: 'down', for: '50s' },
    ];
    const trace = traceOf(world(timeline, { cluster, duration: '120s', rate: 10 }));
    expect(timesOf(trace, 'NodeNotReady')).toEqual([102]);
  });
});

test('a late control plane publishes late', () => {
  const firstOf = (timeline: SmallWorld['timeline']) => {
    const rows = attemptsOf(traceOf(world(timeline, { duration: '60s' })));
    const old = new Set(within(rows, 0, 20).map(({ target }) => target));
    return Math.min(...rows.flatMap(({ target, startedAt }) => (old.has(target) ? [] : [startedAt / SECOND])));
  };
  const scale = { at: '20s', scale: 'deployment/app', replicas: 8 };
  const plain = firstOf([scale]);
  expect(firstOf([{ at: '10s', lag: { watch: '7s' } }, scale])).toBeCloseTo(plain + 7, 0);
  // The Pods that were created at 20 s are written 9 s later, and are ready by then.
  expect(firstOf([{ at: '10s', lag: { endpointSlices: '9s' } }, scale])).toBeCloseTo(29.2, 1);
  // The Deployment, the ReplicaSet and the scheduler wait one after the other.
  expect(firstOf([{ at: '10s', lag: { controllers: '3s' }, for: '40s' }, scale])).toBeCloseTo(plain + 9, 0);
});

test('nodes that are cut off run on unheard: given up after the grace period, they come back with the same Pods', () => {
  const timeline = [{ at: '10s', cutOff: { nodes: ['node/node-0'] }, for: '80s' }];
  const trace = traceOf(world(timeline, { duration: '120s', rate: 20 }));
  const rows = attemptsOf(trace);
  const grace = scenarioOf(world([])).cluster.nodeMonitorGracePeriod / SECOND;
  expect(timesOf(trace, 'NodeNotReady')).toEqual([10 + grace]);
  expect(podsOf(within(rows, 62, 90)).size).toBeLessThan(4);
  expect(podsOf(within(rows, 95, 120)).size).toBe(4);
  expect(timesOf(trace, 'SuccessfulCreate')).toEqual([]);
  expect(failed(rows)).toEqual([]);
});

describe('a bad release', () => {
  const deploy = (fault: object, more: object = {}) =>
    world([{ at: '10s', deploy: { deployment: 'deployment/app', ...fault }, ...more }]);

  test('whose Pods never become ready is stuck, and hurts nobody', () => {
    const rows = attemptsOf(traceOf(deploy({ ready: false })));
    expect(podsOf(rows).size).toBe(4);
    expect(failed(rows)).toEqual([]);
  });

  test('whose image cannot be pulled is stuck, and hurts nobody; rolled back, its Pods go', () => {
    const trace = traceOf(deploy({ image: 'missing' }, { for: '30s' }));
    expect(podsOf(attemptsOf(trace)).size).toBe(5);
    // One old Pod may be missing during a rollout, and comes again.
    expect(failed(attemptsOf(trace))).toEqual([]);
    expect(timesOf(trace, 'Failed').length).toBeGreaterThan(0);
    expect(timesOf(trace, 'Rollback')).toEqual([40]);
    expect(timesOf(trace, 'SuccessfulDelete').length).toBe(timesOf(trace, 'Failed').length + 1);
  });

  test('with errors and slow requests: as said, until it is rolled back', () => {
    const world = deploy({ errors: '20%', slower: 3 });
    world.timeline!.push({ at: '60s', rollback: 'deployment/app' });
    const trace = traceOf(world);
    const bad = within(attemptsOf(trace), 35, 60);
    // 5,000 draws: the share is 0.2 ± 0.0057; five deviations fail once in 1.7 million
    const share = countOutcomes(bad).httpError! / bad.length;
    expect(Math.abs(share - 0.2)).toBeLessThan(5 * 0.0057);
    for (const { servedAt, endedAt } of bad) expect((endedAt - servedAt) / MS).toBeGreaterThan(60);
    const good = within(attemptsOf(trace), 85, 89);
    expect(countOutcomes(good).httpError ?? 0).toBe(0);
    for (const { servedAt, endedAt, outcome } of good)
      if (outcome === 'ok') expect((endedAt - servedAt) / MS).toBeLessThan(25);
  });
});

test('a certificate that has expired fails each new connection, two round trips after its SYN', () => {
  const timeline = [{ at: '20s', certificate: 'deployment/app', for: '20s' }];
  const clients = { web: { connections: { keepAlive: '0s' } } };
  const network = { external: '10ms' };
  const rows = attemptsOf(traceOf(world(timeline, { clients, cluster: { network } })));
  const meanwhile = within(rows, 20, 40);
  expect(countOutcomes(meanwhile)).toEqual({ reset: meanwhile.length });
  for (const { startedAt, endedAt } of meanwhile) expect(endedAt - startedAt).toBe(40 * MS);
  expect(failed([...within(rows, 0, 19), ...within(rows, 41, 90)])).toEqual([]);
});

describe('faults that come by chance', () => {
  const timesOfKills = (world: SmallWorld) => timesOf(traceOf(world), 'Killed');
  const kill = { at: '10s', kill: { pods: 'deployment/app' }, random: { mtbf: '5s' } };

  test('at the rate that is given, from their beginning on', () => {
    const times = timesOfKills(world([kill], { duration: '1010s', rate: 1 }));
    expect(Math.min(...times)).toBeGreaterThan(10);
    // 200 ± 14.1: five deviations fail once in 1.7 million, and the seed is fixed
    expect(Math.abs(times.length - 200)).toBeLessThan(5 * 14.2);
    expect(new Set(times).size).toBe(times.length);
  });

  test('from a stream of their own: neither the requests nor another entry moves them', () => {
    const plain = timesOfKills(world([kill]));
    expect(plain.length).toBeGreaterThan(5);
    expect(timesOfKills(world([kill], { rate: 50 }))).toEqual(plain);
    const lag = { at: '0s', lag: { watch: '1s' }, random: { mtbf: '20s', for: '5s' } };
    expect(timesOfKills(world([lag, kill]))).toEqual(plain);
    expect(timesOfKills(world([kill], { seed: 2 }))).not.toEqual(plain);
  });

  test('each lasts as long as drawn, on one of the nodes, and the next begins after it', () => {
    const stuck = {
      at: '0s',
      stuckProxy: {},
      random: { mtbf: '10s', for: '5s', nodes: ['node/node-0', 'node/node-1'] },
    };
    const trace = traceOf(world([stuck], { duration: '300s', rate: 1 }));
    const events = eventsOf(trace).filter(({ reason }) => reason === 'ProxyStuck');
    expect(events.length).toBeGreaterThan(8);
    expect(new Set(events.map(({ object }) => object))).toEqual(new Set(['node-0', 'node-1']));
  });

  test('what cannot come again is refused, with its place', () => {
    const entry = { at: '0s', apiServer: 'down', random: { mtbf: '10s' } };
    expect(() => scenarioOf(world([entry]))).toThrow(/timeline\[0\]\.random: the first would last for ever/);
  });
});

test('the story names the fault that began it', () => {
  const timeline = [{ at: '20s', certificate: 'deployment/app', for: '20s' }];
  const clients = { web: { connections: { keepAlive: '0s' } } };
  const { story } = outcomeOf(scenarioOf(world(timeline, { clients })));
  expect(JSON.stringify(story)).toContain('The certificate of default/app has expired');
});
