import { describe, expect, test } from 'vitest';
import { meanInterval } from '../../sim/stats/student-t.ts';
import { birthDeath, erlangC, expectation, pollaczekKhinchine } from '../theory/formulas.ts';
import { type Outcome, outcomeOf } from './runs.ts';
import { attemptsOf, countOutcomes, eventsOf, FAST, MS, SECOND, type SmallWorld, scenarioOf } from './worlds.ts';

const run = (world: SmallWorld) => outcomeOf(scenarioOf(world));
const attempts = (world: SmallWorld) => attemptsOf(run(world).trace);

const app = (behaviour: object, more: Partial<SmallWorld> = {}, container: object = {}): SmallWorld => ({
  apps: [
    { name: 'app', container: container as Record<string, unknown>, behaviour: { concurrency: 10_000, ...behaviour } },
  ],
  duration: '300s',
  rate: 70,
  cluster: { network: FAST },
  ...more,
});

/** Of right simulations one in a thousand fails, per figure; the seeds are fixed. */
function expectMean(values: number[], theory: number, slack = 0.003): void {
  const { mean, halfWidth } = meanInterval(values, 0.999);
  const text = `mean ${mean} ± ${halfWidth}, theory ${theory}`;
  expect(Math.abs(mean - theory), text).toBeLessThan(halfWidth + slack * theory);
  expect(halfWidth, `the test must be able to fail: ${text}`).toBeLessThan(0.12 * theory);
}

function replicate(world: SmallWorld, measure: (outcome: Outcome) => number): number[] {
  return Array.from({ length: 8 }, (_, i) => measure(run({ ...world, seed: i + 1, trace: { requests: 0 } })));
}
const meanLatency = ({ summary }: Outcome) => summary.traffic.users!.latency.mean;

describe('processor sharing', () => {
  test.each([
    { name: 'exponential', serviceTime: { exponential: '10ms' } },
    { name: 'constant', serviceTime: '10ms' },
    { name: 'hyperexponential', serviceTime: { hyperexponential: { mean: '10ms', squaredVariation: 8 } } },
  ])('M/G/1-PS: the mean sojourn is s / (1 - rho) whatever the distribution: $name', ({ serviceTime }) => {
    const world = app({ serviceTime, cores: 1, scheduling: 'processorSharing' });
    expectMean(replicate(world, meanLatency), 0.01 / (1 - 0.7));
  });

  test('on two cores it is M/M/2 in the number of requests', () => {
    const world = app(
      { serviceTime: { exponential: '10ms' }, cores: 2, scheduling: 'processorSharing' },
      { rate: 140 },
    );
    const theory = 0.01 + (erlangC(2, 1.4) * 0.01) / (2 - 1.4);
    expectMean(replicate(world, meanLatency), theory);
  });

  test('a CPU limit stops everything for the rest of each period', () => {
    // 30 ms of CPU time at 0.2 cores: 20 ms in each of the first period, and 10 ms in the next
    const serviceTime = '30ms';
    const behaviour = { serviceTime, cores: 4, scheduling: 'processorSharing', cpuQuota: { cores: 0.2 } };
    const all = attempts(app(behaviour, { traffic: { arrivals: { periodic: { every: '1s' } } }, duration: '20s' }));
    const took = all
      .filter(({ outcome }) => outcome === 'ok')
      .map(({ endedAt, servedAt }) => (endedAt - servedAt) / MS);
    expect(took.length).toBeGreaterThan(15);
    // it begins somewhere in a period: from 30 ms (across its end) to 110 ms
    for (const time of took) {
      expect(time).toBeGreaterThan(29.9);
      expect(time).toBeLessThan(110.1);
    }
    expect(Math.max(...took)).toBeGreaterThan(60);
  });

  test('four threads use up in 5 ms what was meant for 100', () => {
    const behaviour = { serviceTime: '40ms', cores: 4, scheduling: 'processorSharing', cpuQuota: { cores: 0.2 } };
    const { summary } = run(app(behaviour, { rate: 4, duration: '200s' }));
    // 4 requests a second of 40 ms are 0.16 cores of 0.2: it holds, and the queue is one of batches
    expect(summary.traffic.users!.latency.p50).toBeGreaterThan(0.1);
    expect(summary.traffic.users!.latency.p50).toBeLessThan(0.8);
  });
});

