import { describe, expect, test } from 'vitest';
import { meanInterval } from '../../sim/stats/student-t.ts';
import { birthDeath, erlangC, expectation } from '../theory/formulas.ts';
import { type Outcome, outcomeOf } from './runs.ts';
import {
  type Attempt,
  attemptsOf,
  countOutcomes,
  FAST,
  liveWorld,
  MS,
  SECOND,
  type SmallWorld,
  scenarioOf,
} from './worlds.ts';

const run = (world: SmallWorld) => outcomeOf(scenarioOf(world));
const attempts = (world: SmallWorld) => attemptsOf(run(world).trace);

/**
 * Of right simulations one in a thousand fails, per figure; the seeds are fixed, so a run that passes always does.
 * @param slack relative: what the network's microseconds and the empty start may add
 */
function expectMean(values: number[], theory: number, slack = 0.002): void {
  const { mean, halfWidth } = meanInterval(values, 0.999);
  expect(Math.abs(mean - theory), `mean ${mean} ± ${halfWidth}, theory ${theory}`).toBeLessThan(
    halfWidth + slack * theory,
  );
  expect(halfWidth, 'the test must be able to fail').toBeLessThan(0.1 * theory);
}

function replicate<T>(world: SmallWorld, measure: (outcome: Outcome) => T): T[] {
  return Array.from({ length: 8 }, (_, i) => measure(run({ ...world, seed: i + 1, trace: { requests: 0 } })));
}

const meanLatency = ({ summary }: Outcome) => summary.traffic.users!.latency.mean;
const MEAN = 0.01;
const queue = (cores: number, more: object = {}) => [
  { name: 'app', behaviour: { serviceTime: { exponential: '10ms' }, cores, concurrency: 10_000, ...more } },
];

describe('a Pod is a queue', () => {
  test.each([
    { name: 'M/M/1', cores: 1, rate: 60 },
    { name: 'M/M/3', cores: 3, rate: 240 },
  ])('$name: mean sojourn, and each request pays four ways of the network', ({ cores, rate }) => {
    const network = { ...FAST, external: '3ms' };
    const wait = (erlangC(cores, rate * MEAN) * MEAN) / (cores - rate * MEAN);
    const values = replicate({ apps: queue(cores), rate, duration: '300s', cluster: { network } }, meanLatency);
    expectMean(values, MEAN + wait + 4 * 0.003);
  });

  test('M/M/2/6: what the backlog does not hold is lost, and the rest waits as it should', () => {
    const rate = 250;
    const limited = queue(2, { concurrency: 2, backlog: 4 });
    const clients = { web: { connections: { connectTimeout: '500ms' } } };
    const chain = birthDeath(
      Array.from({ length: 6 }, () => rate),
      Array.from({ length: 6 }, (_, k) => Math.min(k + 1, 2) / MEAN),
    );
    const figures = replicate(
      { apps: limited, rate, duration: '120s', clients, cluster: { network: FAST } },
      ({ summary }) => {
        const { sent, ok, connectTimeout, httpError, inFlight } = summary.requests;
        expect(ok! + connectTimeout! + httpError! + inFlight!).toBe(sent);
        return {
          lost: (connectTimeout! + httpError!) / sent,
          utilisation: Object.values(summary.pods)[0]!.utilisation,
        };
      },
    );
    expectMean(
      figures.map(({ lost }) => lost),
      chain[6]!,
    );
    const busy = expectation(chain, (state) => Math.min(state, 2)) / 2;
    expectMean(
      figures.map(({ utilisation }) => utilisation),
      busy,
    );
  });

  test("a client's pool of 4 before a server without a queue is M/M/4", () => {
    const rate = 300;
    const clients = { web: { connections: { pool: 4, keepAlive: '60s' } } };
    const world = { apps: queue(1000), rate, duration: '200s', clients, cluster: { network: FAST } };
    expectMean(replicate(world, meanLatency), MEAN + (erlangC(4, rate * MEAN) * MEAN) / (4 - rate * MEAN));
  });

  test("Little's law: requests inside a Pod = arrival rate × time inside, and its cores are busy λ × service", () => {
    const world = { apps: queue(2), rate: 140, duration: '300s', cluster: { network: FAST } };
    const figures = replicate(world, ({ trace, summary }) => {
      const inside = trace.dense(trace.seriesOf('pod.inFlight')[0]!);
      const byTime = inside.reduce((sum, x) => sum + x, 0) / inside.length;
      const { requests, latency } = summary.traffic.users!;
      return {
        ratio: byTime / ((requests.sent / 300) * latency.mean),
        busy: Object.values(summary.pods)[0]!.utilisation,
      };
    });
    expectMean(
      figures.map(({ ratio }) => ratio),
      1,
    );
    expectMean(
      figures.map(({ busy }) => busy),
      0.7,
    );
  });
});

