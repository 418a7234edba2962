import { describe, expect, test } from 'vitest';
import { erlangC } from '../theory/formulas.ts';
import { outcomeOf } from './runs.ts';
import { type Attempt, attemptsOf, countOutcomes, FAST, MS, SECOND, type SmallWorld, scenarioOf } from './worlds.ts';

const run = (world: SmallWorld) => outcomeOf(scenarioOf(world));
const attempts = (world: SmallWorld) => attemptsOf(run(world).trace);

/** Ten clients that call a Service each with its own connections, at a constant rate in all. */
const between = (
  more: Partial<Omit<SmallWorld, 'clients'>> & { client: object; pods?: number; clients?: number },
): SmallWorld => {
  const { client, pods = 4, clients = 10, ...rest } = more;
  return {
    apps: [
      { name: 'front', replicas: clients },
      { name: 'back', replicas: pods, behaviour: { serviceTime: '1ms' } },
    ],
    duration: '20s',
    rate: 200,
    clients: { web: client as Record<string, unknown> },
    traffic: { from: 'deployment/front', to: 'http://back', discovery: 'dns' },
    ...rest,
  };
};

const byPod = (all: readonly Attempt[]) => {
  const counts = new Map<string, number>();
  for (const { target, outcome } of all) if (outcome === 'ok') counts.set(target, (counts.get(target) ?? 0) + 1);
  return counts;
};

