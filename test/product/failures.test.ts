import { describe, expect, test } from 'vitest';
import type { Trace } from '../../sim/trace/trace.ts';
import { outcomeOf } from './runs.ts';
import {
  type App,
  type Attempt,
  attemptsOf,
  countOutcomes,
  eventsOf,
  FAST,
  liveWorld,
  MS,
  SECOND,
  type SmallWorld,
  scenarioOf,
} from './worlds.ts';

const traceOf = (world: SmallWorld) => outcomeOf(scenarioOf(world)).trace;
const probe = { httpGet: { path: '/', port: 'http' }, periodSeconds: 1, timeoutSeconds: 1 };
const sleeping = (seconds: number) => ({ preStop: { sleep: { seconds } } });

/** The values that a field took, with their times in seconds. */
function changesOf({ tables }: Trace, field: string, object: string): [number, number][] {
  const number = tables.fields.findIndex(({ name }) => name === field);
  const { changes, objects } = tables;
  return Array.from(changes.field, (each, i) => ({ each, i })).flatMap(({ each, i }) =>
    each === number && objects[changes.object[i]!]!.name === object
      ? [[changes.time[i]! / SECOND, changes.value[i]!] as [number, number]]
      : [],
  );
}

describe('a rolling restart under load', () => {
  const restart = (app: Partial<App>, behaviour = {}): SmallWorld => ({
    apps: [{ name: 'app', replicas: 4, ...app, behaviour: { serviceTime: '20ms', cores: 100, ...behaviour } }],
    rate: 200,
    duration: '120s',
    timeline: [{ at: '20s', restart: 'deployment/app' }],
  });

  test('with a preStop longer than propagation nobody is refused', () => {
    const rows = attemptsOf(traceOf(restart({ container: { readinessProbe: probe, lifecycle: sleeping(5) } })));
    expect(new Set(rows.map(({ target }) => target)).size).toBe(8);
    const { ok, inFlight = 0 } = countOutcomes(rows);
    expect(ok! + inFlight).toBe(rows.length);
  });

  test('without one some are, and what was in flight is finished', () => {
    const counts = countOutcomes(attemptsOf(traceOf(restart({ container: { readinessProbe: probe } }))));
    expect(counts.refused).toBeGreaterThan(10);
    expect(counts.reset ?? 0).toBe(0);
  });

  test('without a readiness probe new Pods are sent requests before they listen', () => {
    const counts = countOutcomes(attemptsOf(traceOf(restart({ container: { lifecycle: sleeping(5) } }))));
    expect(counts.refused).toBeGreaterThan(100);
  });

  test('requests that outlast the grace period are reset when it ends', () => {
    const pod = { terminationGracePeriodSeconds: 3 };
    const world = restart({ replicas: 1, pod }, { serviceTime: '10s', concurrency: 10_000 });
    const scaled = { ...world, timeline: [{ at: '20s', scale: 'deployment/app', replicas: 0 }] };
    const trace = traceOf({ ...scaled, cluster: { network: FAST } });
    const resets = attemptsOf(trace).filter(({ outcome }) => outcome === 'reset');
    expect(resets.length).toBeGreaterThan(1000);
    const ends = changesOf(trace, 'Pod.phase', resets[0]!.target).at(-1)![0];
    expect(ends).toBeCloseTo(23.04, 6); // after two controllers of 20 ms each
    for (const { endedAt } of resets) expect(endedAt).toBe(Math.round(ends * SECOND) + 1000);
  });

  test('Recreate: no new Pod before the last old one is gone', () => {
    const deployment = { strategy: { type: 'Recreate' } };
    const trace = traceOf(restart({ deployment, container: { lifecycle: sleeping(10) } }));
    const names = new Set(attemptsOf(trace).map(({ target }) => target));
    const created = eventsOf(trace).filter(({ reason }) => reason === 'SuccessfulCreate');
    const oldOnes = [...names].filter(
      (name) => name.startsWith('app-') && !created.some(({ message }) => message.endsWith(` ${name}`)),
    );
    const lastEnd = Math.max(...oldOnes.map((name) => changesOf(trace, 'Pod.phase', name).at(-1)![0]));
    expect(oldOnes.length).toBe(4);
    expect(lastEnd).toBeGreaterThan(30);
    for (const { time } of created) expect(time / SECOND).toBeGreaterThanOrEqual(lastEnd);
  });

  test('maxUnavailable 0 with minReadySeconds: never fewer ready endpoints than replicas', () => {
    const strategy = { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } };
    const container = { readinessProbe: probe, lifecycle: sleeping(25) };
    const trace = traceOf(restart({ container, deployment: { minReadySeconds: 10, strategy } }));
    const ready = changesOf(trace, 'Service.readyEndpoints', 'app').filter(([time]) => time > 0);
    expect(ready.length).toBeGreaterThan(3);
    expect(Math.min(...ready.map(([, value]) => value))).toBe(4);
    expect(eventsOf(trace).filter(({ reason }) => reason === 'SuccessfulDelete').length).toBe(4);
  });

  test('minReadySeconds: Pods become available one after the other, without a storm of syncs', () => {
    const world = restart({
      replicas: 40,
      deployment: { minReadySeconds: 30, strategy: { rollingUpdate: { maxSurge: 30 } } },
    });
    const { counters, trace } = outcomeOf(
      scenarioOf({ ...world, rate: 1, duration: '300s', cluster: { nodes: { count: 20, cpu: 8 } } }),
    );
    expect(counters.events).toBeLessThan(20_000);
    const ready = changesOf(trace, 'Workload.ready', 'app');
    expect(ready.at(-1)?.[1]).toBe(40);
    expect(eventsOf(trace).filter(({ reason }) => reason === 'SuccessfulCreate').length).toBe(40);
  });
});