const constant = (serviceTime: string, more: object = {}) => ({
  name: 'app',
  behaviour: { serviceTime, cores: 1000, concurrency: 1000, ...more },
});
const took = ({ startedAt, endedAt }: Attempt) => endedAt - startedAt;
const finished = (rows: Attempt[]) => rows.filter(({ outcome }) => outcome !== 'inFlight');

describe('connections', () => {
  test('a first request pays the handshake; the next on a kept connection does not; after keepAlive it does again', () => {
    const clients = { web: { connections: { pool: 1, keepAlive: '1s' } } };
    const cluster = { network: { ...FAST, external: '3ms' } };
    const rows = finished(attempts({ apps: [constant('10ms')], rate: 1, duration: '300s', clients, cluster }));
    let idleSince = -Infinity;
    const kinds = new Set<boolean>();
    for (const row of rows) {
      const start = Math.max(row.startedAt, idleSince); // the pool's only connection
      const reused = start - idleSince <= SECOND;
      kinds.add(reused);
      expect(row.endedAt - start).toBe((reused ? 2 : 4) * 3 * MS + 10 * MS);
      expect(row.connectedAt - start).toBe(reused ? 0 : 6 * MS);
      idleSince = row.endedAt;
    }
    expect(kinds.size).toBe(2);
  });

  test('a pool is never above its size, not even while calls with idle connections ask for addresses', () => {
    const headless = { type: 'ClusterIP', clusterIP: 'None', ports: [{ port: 80, targetPort: 'http' }] };
    const front = {
      name: 'front',
      behaviour: { serviceTime: '1ms', calls: [{ to: 'http://back', client: 'inner', discovery: 'headless' }] },
    };
    const clients = { inner: { connections: { pool: 2, keepAlive: '60s' } } };
    const world = liveWorld(
      scenarioOf({
        apps: [front, { name: 'back', replicas: 3, service: headless }],
        rate: 15,
        duration: '60s',
        clients,
        cluster: { dns: { cache: '0s', latency: '50ms' } },
      }),
    );
    let most = 0;
    for (let ms = 1; ms <= 20_000; ms++) {
      world.engine.run(ms * MS);
      for (const { inUse, edge } of world.calls.clients) if (!edge.isUser) most = Math.max(most, inUse);
    }
    expect(most).toBe(2);
  });

  test('a timeout is exact, whatever the server does later', () => {
    const clients = { web: { timeout: '2s' } };
    const rows = finished(attempts({ apps: [constant('10s')], rate: 5, duration: '60s', clients }));
    expect(rows.length).toBeGreaterThan(100);
    for (const row of rows) expect([row.outcome, took(row)]).toEqual(['requestTimeout', 2 * SECOND]);
  });

  test('a SYN that meets a full backlog is sent again after 1, 2, 3, 4, 5, 7, 11, 19 s, until connectTimeout', () => {
    const clients = { web: { connections: { connectTimeout: '15s' } } };
    const app = constant('1500ms', { concurrency: 1, backlog: 0 });
    const rows = finished(attempts({ apps: [app], rate: 0.6, duration: '2000s', clients, cluster: { network: FAST } }));
    const waits = new Set<number>();
    for (const { startedAt, connectedAt, endedAt, outcome } of rows) {
      if (outcome === 'connectTimeout') expect(endedAt - startedAt).toBe(15 * SECOND);
      else waits.add((connectedAt - startedAt - 2000) / SECOND);
    }
    expect([...waits].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 7, 11]);
    expect(countOutcomes(rows).connectTimeout).toBeGreaterThan(10);
  });
});