describe('requests that share a connection', () => {
  const grpc = { preset: 'grpc', timeout: '1s' };

  test('the kernel balances connections: after a scale-up the new Pods get nothing, until connections reach their age', () => {
    const timeline = [{ at: '5s', scale: 'deployment/back', replicas: 8 }];
    const old = (world: SmallWorld) => {
      const all = attempts(world);
      const before = new Set(all.filter(({ endedAt }) => endedAt < 5 * SECOND).map(({ target }) => target));
      const late = all.filter(({ startedAt, outcome }) => startedAt > 60 * SECOND && outcome === 'ok');
      return { share: late.filter(({ target }) => before.has(target)).length / late.length, all, late };
    };
    const world = { client: grpc, pods: 2, clients: 40, duration: '90s', timeline };
    const sticky = old(between(world));
    expect(sticky.share).toBe(1);
    expect(sticky.all.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'inFlight')).toEqual([]);
    const aged = old(
      between({ ...world, client: { ...grpc, connections: { maxLifetime: '20s', lifetimeJitter: 0.2 } } }),
    );
    // 40 connections over 8 Pods, of which two are old: a quarter, ± 4 standard deviations of sqrt(0.25 · 0.75 / 40)
    expect(Math.abs(aged.share - 0.25)).toBeLessThan(4 * 0.069);
    // with a connection per request the share is what it should be, within 4 · sqrt(0.25 · 0.75 / 6000)
    const each = old(between({ ...world, client: { timeout: '1s' } }));
    expect(Math.abs(each.share - 0.25)).toBeLessThan(0.023);
  });

  test('as many Pods stay idle as balls thrown into urns leave empty: m (1 - 1/m)^n', () => {
    const seeds = Array.from({ length: 30 }, (_, seed) => seed + 1);
    const idle = seeds.map((seed) => {
      const world = between({ client: grpc, pods: 10, clients: 10, duration: '2s', rate: 100, seed });
      return 10 - byPod(attempts(world)).size;
    });
    const mean = idle.reduce((sum, each) => sum + each, 0) / idle.length;
    const theory = 10 * 0.9 ** 10;
    const variance = theory + 10 * 9 * 0.8 ** 10 - theory ** 2;
    expect(Math.abs(mean - theory)).toBeLessThan(4 * Math.sqrt(variance / idle.length));
  });

  test('round_robin over a headless Service reaches all Pods, pick_first one a client', () => {
    const headless = { service: { type: 'ClusterIP', clusterIP: 'None' } };
    const world = (client: object): SmallWorld => {
      const base = between({ client, clients: 1, pods: 4 });
      return {
        ...base,
        apps: [base.apps[0]!, { ...base.apps[1]!, ...headless }],
        traffic: { from: 'deployment/front', to: 'http://back', discovery: 'headless' },
      };
    };
    expect(byPod(attempts(world(grpc))).size).toBe(1);
    const counts = [...byPod(attempts(world({ ...grpc, balancing: 'roundRobin' }))).values()];
    expect(counts.length).toBe(4);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  test('no connection carries more streams than it may; what is beyond waits', () => {
    const client = { ...grpc, connections: { maxStreams: 2 } };
    const world = between({ client, clients: 1, pods: 1, rate: 400, duration: '5s', cluster: { network: FAST } });
    const slow = {
      ...world,
      apps: [world.apps[0]!, { ...world.apps[1]!, behaviour: { serviceTime: '4ms', cores: 8 } }],
    };
    const all = attempts(slow).filter(({ outcome }) => outcome === 'ok');
    const edges = all.flatMap(({ servedAt, endedAt }) => [[servedAt, 1] as const, [endedAt, -1] as const]);
    edges.sort(([a, x], [b, y]) => a - b || x - y);
    let at = 0;
    let most = 0;
    for (const [, step] of edges) {
      at += step;
      most = Math.max(most, at);
    }
    expect(most).toBe(2);
    expect(all.some(({ startedAt, servedAt }) => servedAt - startedAt > 2 * MS)).toBe(true);
  });

  test('those that wait for a connection that cannot be made fail with it; when the Pod is there again they go on', () => {
    const world = between({
      client: { preset: 'grpc', timeout: '30s' },
      clients: 1,
      pods: 1,
      duration: '30s',
      timeline: [
        { at: '5s', scale: 'deployment/back', replicas: 0 },
        { at: '12s', scale: 'deployment/back', replicas: 1 },
      ],
    });
    const all = attempts(world);
    const counts = countOutcomes(all);
    // One error of the node fails all that wait; it is rationed, so that most SYNs are met by silence.
    expect(counts.refused).toBeGreaterThan(10);
    const late = all.filter(({ startedAt, endedAt }) => startedAt > 25 * SECOND && endedAt < 30 * SECOND);
    expect(late.length).toBeGreaterThan(100);
    expect(new Set(late.map(({ outcome }) => outcome))).toEqual(new Set(['ok']));
  });

  test('a connection to a node that died is given up after `deadAfter`, and its calls with it', () => {
    const world = (deadAfter: string) =>
      between({
        client: { preset: 'grpc', connections: { deadAfter, connectTimeout: '1s' } },
        clients: 12,
        pods: 3,
        duration: '40s',
        cluster: { nodes: { count: 3, cpu: 8, memory: '32Gi' } },
        timeline: [{ at: '10s', fail: { node: 'node-1' }, for: '30s' }],
      });
    const hung = (all: Attempt[]) => all.filter(({ startedAt, endedAt }) => endedAt - startedAt > SECOND);
    const pinged = hung(attempts(world('6s')));
    const reset = pinged.filter(({ outcome }) => outcome === 'reset');
    expect(reset.length).toBeGreaterThan(10);
    for (const { endedAt } of reset) expect(endedAt / SECOND - 10).toBeLessThan(7.1);
    const others = hung(attempts(world('10m'))).map(({ outcome }) => outcome);
    expect(others).toContain('inFlight');
    expect(others).not.toContain('reset');
  });
});

describe('a pool', () => {
  test('of c connections to a Pod that never fills is M/M/c', () => {
    const world: SmallWorld = {
      apps: [{ name: 'app', behaviour: { serviceTime: { exponential: '10ms' }, cores: 64, concurrency: 1000 } }],
      duration: '400s',
      rate: 240,
      cluster: { network: FAST },
      clients: { web: { connections: { pool: 3, keepAlive: '60s' } } },
      trace: { requests: 0 },
    };
    const { summary } = run(world);
    const theory = 0.01 + (erlangC(3, 2.4) * 0.01) / (3 - 2.4);
    // 96,000 requests at 80 % load: the mean's standard error is about 1 %
    expect(Math.abs(summary.traffic.users!.latency.mean / theory - 1)).toBeLessThan(0.05);
  });

  test('a connection is not used beyond its lifetime', () => {
    const handshakes = (connections: object) => {
      const world = between({ client: { connections: { keepAlive: '60s', ...connections } }, clients: 1, rate: 20 });
      return attempts(world).filter(({ startedAt, connectedAt }) => connectedAt > startedAt).length;
    };
    const forEver = handshakes({});
    expect(forEver).toBeLessThan(6);
    expect(handshakes({ maxLifetime: '1s' })).toBeGreaterThanOrEqual(19);
  });

  test('a call that may not wait ends at once', () => {
    const client = { connections: { pool: 1, maxWaiting: 0 } };
    const world = between({ client, clients: 1, rate: 800, duration: '5s' });
    const all = attempts(world);
    expect(countOutcomes(all).circuitOpen).toBeGreaterThan(500);
    expect(Math.max(...all.map(({ startedAt, endedAt }) => endedAt - startedAt))).toBeLessThan(20 * MS);
  });
});

describe('a pool that keeps few idle connections', () => {
  // A burst of 50 each second; each takes longer than they need to be sent.
  const bursts = (connections: object, more: Partial<SmallWorld> = {}): SmallWorld => ({
    ...between({ client: { connections: { keepAlive: '90s', ...connections } }, clients: 1, pods: 1 }),
    apps: [
      { name: 'front', replicas: 1 },
      { name: 'back', replicas: 1, behaviour: { serviceTime: '20ms', cores: 100 } },
    ],
    traffic: {
      from: 'deployment/front',
      to: 'http://back',
      discovery: 'dns',
      arrivals: { periodic: { every: '1s', callers: 50, spread: false } },
    },
    ...more,
  });
  const opened = (world: SmallWorld) => {
    const all = attempts(world).filter(({ outcome }) => outcome === 'ok');
    return all.filter(({ startedAt, connectedAt }) => connectedAt > startedAt).length / (all.length / 50);
  };

  test('opens all but those for each burst, where one that keeps any number opens them once', () => {
    expect(opened(bursts({ maxIdle: 2 }))).toBeGreaterThanOrEqual(48);
    expect(opened(bursts({}))).toBeLessThan(3);
    expect(opened(bursts({}, { clients: { web: { preset: 'go' } } }))).toBeGreaterThanOrEqual(48);
  });

  test('so that source ports of closed ones wait, and run out', () => {
    const ports = { conntrack: { localPorts: 400 } };
    const outcomes = (connections: object) => countOutcomes(attempts(bursts(connections, { cluster: ports })));
    expect(Object.keys(outcomes({})).filter((outcome) => outcome !== 'inFlight')).toEqual(['ok']);
    // 48 a second, each of them for the 60 s of TIME_WAIT
    expect(outcomes({ maxIdle: 2 }).unreachable).toBeGreaterThan(300);
  });
});

describe('time', () => {
  const dead = (client: object): SmallWorld => ({
    apps: [{ name: 'app', replicas: 1 }],
    duration: '60s',
    rate: 5,
    clients: { web: client as Record<string, unknown> },
    timeline: [{ at: '10s', scale: 'deployment/app', replicas: 0 }],
  });

  test('a call with all its attempts ends by its total timeout', () => {
    const client = {
      totalTimeout: '2s',
      timeout: '500ms',
      retries: { max: 50, backoff: { jitter: 'none', base: '300ms' } },
    };
    const all = attempts(dead(client)).filter(({ startedAt }) => startedAt > 15 * SECOND);
    const first = new Map(all.filter(({ attempt }) => attempt === 1).map((each) => [each.request, each.startedAt]));
    const late = all.filter(({ request, endedAt }) => endedAt - (first.get(request) ?? endedAt) > 2 * SECOND);
    expect(late).toEqual([]);
    expect(Math.max(...all.map(({ attempt }) => attempt))).toBeGreaterThan(2);
  });

  test('to read begins when the request was sent: what never connects is a connectTimeout', () => {
    const client = { readTimeout: '2s', connections: { connectTimeout: '2s' } };
    const cluster = { network: { deadAddress: 'silent' } };
    const world = { ...dead(client), cluster, duration: '30s' };
    world.apps = [{ name: 'app', replicas: 1, behaviour: { serviceTime: '3s', cores: 64 } }];
    // Silence, as nothing has the address and the client knows no other.
    world.apps.push({ name: 'front' });
    const ask = { from: 'deployment/front', to: 'http://app', discovery: 'podIP' };
    const all = attempts({ ...world, traffic: ask }).filter(({ outcome }) => outcome !== 'inFlight');
    const before = all.filter(({ startedAt }) => startedAt < 8 * SECOND);
    const after = all.filter(({ startedAt }) => startedAt > 15 * SECOND);
    expect(countOutcomes(before)).toEqual({ requestTimeout: before.length });
    for (const { connectedAt, endedAt } of before) expect(endedAt - connectedAt).toBe(2 * SECOND);
    expect(after.length).toBeGreaterThan(30);
    expect(countOutcomes(after)).toEqual({ connectTimeout: after.length });
  });

  test('to read begins anew for a request over a connection that took long to make', () => {
    const client = { readTimeout: '1500ms', connections: { connectTimeout: '20s' } };
    const link = { at: '5s', link: { between: ['external'], delay: '1s' }, for: '10s' };
    const all = attempts({ ...dead(client), duration: '30s', timeline: [link] });
    const slow = all.filter(({ startedAt }) => startedAt > 6 * SECOND && startedAt < 10 * SECOND);
    expect(countOutcomes(slow)).toEqual({ requestTimeout: slow.length });
    for (const { connectedAt, endedAt } of slow) expect(endedAt - connectedAt).toBe(1.5 * SECOND);
  });

  test.each([
    { preset: 'nginx', seconds: 60 },
    { preset: 'ingress-nginx', seconds: 5 },
    { preset: 'okhttp', seconds: 10 },
  ])('$preset gives up a dead address after $seconds s: connectTimeout', ({ preset, seconds }) => {
    const world = between({
      client: { preset, retries: { max: 0 } },
      pods: 1,
      clients: 1,
      rate: 1,
      duration: '200s',
      cluster: { network: { deadAddress: 'silent' } },
      timeline: [{ at: '10s', scale: 'deployment/back', replicas: 0 }],
    });
    const all = attempts({ ...world, traffic: { ...world.traffic, discovery: 'podIP' } });
    const late = all.filter(({ startedAt, outcome }) => startedAt > 60 * SECOND && outcome !== 'inFlight');
    expect(countOutcomes(late)).toEqual({ connectTimeout: late.length });
    for (const { startedAt, endedAt } of late) expect(endedAt - startedAt).toBe(seconds * SECOND);
  });

  test('a deadline is passed on: a callee’s call ends when its caller’s does', () => {
    const chain = (inheritDeadline: boolean): SmallWorld => ({
      apps: [
        { name: 'front', behaviour: { calls: [{ to: 'http://back', client: 'inner' }] } },
        { name: 'back', behaviour: { serviceTime: '2s', cores: 4 } },
      ],
      duration: '10s',
      rate: 1,
      clients: { web: { totalTimeout: '500ms' }, inner: { timeout: '5s', inheritDeadline } },
    });
    const inner = (inherit: boolean) =>
      attempts(chain(inherit))
        .filter(({ client, outcome }) => !client.startsWith('users') && outcome !== 'inFlight')
        .map(({ startedAt, endedAt }) => endedAt - startedAt);
    expect(Math.max(...inner(true))).toBeLessThanOrEqual(500 * MS);
    expect(Math.min(...inner(false))).toBeGreaterThan(1900 * MS);
  });
});

describe('guards', () => {
  const failing = (client: object): SmallWorld => ({
    apps: [{ name: 'app', replicas: 1 }],
    duration: '60s',
    rate: 50,
    clients: { web: { timeout: '1s', ...client } },
    timeline: [
      { at: '10s', scale: 'deployment/app', replicas: 0 },
      { at: '30s', scale: 'deployment/app', replicas: 1 },
    ],
  });

  test('a circuit breaker lets only probes through while nothing is there, and closes when they succeed', () => {
    const all = attempts(failing({ circuitBreaker: { consecutive: 5, openFor: '2s', probes: 1 } }));
    const within = (from: number, to: number) =>
      countOutcomes(all.filter(({ startedAt }) => startedAt >= from * SECOND && startedAt < to * SECOND));
    const down = within(12, 28);
    expect(down.circuitOpen).toBeGreaterThan(700);
    // one probe each two seconds and the time that it takes
    const sent = Object.entries(down).reduce((sum, [outcome, n]) => sum + (outcome === 'circuitOpen' ? 0 : n), 0);
    expect(sent).toBeGreaterThanOrEqual(4);
    expect(sent).toBeLessThanOrEqual(9);
    expect(within(45, 59)).toEqual({ ok: expect.any(Number) });
  });

  test('throttled, a client sends about K times what is accepted', () => {
    const overloaded: SmallWorld = {
      apps: [{ name: 'app', behaviour: { serviceTime: '10ms', concurrency: 1, backlog: 0, cores: 1 } }],
      duration: '400s',
      rate: 400,
      clients: {
        web: { throttling: { multiplier: 2, window: '10s' }, connections: { keepAlive: '1s', connectTimeout: '10ms' } },
      },
      cluster: { network: FAST },
    };
    const counts = countOutcomes(attempts(overloaded).filter(({ startedAt }) => startedAt > 100 * SECOND));
    const rejected = counts.budgetExhausted ?? 0;
    const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
    // where rejection settles: all (1 - p) = K · accepted
    expect(Math.abs((all - rejected) / (2 * counts.ok!) - 1)).toBeLessThan(0.1);
    expect(rejected).toBeGreaterThan(0.2 * all);
  });

  test('a limit of requests under way that adapts keeps a slow server from more than it serves', () => {
    const slow = (client: object): SmallWorld => ({
      apps: [{ name: 'app', behaviour: { serviceTime: '10ms', cores: 4, concurrency: 1000 } }],
      duration: '60s',
      rate: 800,
      clients: { web: client as Record<string, unknown> },
      cluster: { network: FAST },
    });
    const concurrencyLimit = { algorithm: 'aimd', initial: 8, min: 2, timeout: '50ms' };
    const all = attempts(slow({ concurrencyLimit })).filter(({ startedAt }) => startedAt > 20 * SECOND);
    const done = all.filter(({ outcome }) => outcome === 'ok');
    // 400 a second is what four cores do in 10 ms each; some of it is lost each time that the limit falls
    expect(done.length / 40).toBeGreaterThan(360);
    expect(done.filter(({ startedAt, endedAt }) => endedAt - startedAt > 200 * MS).length).toBe(0);
    expect(countOutcomes(all).budgetExhausted).toBeGreaterThan(10_000);
  });
});

/** 5 ms, and one in twenty 500 ms. */
const MIXED = {
  discrete: [
    { value: '5ms', weight: 0.95 },
    { value: '500ms', weight: 0.05 },
  ],
};

describe('hedging', () => {
  const world = (client: object): SmallWorld => ({
    apps: [{ name: 'app', replicas: 20, behaviour: { serviceTime: MIXED, cores: 50, concurrency: 1000 } }],
    duration: '60s',
    rate: 100,
    clients: { web: client as Record<string, unknown> },
  });

  test('sends a second attempt after the delay, takes the first answer, cancels the other', () => {
    const all = attempts(world({ hedging: { after: '50ms', max: 1 } }));
    const second = all.filter(({ attempt }) => attempt === 2);
    expect(second.length).toBeGreaterThan(100);
    const starts = new Map(all.filter(({ attempt }) => attempt === 1).map((each) => [each.request, each]));
    for (const hedge of second) {
      const first = starts.get(hedge.request)!;
      expect(hedge.startedAt - first.startedAt).toBe(50 * MS);
      if (hedge.outcome === 'ok') expect(first).toMatchObject({ outcome: 'cancelled', endedAt: hedge.endedAt });
      if (first.outcome === 'ok') expect(hedge).toMatchObject({ outcome: 'cancelled', endedAt: first.endedAt });
    }
    expect(Math.max(...all.map(({ attempt }) => attempt))).toBe(2);
  });

  test('after the p95 hedges about one request in twenty', () => {
    const all = attempts(world({ hedging: { after: 'p95', max: 1 } })).filter(
      ({ startedAt }) => startedAt > 10 * SECOND,
    );
    const first = all.filter(({ attempt }) => attempt === 1).length;
    const share = all.filter(({ attempt }) => attempt === 2).length / first;
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.08);
  });

  test('a failed attempt is followed by the next at once', () => {
    const none = world({ hedging: { after: '10s', max: 3 }, timeout: '1s' });
    const all = attempts({ ...none, duration: '10s', timeline: [{ at: '1s', scale: 'deployment/app', replicas: 0 }] });
    const late = all.filter(({ startedAt, outcome }) => startedAt > 5 * SECOND && outcome === 'refused');
    expect(late.length).toBeGreaterThan(100);
    expect(Math.max(...late.map(({ attempt }) => attempt))).toBe(4);
  });
});