describe('discovery through churn', () => {
  const churn = (discovery: string, to = 'http://back'): Attempt[] =>
    attemptsOf(
      traceOf({
        apps: [
          { name: 'front', behaviour: { serviceTime: '1ms', calls: [{ to, client: 'inner', discovery }] } },
          {
            name: 'back',
            replicas: 3,
            container: { readinessProbe: probe, lifecycle: sleeping(15) },
          },
        ],
        manifests: [
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'headless' },
            spec: { clusterIP: 'None', selector: { app: 'back' }, ports: [{ port: 8080, targetPort: 'http' }] },
          },
        ],
        rate: 50,
        duration: '120s',
        clients: { inner: { timeout: '2s', connections: { connectTimeout: '1s', keepAlive: '5s' } } },
        cluster: { dns: { ttl: '10s', cache: '10s' } },
        timeline: [{ at: '20s', restart: 'deployment/back' }],
      }),
    ).filter(({ client }) => client.startsWith('default/front'));

  test.each(['env', 'dns'])('%s keeps working: the virtual address outlives the Pods', (discovery) => {
    const rows = churn(discovery);
    expect(new Set(rows.map(({ target }) => target)).size).toBe(6);
    expect(countOutcomes(rows).ok).toBeGreaterThanOrEqual(rows.length - 1);
  });

  test('headless follows within the cache time, which a preStop of 15 s covers', () => {
    const rows = churn('headless', 'http://headless:8080');
    expect(new Set(rows.map(({ target }) => target).filter((name) => name !== '')).size).toBe(6);
    expect(countOutcomes(rows).ok).toBeGreaterThanOrEqual(rows.length - 1);
  });

  test('podIP does not follow', () => {
    const rows = churn('podIP').filter(({ startedAt }) => startedAt > 80 * SECOND);
    expect(countOutcomes(rows)).toMatchObject({ connectTimeout: expect.any(Number) });
    expect(countOutcomes(rows).ok).toBeUndefined();
  });
});

