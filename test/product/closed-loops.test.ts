import { describe, expect, test } from 'vitest';
import { meanInterval } from '../../sim/stats/student-t.ts';
import { birthDeath, expectation } from '../theory/formulas.ts';
import { type Outcome, outcomeOf } from './runs.ts';
import { attemptsOf, FAST, SECOND, scenarioOf } from './worlds.ts';

const app = (more: object = {}) => ({
  name: 'app',
  behaviour: { serviceTime: { exponential: '10ms' }, cores: 1, concurrency: 10_000, ...more },
});

function run(
  arrivals: object,
  options: { duration?: string; seed?: number; app?: object; more?: object } = {},
): Outcome {
  const { duration = '200s', seed = 1, more = {} } = options;
  return outcomeOf(
    scenarioOf({
      apps: [app(options.app)],
      rate: 1,
      seed,
      duration,
      cluster: { network: FAST },
      traffic: { arrivals },
      ...more,
    }),
  );
}

describe('users who wait for answers', () => {
  // Of right simulations one in a thousand fails, per figure.
  test.each([
    { users: 20, cores: 1 },
    { users: 64, cores: 4 },
  ])('$users of them with $cores cores are the machine repair model', ({ users, cores }) => {
    const think = 0.1;
    const mean = 0.01;
    const chain = birthDeath(
      Array.from({ length: users }, (_, k) => (users - k) / think),
      Array.from({ length: users }, (_, k) => Math.min(k + 1, cores) / mean),
    );
    const rate = expectation(chain, (inside) => Math.min(inside, cores)) / mean;
    const runs = Array.from({ length: 8 }, (_, i) => {
      const arrivals = { users: { count: users, think: { exponential: '100ms' } } };
      const { summary } = run(arrivals, { seed: i + 1, app: { cores }, more: { trace: { requests: 0 } } });
      return { rate: summary.requests.sent / 200, sojourn: summary.traffic.users!.latency.mean };
    });
    for (const [values, theory] of [
      [runs.map((each) => each.rate), rate],
      [runs.map((each) => each.sojourn), users / rate - think],
    ] as const) {
      const { mean: found, halfWidth } = meanInterval(values, 0.999);
      expect(Math.abs(found - theory), `${found} ± ${halfWidth}, theory ${theory}`).toBeLessThan(
        halfWidth + 0.003 * theory,
      );
      expect(halfWidth).toBeLessThan(0.05 * theory);
    }
  });

  test('as many are there as are wanted, and no user has two requests at a time', () => {
    const arrivals = {
      users: { count: { '0s': 0, '10s': 10, '20s': 10, '30s': 2, '40s': 6 }, think: { constant: '100ms' } },
    };
    const { trace } = run(arrivals, { duration: '60s', app: { serviceTime: '1ms' } });
    const starts = attemptsOf(trace).map(({ startedAt }) => startedAt / SECOND);
    // Each of them makes a request every 101 ms, and a little for the network.
    const users = (from: number, to: number) => {
      const count = starts.filter((at) => at >= from && at < to).length;
      return (count * 0.10101) / (to - from);
    };
    expect(users(12, 19)).toBeCloseTo(10, 0);
    expect(users(31, 32)).toBeCloseTo(2, 0);
    expect(users(45, 60)).toBeCloseTo(6, 0);
    expect(users(0, 10)).toBeGreaterThan(3);
  });

  test('who fails pauses, and some leave for good', () => {
    const arrivals = { users: { count: 100, think: { constant: '1ns' }, afterFailure: '1s', leave: 0.5 } };
    const dead = { manifests: [], timeline: [{ at: '0s', scale: 'deployment/app', replicas: 0 }] };
    const more = { ...dead, clients: { web: { timeout: '100ms' } } };
    const { summary } = run(arrivals, { duration: '30s', more });
    // 100 users are left by half each time: 200 requests on average, with a standard deviation of 14.
    const { sent, ok } = summary.requests;
    expect(sent - ok!).toBeGreaterThan(130);
    expect(sent - ok!).toBeLessThan(270);
  });

  test('sessions end, and their users come back', () => {
    const think = { constant: '90ms' };
    const session = { requests: 10, away: { constant: '9s' } };
    const { summary } = run({ users: { count: 100, think, session } }, { app: { serviceTime: '1ms', cores: 8 } });
    // Per session nine pauses of 90 ms, ten answers of 1 ms and 9 s away: 0.98 s of requests in 9.82 s.
    const expected = (200 * 100 * 10) / (9 * 0.09 + 10 * 0.001 + 9);
    expect(summary.requests.sent / expected).toBeGreaterThan(0.95);
    expect(summary.requests.sent / expected).toBeLessThan(1.05);
  });
});