describe('who waits for a slot', () => {
  const busy = { serviceTime: { exponential: '10ms' }, cores: 1, concurrency: 1, backlog: 10_000 };

  test('last come, first served has the mean of first come, first served, and a longer tail', () => {
    const outcome = (discipline: string) =>
      run(app({ ...busy, queue: { discipline } }, { rate: 80, trace: { requests: 0 } }));
    expectMean(replicate(app({ ...busy, queue: { discipline: 'lifo' } }, { rate: 80 }), meanLatency), 0.01 / (1 - 0.8));
    const [fifo, lifo] = [outcome('fifo'), outcome('lifo')].map(({ summary }) => summary.traffic.users!.latency);
    expect(lifo!.p50).toBeLessThan(fifo!.p50);
    expect(lifo!.p99).toBeGreaterThan(fifo!.p99);
  });

  test('priority: the urgent wait as if the others were not there but for the one in service (Cobham)', () => {
    const world = app(
      { ...busy, queue: { discipline: 'priority' } },
      { rate: 40, clients: { web: { priority: 1 }, bulk: {} }, duration: '400s' },
    );
    const scenario = (seed: number) => {
      const file = scenarioOf({ ...world, seed, trace: { requests: 0 } });
      const [urgent] = file.traffic;
      return { ...file, traffic: [urgent!, { ...urgent!, name: 'bulk', client: 'bulk' }] };
    };
    const runs = Array.from({ length: 8 }, (_, i) => outcomeOf(scenario(i + 1)).summary.traffic);
    // work in service seen on arrival: lambda E[S^2] / 2 = 80 · 2 · 0.01^2 / 2
    const w0 = 0.008;
    expectMean(
      runs.map((each) => each.users!.latency.mean),
      0.01 + w0 / (1 - 0.4),
    );
    expectMean(
      runs.map((each) => each.bulk!.latency.mean),
      0.01 + w0 / (1 - 0.4) / (1 - 0.8),
    );
  });

  test('a server that hears of cancellations is Erlang A when people give up (M/M/1+M)', () => {
    const theta = 1 / 0.05;
    const world = app(
      { ...busy, queue: { dropAbandoned: true } },
      { rate: 90, clients: { web: { patience: { exponential: '50ms' }, connections: { connectTimeout: '10s' } } } },
    );
    // Patience counts until the answer, so those in service give up too, and their work is done in vain; of those inside, all but the
    // one in service leave the queue when they give up.
    const waits = birthDeath(
      Array.from({ length: 400 }, () => 90),
      Array.from({ length: 400 }, (_, k) => 100 + k * theta),
    );
    const left = replicate(world, ({ summary }) => {
      const { ok = 0, abandoned = 0 } = summary.traffic.users!.requests as Record<string, number>;
      return abandoned / (ok + abandoned);
    });
    const inQueue = (theta * expectation(waits, (n) => Math.max(0, n - 1))) / 90;
    // of those that get into service, a share gives up before it ends: theta / (mu + theta)
    const theory = inQueue + (1 - inQueue) * (theta / (100 + theta));
    expectMean(left, theory, 0.01);
  });

  test('who has waited for too long is turned away, and nobody else', () => {
    const all = attempts(app({ ...busy, queue: { maxWait: '50ms' } }, { rate: 150, duration: '60s' }));
    const served = all.filter(({ outcome }) => outcome === 'ok').map(({ startedAt, servedAt }) => servedAt - startedAt);
    expect(Math.max(...served)).toBeLessThanOrEqual(50 * MS + 10_000);
    expect(countOutcomes(all).httpError).toBeGreaterThan(1000);
  });

  test.each(['fifo', 'lifo', 'priority'])('…when the wait is over, and not when a slot is free: %s', (discipline) => {
    const slow = { ...busy, serviceTime: '10s', queue: { maxWait: '50ms', discipline } };
    const all = attempts(app(slow, { rate: 20, duration: '60s' })).filter(({ outcome }) => outcome === 'httpError');
    for (const { startedAt, endedAt } of all) expect(endedAt - startedAt).toBe(50 * MS + 4 * 1000);
    expect(all.length).toBeGreaterThan(1000);
  });

  test('controlled delay keeps what is served under overload fresh', () => {
    const p50 = (queue: object) => {
      const all = attempts(app({ ...busy, queue }, { rate: 150, duration: '60s' }));
      const late = all.filter(({ startedAt, outcome }) => startedAt > 20 * SECOND && outcome === 'ok');
      const waits = late.map(({ startedAt, servedAt }) => servedAt - startedAt).toSorted((a, b) => a - b);
      return { wait: waits[waits.length >> 1]!, goodput: late.length / 40 };
    };
    const plain = p50({});
    const controlled = p50({ controlledDelay: {} });
    expect(plain.wait).toBeGreaterThan(SECOND);
    expect(controlled.wait).toBeLessThan(100 * MS);
    expect(controlled.goodput).toBeGreaterThan(80);
  });
});