describe('probes', () => {
  test('overload fails readiness, which takes the Pods out of the Service, and they come back', () => {
    const trace = traceOf({
      apps: [
        {
          name: 'app',
          container: { readinessProbe: probe },
          behaviour: { serviceTime: '100ms', cores: 1, concurrency: 4, backlog: 100 },
        },
      ],
      rate: { '0s': 5, '20s': 5, '21s': 50, '40s': 50, '41s': 5, '120s': 5 },
      duration: '120s',
      clients: { web: { timeout: '3s', connections: { connectTimeout: '1s' } } },
    });
    const ready = changesOf(trace, 'Service.readyEndpoints', 'app').filter(([time]) => time > 0);
    expect(ready[0]![1]).toBe(0);
    expect(ready[0]![0]).toBeGreaterThan(22);
    expect(ready.at(-1)![1]).toBe(1);
    const late = attemptsOf(trace).filter(({ startedAt }) => startedAt > 100 * SECOND);
    expect(countOutcomes(late).ok).toBeGreaterThan(50);
  });

  test('a failing liveness probe restarts at once, then after 10, 20, 40, 80, 160, 300 and 300 s', () => {
    const livenessProbe = { ...probe, failureThreshold: 1 };
    const trace = traceOf({
      apps: [
        {
          name: 'app',
          container: { livenessProbe },
          // Its first overload is its last hour: it takes longer to start than the probe waits.
          behaviour: { serviceTime: '100s', cores: 1, concurrency: 1, backlog: 1, startup: '5s' },
        },
      ],
      rate: 10,
      duration: '1200s',
    });
    const kills = eventsOf(trace).filter(({ reason }) => reason === 'Unhealthy');
    const gaps = kills.slice(1).map(({ time }, i) => (time - kills[i]!.time) / SECOND);
    expect(gaps).toEqual([1, 11, 21, 41, 81, 161, 301, 301]);
  });

  test('a probe that takes longer than its period fails by its timeout all the same', () => {
    const readinessProbe = { ...probe, periodSeconds: 1, timeoutSeconds: 4, failureThreshold: 1 };
    const trace = traceOf({
      apps: [
        {
          name: 'app',
          container: { readinessProbe },
          behaviour: { serviceTime: '100s', cores: 1, concurrency: 1, backlog: 1 },
        },
      ],
      rate: 10,
      duration: '30s',
    });
    expect(changesOf(trace, 'Service.readyEndpoints', 'app').at(-1)![1]).toBe(0);
  });
});