describe('batches', () => {
  test('workers make exactly the requests of a batch, so many at a time, and begin the next in time', () => {
    const arrivals = { batch: { at: '5s', every: '30s', requests: 500, workers: 8 } };
    const { summary, trace } = run(arrivals, { duration: '60s', app: { serviceTime: '10ms', cores: 4 } });
    expect(summary.requests).toMatchObject({ sent: 1000, ok: 1000 });
    const attempts = attemptsOf(trace);
    expect(Math.min(...attempts.map(({ startedAt }) => startedAt))).toBe(5 * SECOND);
    // 500 requests of 10 ms on four cores are 1.25 s, and no more than eight are under way.
    const first = attempts.filter(({ startedAt }) => startedAt < 30 * SECOND);
    const ends = Math.max(...first.map(({ endedAt }) => endedAt)) / SECOND;
    expect(ends).toBeGreaterThan(6.24);
    expect(ends).toBeLessThan(6.3);
    for (const { startedAt } of first) {
      expect(
        first.filter((other) => other.startedAt <= startedAt && other.endedAt > startedAt).length,
      ).toBeLessThanOrEqual(8);
    }
  });

  test('requests that nobody answers do not keep a batch from its end', () => {
    const more = {
      clients: { web: { timeout: '100ms' } },
      timeline: [{ at: '0s', scale: 'deployment/app', replicas: 0 }],
    };
    const { summary } = run({ batch: { at: '5s', requests: 100, workers: 10 } }, { duration: '60s', more });
    expect(summary.requests.sent).toBe(100);
    expect(summary.requests.inFlight).toBe(0);
  });
});

test('a replayed log, a herd and a crowd send what they say', () => {
  const sent = (arrivals: object) => {
    const { summary } = run(arrivals, { duration: '100s', app: { serviceTime: '1ms', cores: 8 } });
    return summary.requests.sent;
  };
  expect(sent({ replay: ['0s', '1s', '1s', '2m'] })).toBe(3);
  expect(sent({ periodic: { every: '10s', callers: 50 } })).toBe(500);
  // 10/s for 30 s, up to 100/s in 10 s, 20 s there, down in 10 s, and 30 s more at 10/s: 300 + 550 + 2000 + 550 + 300.
  const crowd = sent({ flashCrowd: { base: 10, peak: 100, at: '30s', rise: '10s', hold: '20s', fall: '10s' } });
  expect(Math.abs(crowd - 3700)).toBeLessThan(4 * Math.sqrt(3700));
  // A quarter of a day's cosine is not to be had in 100 s: at its busiest hour it stands at the highest rate.
  expect(Math.abs(sent({ daily: { low: 0, high: 20, highAt: '20h', from: '20h' } }) - 2000)).toBeLessThan(
    4 * Math.sqrt(2000),
  );
});

test.each([
  ['a herd', { periodic: { every: '10s', callers: 5 } }, 15],
  ['a replay', { replay: ['10s', '30s'] }, 1],
  ['a batch', { batch: { at: '30s', requests: 5 } }, 0],
])('%s that is due at the end of the run does not come', (_, arrivals, sent) => {
  const world = { apps: [{ name: 'app' }], rate: 1, duration: '30s', traffic: { arrivals } };
  const { requests } = outcomeOf(scenarioOf(world)).summary;
  expect([requests.sent, requests.inFlight]).toEqual([sent, 0]);
});