test.each([
  { backlogFull: 'drop', outcome: 'connectTimeout' },
  { backlogFull: 'refuse', outcome: 'refused' },
  { backlogFull: 'unavailable', outcome: 'httpError' },
])('a full backlog can $backlogFull: $outcome', ({ backlogFull, outcome }) => {
  const behaviour = { serviceTime: '100ms', concurrency: 1, backlog: 2, cores: 1, backlogFull };
  const all = attempts(
    app(behaviour, { rate: 50, duration: '20s', clients: { web: { connections: { connectTimeout: '500ms' } } } }),
  );
  const { ok = 0, inFlight = 0, ...others } = countOutcomes(all);
  expect(ok).toBeGreaterThan(150);
  expect(inFlight).toBeLessThan(60);
  expect(Object.keys(others)).toEqual([outcome]);
});

// Far more come within a round trip than there is room for, the first of them to a Pod that has not been full for long.
test.each([
  { backlogFull: 'drop', outcomes: ['connectTimeout'] },
  { backlogFull: 'refuse', outcomes: ['refused'] },
])(
  'a connection that was accepted has its place: with $backlogFull none ends in a 503',
  ({ backlogFull, outcomes }) => {
    const behaviour = { serviceTime: '10ms', concurrency: 3, backlog: 2, cores: 3, backlogFull, startup: '0s' };
    const traffic = { arrivals: { periodic: { every: '15s', callers: 50, jitter: '4ms' } } };
    const client = { connections: { connectTimeout: '500ms' } };
    const network = { ...FAST, external: '2ms' };
    const all = attempts(app(behaviour, { duration: '5m', cluster: { network }, clients: { web: client }, traffic }));
    const { ok = 0, ...others } = countOutcomes(all);
    expect(ok).toBeGreaterThanOrEqual(5 * 19);
    expect(Object.keys(others)).toEqual(outcomes);
  },
);