describe('a node that loses power', () => {
  const world = (more: Partial<SmallWorld> = {}): SmallWorld => ({
    apps: [{ name: 'app', replicas: 3, container: { readinessProbe: probe } }],
    rate: 60,
    duration: '200s',
    clients: { web: { timeout: '2s', connections: { connectTimeout: '1s' } } },
    timeline: [{ at: '20s', fail: { node: 'node-1' }, for: '100s' }],
    ...more,
  });
  const onNode = (trace: Trace, node: string) => {
    const slot = trace.tables.objects.findIndex((object) => object.kind === 'Node' && object.name === node);
    const { changes, objects } = trace.tables;
    const i = changes.object.findIndex(
      (_, i) => changes.field[i] === trace.field('Pod.node') && changes.value[i] === slot,
    );
    return objects[changes.object[i]!]!.name;
  };

  test('its Pods are silent for the grace period of 50 s, then out of the Service; back, they start anew', () => {
    const trace = traceOf(world());
    const pod = onNode(trace, 'node-1');
    const toIt = attemptsOf(trace).filter(({ target }) => target === pod);
    const between = (from: number, to: number) =>
      toIt.filter(({ startedAt }) => startedAt > from * SECOND && startedAt < to * SECOND);
    const silent = between(20.1, 70);
    expect(countOutcomes(silent)).toEqual({ connectTimeout: silent.length });
    expect(silent.length).toBeGreaterThan(600);
    expect(between(71.5, 120)).toEqual([]);
    // Container start 1 s, startup 2 s, a probe within a second more.
    const back = between(120, 200);
    expect(back[0]!.startedAt / SECOND).toBeGreaterThan(123);
    expect(back[0]!.startedAt / SECOND).toBeLessThan(127);
    expect(countOutcomes(back).ok).toBeGreaterThan(0.99 * back.length);
    expect(changesOf(trace, 'Pod.restarts', pod).map(([, value]) => value)).toEqual([1]);
  });

  test('Pods without a readiness probe come back too', () => {
    const trace = traceOf(world({ apps: [{ name: 'app', replicas: 3 }] }));
    expect(changesOf(trace, 'Service.readyEndpoints', 'app').at(-1)![1]).toBe(3);
  });

  test('after 350 s its Pods are replaced; their objects end when the node is back', () => {
    const trace = traceOf(
      world({ duration: '500s', rate: 1, timeline: [{ at: '20s', fail: { node: 'node-1' }, for: '400s' }] }),
    );
    const created = eventsOf(trace).filter(({ reason }) => reason === 'SuccessfulCreate');
    expect(created.map(({ time }) => time / SECOND)).toEqual([expect.closeTo(370.02, 1)]);
    const ended = changesOf(trace, 'Pod.phase', onNode(trace, 'node-1')).at(-1)!;
    expect(ended[0]).toBe(420);
  });

  test('its Pods send nothing until it is back', () => {
    const apps = [
      { name: 'back', replicas: 1 },
      { name: 'front', replicas: 3, behaviour: { calls: [{ to: 'http://back', client: 'web' }] } },
    ];
    const scenario = scenarioOf(world({ apps, traffic: { from: 'deployment/front' } }));
    const live = liveWorld(scenario);
    const living = () => live.calls.clients.filter(({ alive }) => alive).map(({ node }) => node);
    const before = living();
    expect(before.toSorted()).toEqual([0, 0, 1, 1, 2, 2]);
    live.engine.run(21 * SECOND);
    expect(living().toSorted()).toEqual([0, 0, 2, 2]);
    live.engine.run(130 * SECOND);
    expect(living().toSorted()).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test('a Pod whose grace ends on a dead node stays until the node is back', () => {
    const slow = {
      name: 'app',
      replicas: 3,
      container: { lifecycle: sleeping(10) },
      behaviour: { serviceTime: '1ms' },
    };
    const timeline = [
      { at: '15s', scale: 'deployment/app', replicas: 0 },
      { at: '20s', fail: { node: 'node-1' }, for: '100s' },
      { at: '30s', fail: { node: 'node-1' }, for: '110s' },
    ];
    const trace = traceOf(world({ apps: [slow], timeline, rate: 1 }));
    expect(changesOf(trace, 'Pod.phase', onNode(trace, 'node-1')).at(-1)![0]).toBe(140);
  });
});

test('an HPA finds the replicas that bring use to its target, and gives them up after five minutes', () => {
  const target = { type: 'Utilization', averageUtilization: 50 };
  const hpa = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'hpa' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    },
  };
  // 150 requests/s of 20 ms are 3 cores: 6 Pods at half a core. Then 50/s, which 2 can do.
  const trace = traceOf({
    apps: [{ name: 'app', replicas: 2, behaviour: { serviceTime: '20ms', cores: 1 } }],
    manifests: [hpa],
    rate: { '0s': 150, '300s': 150, '301s': 50, '900s': 50 },
    duration: '900s',
    clients: { web: { timeout: '2s' } },
  });
  const desired = changesOf(trace, 'Workload.desired', 'app').filter(([time]) => time > 0);
  const before = desired.filter(([time]) => time < 300);
  expect([6, 7]).toContain(before.at(-1)![1]); // 7 when a noisy window is above the tolerance
  const after = desired.filter(([time]) => time >= 300);
  expect(after.at(-1)![1]).toBe(2);
  // 300 s after the last high recommendation, of one of the syncs that still saw the old load in their window.
  expect(after[0]![0]).toBeGreaterThanOrEqual(600);
  expect(after[0]![0]).toBeLessThan(660);
});