describe('addresses that are gone', () => {
  const gone = (deadAddress: string, connectTimeout: string): SmallWorld => ({
    apps: [
      {
        name: 'front',
        behaviour: {
          serviceTime: '1ms',
          calls: [{ to: 'http://back', client: 'inner', discovery: 'podIP' }],
        },
      },
      { name: 'back', replicas: 2 },
    ],
    rate: 20,
    duration: '60s',
    clients: { inner: { connections: { connectTimeout } } },
    cluster: { network: { ...FAST, deadAddress, icmpRateLimit: 'none' } },
    timeline: [{ at: '20s', scale: 'deployment/back', replicas: 0 }],
  });
  test.each([
    { deadAddress: 'silent', connectTimeout: '700ms', outcome: 'connectTimeout', time: 700 * MS },
    { deadAddress: 'unreachable3s', connectTimeout: '10s', outcome: 'unreachable', time: 3050 * MS },
    { deadAddress: 'unreachable3s', connectTimeout: '2s', outcome: 'connectTimeout', time: 2000 * MS },
    { deadAddress: 'unreachable', connectTimeout: '10s', outcome: 'unreachable', time: 1000 },
    { deadAddress: 'refused', connectTimeout: '10s', outcome: 'refused', time: 1000 },
  ])('$deadAddress, connectTimeout $connectTimeout: $outcome', ({ deadAddress, connectTimeout, outcome, time }) => {
    const late = finished(attempts(gone(deadAddress, connectTimeout))).filter(
      ({ client, startedAt }) => client.startsWith('default/front') && startedAt > 25 * SECOND,
    );
    expect(late.length).toBeGreaterThan(400);
    for (const row of late) expect([row.outcome, took(row)]).toEqual([outcome, time]);
  });

  test.each([
    { port: 8080, outcome: 'wrongBackend' },
    { port: 9090, outcome: 'refused' },
  ])("reused by a Pod that listens on $port: the front's calls end as $outcome, every time", ({ port, outcome }) => {
    const world = gone('silent', '700ms');
    // Five addresses on one node: the front's, back's two, and two more until the range wraps.
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'only' },
      spec: { podCIDR: '10.9.0.0/29' },
      status: { allocatable: { cpu: '64', memory: '64Gi', pods: '110' } },
    };
    const other = {
      name: 'other',
      replicas: 0,
      container: { ports: [{ name: 'http', containerPort: port }] },
    };
    const rows = finished(
      attempts({
        ...world,
        apps: [...world.apps, other],
        manifests: [node],
        clients: { inner: { connections: { connectTimeout: '700ms', keepAlive: '60s' } } },
        cluster: { network: FAST, nodes: undefined, podIPReuse: '1s' },
        timeline: [...world.timeline!, { at: '25s', scale: 'deployment/other', replicas: 4 }],
      }),
    );
    const late = rows.filter(({ client, startedAt }) => client.startsWith('default/front') && startedAt > 35 * SECOND);
    expect(countOutcomes(late)).toEqual({ [outcome]: late.length });
    expect(late.length).toBeGreaterThan(400);
  });
});