describe('what presets try again', () => {
  const failing = (preset: string, discovery: string, pods: number): SmallWorld => ({
    ...between({ client: { preset }, clients: 1, pods, rate: 20, duration: '30s' }),
    cluster: { network: { deadAddress: 'refused' } },
    traffic: { from: 'deployment/front', to: 'http://back', discovery },
    timeline: [{ at: '10s', scale: 'deployment/back', replicas: 0 }],
  });
  const most = (world: SmallWorld) => Math.max(...attempts(world).map(({ attempt }) => attempt));

  test('nginx: each of its servers once, and a Service is one', () => {
    expect(most(failing('nginx', 'dns', 4))).toBe(1);
    expect(most(failing('nginx', 'podIP', 4))).toBe(4);
    expect(most(failing('nginx', 'podIP', 1))).toBe(1);
  });

  test('Apache HttpClient: a connection that breaks, and not one that is refused', () => {
    const world = failing('java-httpclient', 'podIP', 1);
    const all = attempts({
      ...world,
      apps: [world.apps[0]!, { ...world.apps[1]!, behaviour: { serviceTime: '500ms', cores: 64, shutdown: 'exit' } }],
    });
    const resets = all.filter(({ outcome }) => outcome === 'reset');
    expect(resets.length).toBeGreaterThan(0);
    const again = new Set(all.filter(({ attempt }) => attempt === 2).map(({ request }) => request));
    expect(again).toEqual(new Set(resets.map(({ request }) => request)));
  });
});

describe('retries without an end', () => {
  const retrying = (retries: object) =>
    run({
      apps: [{ name: 'app', behaviour: { serviceTime: '10ms', concurrency: 1, backlog: 0, backlogFull: 'refuse' } }],
      duration: '20s',
      rate: { '0s': 150, '5s': 150, '6s': 5 },
      clients: { web: { retries } },
      cluster: { network: FAST },
    });

  test('give no call up: after an overload each has been answered', () => {
    const { summary } = retrying({ max: 'unlimited', backoff: { base: '50ms', factor: 1, jitter: 'exponential' } });
    const { sent, ok = 0, okAfterRetry = 0, inFlight = 0 } = summary.traffic.users!.requests;
    expect(ok + okAfterRetry + inFlight).toBe(sent);
    expect(inFlight).toBeLessThan(5);
    expect(okAfterRetry).toBeGreaterThan(300);
  });

  test('need a pause', () => {
    expect(() => retrying({ max: 'unlimited', backoff: { base: '0s' } })).toThrow('without a pause');
  });
});