describe('a cluster autoscaler', () => {
  const world = (more: Partial<SmallWorld>): SmallWorld => ({
    apps: [{ name: 'app', replicas: 4, container: { lifecycle: sleeping(20) } }],
    cluster: {
      nodes: { count: 4, minCount: 1, maxCount: 4, cpu: 8, memory: '64Gi' },
      autoscaler: { unneededTime: '10s', delayAfterAdd: '0s', utilizationThreshold: 0.9 },
    },
    rate: 10,
    duration: '300s',
    ...more,
  });
  const removed = (trace: Trace) => eventsOf(trace).filter(({ reason }) => reason === 'ScaleDown');

  test('goes on consolidating when an operator drains the node that it is draining', () => {
    const { object } = eventsOf(traceOf(world({}))).find(({ reason }) => reason === 'Drain')!;
    const trace = traceOf(world({ timeline: [{ at: '25s', drain: object }] }));
    expect(removed(trace).length).toBeGreaterThanOrEqual(2);
  });

  test('may remove a dead and empty node, which then never comes back', () => {
    const apps = [{ name: 'app', replicas: 1 }];
    const trace = traceOf(world({ apps, timeline: [{ at: '15s', fail: { node: 'node-2' }, for: '100s' }] }));
    expect(removed(trace).find(({ object }) => object === 'node-2')!.time).toBeLessThan(65 * SECOND);
  });
});

test('a node without a free address holds its Pods back until one has rested', () => {
  const node = (name: string, podCIDR: string) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR },
    status: { allocatable: { cpu: '64', memory: '64Gi', pods: '110' } },
  });
  const trace = traceOf({
    apps: [{ name: 'app', replicas: 4, container: { readinessProbe: probe } }],
    manifests: [node('only', '10.9.0.0/29')],
    cluster: { nodes: undefined, podIPReuse: '60s' },
    rate: 10,
    duration: '400s',
    timeline: [{ at: '20s', restart: 'deployment/app' }],
  });
  expect(eventsOf(trace).map(({ reason }) => reason)).toContain('FailedCreatePodSandBox');
  const ready = changesOf(trace, 'Service.readyEndpoints', 'app');
  expect(Math.min(...ready.slice(4).map(([, value]) => value))).toBeGreaterThanOrEqual(3);
  expect(ready.at(-1)![1]).toBe(4);
});

test('when traffic stops, nothing is left: no call, no job, no place in a pool', () => {
  const world = liveWorld(
    scenarioOf({
      apps: [
        {
          name: 'front',
          replicas: 3,
          container: { livenessProbe: probe, readinessProbe: probe },
          behaviour: {
            serviceTime: { exponential: '5ms' },
            concurrency: 20,
            calls: [
              { to: 'http://back', client: 'inner', discovery: { podIP: 0.5, dns: 0.5 } },
              { to: 'http://headless:8080', client: 'inner', discovery: 'headless' },
            ],
          },
        },
        {
          name: 'back',
          replicas: 3,
          container: { readinessProbe: probe },
          behaviour: { serviceTime: '20ms', backlog: 5 },
        },
      ],
      manifests: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'headless' },
          spec: { clusterIP: 'None', selector: { app: 'back' }, ports: [{ port: 8080 }] },
        },
      ],
      rate: { '0s': 80, '200s': 80, '201s': 0 },
      duration: '600s',
      clients: {
        web: { timeout: '3s', connections: { pool: 50, keepAlive: '10s', poolTimeout: '2s' }, retries: { max: 2 } },
        inner: {
          timeout: '1s',
          connections: { pool: 3, keepAlive: '4s', connectTimeout: '1s', poolTimeout: '1s' },
          retries: { max: 2 },
        },
      },
      timeline: [
        { at: '20s', restart: 'deployment/back' },
        { at: '60s', fail: { node: 'node-1' }, for: '30s' },
        { at: '120s', restart: 'deployment/front' },
        { at: '150s', drain: 'node-2' },
      ],
    }),
  );
  for (let second = 1; second <= 600; second++) {
    world.engine.run(second * SECOND);
    for (const client of world.calls.clients) expect(client.inUse).toBeLessThanOrEqual(client.edge.policy.pool);
  }
  expect(world.calls.store.inUse).toBe(0);
  // Probes go on: look between two of them.
  for (let i = 1; i < 100 && world.servers.jobs.inUse > 0; i++) world.engine.run(600 * SECOND + i * 5 * MS);
  expect(world.servers.jobs.inUse).toBe(0);
  for (const client of world.calls.clients) {
    expect([client.inUse, client.waitingCount, client.alive ? 0 : client.idleCount]).toEqual([0, 0, 0]);
  }
  for (const server of world.servers.all) expect([server!.busy, server!.computing, server!.waiting]).toEqual([0, 0, 0]);
});