describe('retries', () => {
  const nobody: SmallWorld = { apps: [{ name: 'app', replicas: 0 }], rate: 20, duration: '120s' };

  test('against a target that always fails: R + 1 attempts a call, apart by the back-off, capped', () => {
    const backoff = { base: '100ms', factor: 3, max: '1s', jitter: 'none' };
    const rows = attempts({ ...nobody, clients: { web: { retries: { max: 4, backoff } } } });
    const byRequest: Attempt[][] = [];
    for (const row of rows) byRequest[row.request] = [...(byRequest[row.request] ?? []), row];
    expect(byRequest.length).toBeGreaterThan(2000);
    for (const tries of byRequest.slice(0, -100)) {
      expect(tries.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'refused'));
      const pauses = tries.slice(1).map(({ startedAt }, i) => (startedAt - tries[i]!.endedAt) / MS);
      expect(pauses).toEqual([100, 300, 900, 1000]);
    }
  });

  test('full jitter is uniform from 0 to the back-off', () => {
    const backoff = { base: '100ms', factor: 1, jitter: 'full' };
    const rows = attempts({ ...nobody, rate: 100, clients: { web: { retries: { max: 1, backoff } } } });
    const seconds = new Map(rows.filter(({ attempt }) => attempt === 2).map((row) => [row.request, row]));
    const pauses = rows.flatMap((row) => {
      const second = seconds.get(row.request);
      return row.attempt === 1 && second ? [(second.startedAt - row.endedAt) / (100 * MS)] : [];
    });
    const tenths = new Array<number>(10).fill(0);
    for (const pause of pauses) tenths[Math.floor(pause * 10)]!++;
    const expected = pauses.length / 10;
    expect(pauses.length).toBeGreaterThan(10_000);
    // Chi-square with 9 degrees of freedom: above 27.9 in one of a thousand.
    expect(tenths.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(27.9);
  });

  test('a budget lets through ratio × successes + burst retries, and not many fewer', () => {
    const overload = queue(1, { concurrency: 1, backlog: 5 });
    const retries = { max: 3, backoff: { base: '10ms' }, budget: { ratio: 0.1, burst: 10 } };
    const clients = { web: { connections: { connectTimeout: '500ms' }, retries } };
    const { ok, retried } = (({ trace }) => {
      const rows = attemptsOf(trace);
      return { ok: countOutcomes(rows).ok!, retried: rows.filter(({ attempt }) => attempt > 1).length };
    })(run({ apps: overload, rate: 200, duration: '60s', clients, cluster: { network: FAST } }));
    expect(retried).toBeLessThanOrEqual(0.1 * ok + 10);
    expect(retried).toBeGreaterThan(0.1 * ok - 1);
  });
});

describe('what belongs to a request belongs to it alone', () => {
  const world: SmallWorld = {
    apps: [
      { name: 'app', behaviour: { serviceTime: { exponential: '10ms' }, cores: 1000, concurrency: 1000 } },
      { name: 'other' },
    ],
    rate: 50,
    duration: '60s',
    cluster: { network: FAST },
  };
  const demands = (rows: Attempt[]) =>
    rows
      .filter(({ outcome, client }) => outcome === 'ok' && client === 'users → default/app')
      .map((row) => `${row.startedAt} ${row.endedAt - row.servedAt}`)
      .toSorted();

  test('requests come at the same moments with the same demand, whatever else the Pods call and however', () => {
    const calls = [{ to: 'http://other', share: 0, client: 'web' }];
    const [app, other] = world.apps;
    const changed = { ...world, apps: [{ ...app!, behaviour: { ...app!.behaviour, calls } }, other!] };
    const plain = demands(attempts(world));
    expect(demands(attempts(changed))).toEqual(plain);
    expect(demands(attempts({ ...world, clients: { web: { retries: { max: 3 } } } }))).toEqual(plain);
    expect(demands(attempts({ ...world, seed: 2 }))).not.toEqual(plain);
  });

  test('the same seed gives the same bytes', () => {
    expect(run(world).bytes.equals(run(world).bytes)).toBe(true);
  });
});