test('a place whose client has gone before its request came is free again', () => {
  const behaviour = { serviceTime: '1ms', concurrency: 1, backlog: 0, cores: 1, backlogFull: 'refuse' };
  const network = { ...FAST, external: '20ms' };
  const impatient = { timeout: '50ms', connections: { connectTimeout: '1s' } };
  const world = app(behaviour, {
    rate: 100,
    duration: '60s',
    cluster: { network },
    clients: { web: impatient, patient: {} },
    moreTraffic: [{ name: 'late', to: 'http://app', client: 'patient', arrivals: { periodic: { every: '1s' } } }],
  });
  const late = attempts(world).filter(({ client }) => client.startsWith('late'));
  expect(late.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(5);
});

describe('service times that depend', () => {
  test('on load: one at a time is as written, ten at once take 1 + 9 alpha + 90 beta times as long', () => {
    const contention = { alpha: 0.1, beta: 0.01 };
    const behaviour = { serviceTime: '10ms', cores: 100, contention };
    const burst = (callers: number) =>
      attempts(app(behaviour, { traffic: { arrivals: { periodic: { every: '1s', callers } } }, duration: '3s' }))
        .filter(({ outcome }) => outcome === 'ok')
        .map(({ servedAt, endedAt }) => Math.round((endedAt - servedAt) / MS));
    expect(Math.max(...burst(1))).toBe(10);
    expect(Math.max(...burst(10))).toBe(Math.round(10 * (1 + 9 * 0.1 + 90 * 0.01)));
  });

  test('on warmth: what a cold start costs in all is the integral of its curve', () => {
    const behaviour = { serviceTime: '1ms', cores: 64, warmup: { slower: 11, time: '10s' }, startup: '1s' };
    const world = app(behaviour, {
      rate: 200,
      duration: '100s',
      timeline: [{ at: '10s', restart: 'deployment/app' }],
    });
    const all = attempts(world).filter(({ outcome }) => outcome === 'ok');
    const extra = all.reduce((sum, { servedAt, endedAt }) => sum + (endedAt - servedAt - MS) / SECOND, 0);
    // 200 a second, each (11 - 1) · 1 ms · e^(-age / 10 s) longer: 200 · 10 ms · 10 s
    expect(Math.abs(extra / 20 - 1)).toBeLessThan(0.15);
  });

  test('on the caller', () => {
    const world = app({ serviceTime: '5ms', serviceTimeOf: { users: '40ms' } }, { rate: 1, duration: '20s' });
    const times = attempts(world).flatMap(({ outcome, servedAt, endedAt }) =>
      outcome === 'ok' ? [Math.round((endedAt - servedAt) / MS)] : [],
    );
    expect(new Set(times)).toEqual(new Set([40]));
  });
});

describe('gray failures', () => {
  const farm = (timeline: object[], more: Partial<SmallWorld> = {}): SmallWorld => ({
    apps: [{ name: 'app', replicas: 4, behaviour: { serviceTime: '10ms', cores: 4, concurrency: 20, backlog: 0 } }],
    duration: '60s',
    rate: 100,
    clients: { web: { timeout: '2s' } },
    cluster: { network: FAST },
    timeline: timeline as Record<string, unknown>[],
    ...more,
  });
  const during = (world: SmallWorld) =>
    attempts(world).filter(({ startedAt, endedAt }) => startedAt > 20 * SECOND && endedAt < 39 * SECOND);

  test('one Pod ten times slower, and afterwards as fast as before', () => {
    const world = farm([{ at: '20s', degrade: { pods: 'deployment/app', slower: 10 }, for: '20s' }]);
    const slow = during(world).filter(({ servedAt, endedAt }) => endedAt - servedAt > 99 * MS);
    expect(new Set(slow.map(({ target }) => target)).size).toBe(1);
    const late = attempts(world).filter(({ startedAt, outcome }) => startedAt > 41 * SECOND && outcome === 'ok');
    expect(late.filter(({ servedAt, endedAt }) => endedAt - servedAt > 11 * MS)).toEqual([]);
  });

  test('five per cent of errors on every Pod', () => {
    const all = during(
      farm([{ at: '20s', degrade: { pods: 'deployment/app', share: 1, errors: '5%' }, for: '20s' }], { rate: 400 }),
    );
    const errors = countOutcomes(all).httpError!;
    // 7,600 requests: a standard deviation of 0.25 %
    expect(Math.abs(errors / all.length - 0.05)).toBeLessThan(0.01);
  });

  test('one that accepts and never answers fills up, and answers what it holds when it is well again', () => {
    const world = farm([{ at: '20s', degrade: { pods: 'deployment/app', hang: true }, for: '20s' }]);
    const { ok = 0, requestTimeout = 0, ...others } = countOutcomes(attempts(world));
    // slots hold what was given up, so SYNs are dropped: connections do not stand within the time either
    expect(requestTimeout).toBeGreaterThan(300);
    expect(ok).toBeGreaterThan(5000);
    expect(Object.keys(others).filter((outcome) => outcome !== 'inFlight')).toEqual([]);
    const late = attempts(world).filter(({ startedAt }) => startedAt > 45 * SECOND);
    expect(countOutcomes(late).requestTimeout).toBeUndefined();
  });

  test('a CPU thief on a node slows what runs there', () => {
    const cluster = { nodes: { count: 3, cpu: 2, memory: '8Gi' }, network: FAST };
    const world = farm([{ at: '20s', degrade: { node: 'node-0', slower: 3 }, for: '20s' }], { cluster });
    const slow = during(world).filter(({ servedAt, endedAt }) => endedAt - servedAt > 29 * MS);
    expect(slow.length).toBeGreaterThan(100);
    expect(slow.length).toBeLessThan(during(world).length);
  });

  test('a retry storm’s fixed point: independent errors p and R retries make (1 - p^(R+1)) / (1 - p) attempts a call', () => {
    const world = farm([], {
      apps: [{ name: 'app', behaviour: { serviceTime: '1ms', cores: 8, errors: { share: 0.3 } } }],
      clients: { web: { retries: { max: 3, on: ['serverError'], backoff: { base: '1ms' } } } },
      duration: '200s',
    });
    const all = attempts(world);
    const calls = all.filter(({ attempt }) => attempt === 1).length;
    expect(Math.abs(all.length / calls / ((1 - 0.3 ** 4) / 0.7) - 1)).toBeLessThan(0.02);
  });
});

describe('the end of a process', () => {
  test('more memory than the limit: the kernel kills it, the kubelet starts it again', () => {
    const world = app(
      { serviceTime: '200ms', cores: 64, memory: { base: '100Mi', perRequest: '10Mi' }, startup: '1s' },
      { rate: { '0s': 20, '20s': 20, '21s': 150, '40s': 150, '41s': 20 }, duration: '60s' },
      { resources: { requests: { cpu: '1', memory: '256Mi' }, limits: { memory: '300Mi' } } },
    );
    const { trace } = run(world);
    const kills = eventsOf(trace).filter(({ reason }) => reason === 'OOMKilled');
    // 20 a second hold 4 requests, 150 a second 30: 20 fit
    expect(kills.length).toBeGreaterThan(0);
    for (const { time } of kills) expect(time / SECOND).toBeGreaterThan(20);
    expect(countOutcomes(attemptsOf(trace)).reset).toBeGreaterThanOrEqual(15 * kills.length);
  });

  test.each([
    { shutdown: 'finish', resets: false },
    { shutdown: 'exit', resets: true },
  ])('on SIGTERM a process can $shutdown', ({ shutdown, resets }) => {
    const world = app(
      { serviceTime: '500ms', cores: 64, shutdown },
      { rate: 40, duration: '30s', timeline: [{ at: '10s', restart: 'deployment/app' }] },
    );
    expect((countOutcomes(attempts(world)).reset ?? 0) > 5).toBe(resets);
  });

  test('one that ignores SIGTERM is killed when its grace is over', () => {
    const world = app(
      { serviceTime: '500ms', cores: 64, shutdown: 'ignore' },
      {
        rate: 40,
        duration: '60s',
        timeline: [
          { at: '10s', delete: 'service/app' },
          { at: '11s', scale: 'deployment/app', replicas: 0 },
        ],
        clients: { web: { connections: { keepAlive: '120s', pool: 100 } } },
      },
    );
    const all = attempts(world);
    // its connections go on for 30 s of grace
    const ok = all.filter(({ outcome }) => outcome === 'ok').map(({ endedAt }) => endedAt / SECOND);
    expect(Math.max(...ok)).toBeGreaterThan(40);
    expect(Math.max(...ok)).toBeLessThan(41.2);
  });

  test('killed processes come back', () => {
    const world = app(
      { serviceTime: '10ms', cores: 8, startup: '1s' },
      { duration: '30s', timeline: [{ at: '10s', kill: { pods: 'deployment/app' } }] },
    );
    const all = attempts(world);
    expect(
      countOutcomes(all.filter(({ startedAt }) => startedAt > 10 * SECOND && startedAt < 11 * SECOND)).ok ?? 0,
    ).toBeLessThan(5);
    expect(countOutcomes(all.filter(({ startedAt }) => startedAt > 20 * SECOND)).ok).toBeGreaterThan(500);
  });
});

describe('calls of a request', () => {
  const chain = (calls: object[], more: Partial<SmallWorld> = {}): SmallWorld => ({
    apps: [
      { name: 'front', behaviour: { serviceTime: '1ms', cores: 64, calls } },
      { name: 'one', behaviour: { serviceTime: '20ms', cores: 64 } },
      { name: 'two', behaviour: { serviceTime: '30ms', cores: 64 } },
    ],
    duration: '60s',
    rate: 50,
    cluster: { network: FAST },
    ...more,
  });
  const mean = (world: SmallWorld) => meanLatency(run(world)) * 1000;

  test('one after the other take the sum, together the longest', () => {
    const [one, two] = [{ to: 'http://one' }, { to: 'http://two' }];
    expect(mean(chain([one, two]))).toBeCloseTo(51, 0);
    expect(mean(chain([one, { ...two, parallel: true }]))).toBeCloseTo(31, 0);
  });

  test.each([1, 2])('%i calls that end at once, since their client knows no address, end the request once', (count) => {
    const calls = ['one', 'two'].slice(0, count).map((name, i) => ({
      to: `http://${name}`,
      discovery: 'endpoints',
      parallel: i > 0,
    }));
    const behaviour = { serviceTime: '1ms', cores: 8, warmup: { slower: 2 }, calls };
    const none = ['one', 'two'].map((name) => ({ name, replicas: 0 }));
    const rows = attempts(chain([], { apps: [{ name: 'front', behaviour }, ...none] }));
    const users = countOutcomes(rows.filter(({ client }) => client.startsWith('users')));
    const inner = countOutcomes(rows.filter(({ client }) => !client.startsWith('users')));
    expect(Object.keys(users).filter((outcome) => outcome !== 'inFlight')).toEqual(['httpError']);
    expect(inner.refused).toBeGreaterThanOrEqual(count * users.httpError!);
  });

  test('an optional call that fails does not fail the request', () => {
    const broken = (optional: boolean) =>
      chain([{ to: 'http://one', optional }], {
        apps: [
          { name: 'front', behaviour: { serviceTime: '1ms', cores: 8, calls: [{ to: 'http://one', optional }] } },
          { name: 'one', behaviour: { serviceTime: '1ms', cores: 8, errors: { share: 0.5 } } },
        ],
      });
    const share = (world: SmallWorld) => {
      const { ok = 0, httpError = 0 } = countOutcomes(
        attempts(world).filter(({ client }) => client.startsWith('users')),
      );
      return httpError / (ok + httpError);
    };
    expect(share(broken(true))).toBe(0);
    expect(Math.abs(share(broken(false)) - 0.5)).toBeLessThan(0.05);
  });

  test('a cache answers nine of ten, falls cold, and fills again', () => {
    const world = chain([{ to: 'http://one', cache: { hitRatio: 0.9, refill: '20s' } }], {
      rate: 400,
      duration: '200s',
      timeline: [{ at: '60s', flush: 'deployment/front' }],
    });
    const calls = attempts(world).filter(({ client }) => !client.startsWith('users'));
    const within = (from: number, to: number) =>
      calls.filter(({ startedAt }) => startedAt >= from * SECOND && startedAt < to * SECOND).length / (to - from);
    expect(Math.abs(within(10, 60) / 40 - 1)).toBeLessThan(0.1);
    expect(within(60, 62)).toBeGreaterThan(350);
    // misses beyond the usual, from the flush on: 400 · 0.9 · 20 s
    const extra = calls.filter(({ startedAt }) => startedAt >= 60 * SECOND).length - 140 * 40;
    expect(Math.abs(extra / 7200 - 1)).toBeLessThan(0.05);
  });
});

test('M/G/1 first come, first served by the formula of Pollaczek and Khinchine', () => {
  const world = app(
    { serviceTime: { hyperexponential: { mean: '10ms', squaredVariation: 4 } }, cores: 1 },
    { rate: 60 },
  );
  expectMean(replicate(world, meanLatency), 0.01 + pollaczekKhinchine(60, 0.01, 5 * 0.01 ** 2));
});

describe('a database with a limit of connections', () => {
  const world = (pool: number, maxConnections: number): SmallWorld => ({
    apps: [
      {
        name: 'front',
        replicas: 5,
        behaviour: { serviceTime: '1ms', cores: 8, calls: [{ to: 'http://db', client: 'pool' }] },
      },
      { name: 'db', behaviour: { serviceTime: '20ms', cores: 64, maxConnections } },
    ],
    duration: '30s',
    rate: 400,
    clients: { pool: { connections: { pool, keepAlive: '60s' } } },
    timeline: [{ at: '15s', restart: 'deployment/front' }],
  });
  const inner = (pool: number, maxConnections: number) =>
    countOutcomes(attempts(world(pool, maxConnections)).filter(({ client }) => !client.startsWith('users')));

  test('refuses the one that is too many, and has room again when clients have gone', () => {
    // 400 a second of 20 ms want 8 connections at a time; five pools of four may open 20
    expect(inner(4, 20).refused).toBeUndefined();
    const few = inner(4, 5);
    expect(few.refused).toBeGreaterThan(100);
    expect(few.ok).toBeGreaterThan(2500);
  });

  test('idle connections count too', () => {
    const all = attempts(world(10, 12)).filter(
      ({ client, endedAt }) => !client.startsWith('users') && endedAt > 25 * SECOND,
    );
    // the restarted clients open what they can: never more than twelve at a time work
    const edges = all.flatMap(({ connectedAt, endedAt, outcome }) =>
      outcome === 'ok' ? [[connectedAt, 1] as const, [endedAt, -1] as const] : [],
    );
    edges.sort(([a, x], [b, y]) => a - b || x - y);
    let now = 0;
    let most = 0;
    for (const [, step] of edges) {
      now += step;
      most = Math.max(most, now);
    }
    expect(most).toBeLessThanOrEqual(12);
  });
});

test('calls of some callers only', () => {
  const world: SmallWorld = {
    apps: [
      {
        name: 'front',
        behaviour: {
          serviceTime: '1ms',
          calls: [
            { to: 'http://one', callers: ['users'] },
            { to: 'http://two', callers: ['others'] },
          ],
        },
      },
      { name: 'one', behaviour: { serviceTime: '1ms' } },
      { name: 'two', behaviour: { serviceTime: '1ms' } },
    ],
    duration: '10s',
    rate: 20,
  };
  const targets = attempts(world).flatMap(({ client, target }) =>
    client.startsWith('users') ? [] : [target.split('-')[0]],
  );
  expect(new Set(targets)).toEqual(new Set(['one']));
});