test('Pods of a StatefulSet and of a DaemonSet serve and call as those of a Deployment', () => {
  const template = (app: string) => ({
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'c', image: 'i', ports: [{ name: 'listen', containerPort: 5000 }] }] },
  });
  const selector = (app: string) => ({ matchLabels: { app } });
  const service = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 'listen' }] },
  });
  const set = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: { replicas: 2, serviceName: 'db', selector: selector('db'), template: template('db') },
  };
  const agents = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: { selector: selector('agent'), template: template('agent') },
  };
  const { trace } = outcomeOf(
    scenarioOf({
      apps: [{ name: 'app', behaviour: { calls: [{ to: 'http://agent' }] } }],
      rate: 100,
      duration: '20s',
      manifests: [set, service('db'), agents, service('agent')],
      workloads: [
        { for: 'statefulset/db', serviceTime: '2ms' },
        { for: 'daemonset/agent', serviceTime: '1ms', calls: [{ to: 'http://db' }] },
      ],
    }),
  );
  const rows = attemptsOf(trace);
  const { ok = 0, inFlight = 0 } = countOutcomes(rows);
  expect(ok + inFlight).toBe(rows.length);
  const served = new Set(rows.map(({ target }) => target));
  expect([...served].filter((name) => /^db-[01]$/.test(name)).sort()).toEqual(['db-0', 'db-1']);
  expect([...served].filter((name) => name.startsWith('agent-'))).toHaveLength(3);
  expect(changesOf(trace, 'Workload.desired', 'agent').at(-1)![1]).toBe(3);
});

test('hedges of a process that ends let go of what its node tracks of them', () => {
  const clients = { inner: { connections: { keepAlive: '60s' }, timeout: '2s', hedging: { after: '5ms', max: 2 } } };
  const calls = [{ to: 'http://back', client: 'inner' }];
  const world: SmallWorld = {
    apps: [
      { name: 'front', replicas: 3, behaviour: { calls, shutdown: 'exit', cores: 100 } },
      { name: 'back', replicas: 2, behaviour: { serviceTime: '100ms', cores: 100 } },
    ],
    clients,
    cluster: { dataPlane: { mode: 'ipvs', scheduler: 'wlc' }, conntrack: { limit: 'auto' } },
    rate: 50,
    duration: '30s',
    timeline: [{ at: '10s', restart: 'deployment/front' }],
  };
  // The run checks that each tracked connection is somebody's.
  expect(countOutcomes(attemptsOf(traceOf(world))).cancelled).toBeGreaterThan(100);
});

test('what a Pod did before it died is in the bucket in which it did it', () => {
  const world: SmallWorld = {
    apps: [{ name: 'app', behaviour: { startup: '30s', cores: 1 } }],
    rate: 50,
    duration: '20s',
    timeline: [{ at: '8s', kill: { pods: 'deployment/app' } }],
    trace: { requests: 1, buckets: '10s' },
  };
  const { trace } = outcomeOf(scenarioOf(world));
  const [id] = trace.seriesOf('pod.served', {});
  const served = Array.from(trace.dense(id!));
  const answered = attemptsOf(trace).filter(({ outcome }) => outcome === 'ok').length;
  expect(answered).toBeGreaterThan(300);
  // Some answers were on their way when it died.
  expect(served[0]).toBeGreaterThanOrEqual(answered);
  expect(served[1]).toBe(0);
});
