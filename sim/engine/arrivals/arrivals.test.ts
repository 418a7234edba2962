import { describe, expect, test } from 'vitest';
import { EngineError } from '../errors.ts';
import { Streams } from '../random.ts';
import { Deterministic } from '../samplers/deterministic.ts';
import { Exponential } from '../samplers/exponential.ts';
import { Gamma } from '../samplers/gamma.ts';
import { Uniform } from '../samplers/uniform.ts';
import type { Arrivals } from './arrivals.ts';
import { BurstArrivals } from './bursts.ts';
import { MmppArrivals } from './mmpp.ts';
import { PeriodicArrivals } from './periodic.ts';
import { PoissonArrivals, type RatePoint } from './poisson.ts';
import { RenewalArrivals } from './renewal.ts';
import { ReplayArrivals } from './replay.ts';

const s = 1e9;
const stream = (name: string) => new Streams(42).stream(name);

function times(arrivals: Arrivals, count: number): Float64Array {
  const due = new Float64Array(1);
  const out = new Float64Array(count);
  let n = 0;
  while (n < count && arrivals.next(due)) {
    if (!Number.isSafeInteger(due[0]!) || due[0]! < (out[n - 1] ?? 0)) throw new Error(`arrival ${n} at ${due[0]}`);
    out[n++] = due[0]!;
  }
  return out.subarray(0, n);
}

/** Kolmogorov–Smirnov distance to the uniform distribution on (0, 1), times √n; above 1.949 once in 1,000. */
function distance(us: Float64Array): number {
  let d = 0;
  us.toSorted().forEach((u, i) => {
    d = Math.max(d, Math.abs(u - i / us.length), Math.abs(u - (i + 1) / us.length));
  });
  return d * Math.sqrt(us.length);
}

describe('Poisson', () => {
  const at = (seconds: number, ratePerSecond: number): RatePoint => ({ at: seconds * s, ratePerSecond });
  const curves: { name: string; points: RatePoint[]; integral: (t: number) => number }[] = [
    { name: 'constant', points: [at(0, 1000)], integral: (t) => 1000 * t },
    {
      name: 'up and down to 0, and up again after a rest',
      points: [at(0, 0), at(100, 2000), at(200, 0), at(250, 0), at(300, 1000)],
      integral: (t) => {
        const up = (x: number, slope: number) => (slope * Math.max(0, x) ** 2) / 2;
        return up(t, 20) - up(t - 100, 40) + up(t - 200, 20) + up(t - 250, 20) - up(t - 300, 20);
      },
    },
    {
      name: 'a jump',
      points: [at(0, 500), at(50, 500), at(50, 3000)],
      integral: (t) => 500 * t + 2500 * Math.max(0, t - 50),
    },
    {
      name: 'a first point later on',
      points: [at(50, 100), at(60, 1100)],
      integral: (t) =>
        t < 50 ? 100 * t : t < 60 ? 5000 + 100 * (t - 50) + 50 * (t - 50) ** 2 : 11000 + 1100 * (t - 60),
    },
  ];

  test.each(curves)('$name: in its own time it is a Poisson process of rate 1', ({ name, points, integral }) => {
    const own = Float64Array.from(times(new PoissonArrivals(stream(name), points), 200_000), (t) => integral(t / s));
    const gaps = own.map((x, i) => 1 - Math.exp(-(x - (own[i - 1] ?? 0)))); // uniform if the gaps are exponential
    expect(distance(gaps)).toBeLessThan(1.949);
    const pairs = gaps.map((g, i) => (g + (gaps[i + 1] ?? 0.5)) % 1); // uniform if neighbours are independent
    expect(distance(pairs)).toBeLessThan(1.949);
  });

  test('a start cuts the past off', () => {
    const first = times(new PoissonArrivals(stream('x'), [at(0, 0), at(100, 1000)], 90 * s), 1000);
    expect(first[0]! / s).toBeGreaterThan(90);
    expect(first[0]! / s).toBeLessThan(90.1);
  });

  test('ends when the rate ends at 0', () => {
    const all = times(new PoissonArrivals(stream('end'), [at(0, 1000), at(10, 0)]), 1e6);
    expect(Math.abs(all.length - 5000)).toBeLessThan(4 * Math.sqrt(5000));
    expect(all.at(-1)!).toBeLessThanOrEqual(10 * s);
  });

  test('meets a rate whose gaps are not whole nanoseconds, however long', () => {
    const count = 1_000_000;
    const last = times(new PoissonArrivals(stream('fast'), [at(0, 3e8)]), count).at(-1)!; // a gap of 3.33 ns
    expect(Math.abs(last / (count / 0.3) - 1)).toBeLessThan(4 / Math.sqrt(count));
  });
});

test('renewal: gaps have their distribution', () => {
  const own = times(new RenewalArrivals(stream('renewal'), new Uniform(1000, 9000), 50), 100_000);
  expect(distance(own.map((x, i) => (x - (own[i - 1] ?? 50) - 1000) / 8000))).toBeLessThan(1.949);
  expect([...times(new RenewalArrivals(stream('-'), new Deterministic(7)), 3)]).toEqual([7, 14, 21]);
});

test('MMPP: long-run rate and the index of dispersion of counts', () => {
  // two phases, rates 2000 and 200, left at 5 and 3 per second: share of the first 3/8
  const mmpp = new MmppArrivals(stream('mmpp'), [
    { ratePerSecond: 2000, leavesPerSecond: [0, 5] },
    { ratePerSecond: 200, leavesPerSecond: [3, 0] },
  ]);
  const rate = (3 * 2000 + 5 * 200) / 8;
  expect(mmpp.ratePerSecond).toBeCloseTo(rate, 9);
  const all = times(mmpp, 2_000_000);
  const span = all.at(-1)! / s;
  // asymptotic variance of counts: rate + 2 (difference)² p q / (sum of leaving rates), per second
  const perSecond = rate + (2 * 1800 ** 2 * (15 / 64)) / 8;
  expect(Math.abs(all.length - rate * span) / Math.sqrt(perSecond * span)).toBeLessThan(4);
  const width = 5; // seconds a bucket, many phase changes
  const counts = new Float64Array(Math.floor(span / width));
  for (const t of all) {
    const i = Math.floor(t / s / width);
    if (i < counts.length) counts[i]!++;
  }
  const mean = counts.reduce((x, c) => x + c, 0) / counts.length;
  const variance = counts.reduce((x, c) => x + (c - mean) ** 2, 0) / (counts.length - 1);
  // exact: a correction for the edges of the bucket
  const exact = width * perSecond - ((2 * 1800 ** 2 * (15 / 64)) / 64) * (1 - Math.exp(-8 * width));
  expect(Math.abs(variance / exact - 1)).toBeLessThan(4 * Math.sqrt(2 / counts.length));
  expect(
    () =>
      new MmppArrivals(stream('x'), [
        { ratePerSecond: 1, leavesPerSecond: [0, 1] },
        { ratePerSecond: 1, leavesPerSecond: [] },
      ]),
  ).toThrow(expect.objectContaining({ code: 'parameter' }));
});

test('bursts: none while off, Poisson while on, shares as the lengths say', () => {
  const fixed = times(
    new BurstArrivals(stream('fixed'), 1000, new Deterministic(2 * s), new Deterministic(3 * s)),
    100_000,
  );
  const phases = fixed.map((t) => (t / s) % 5);
  expect(phases.every((p) => p <= 2)).toBe(true);
  expect(distance(phases.map((p) => p / 2))).toBeLessThan(1.949);
  const on = fixed.map((t) => Math.floor(t / s / 5) * 2 + ((t / s) % 5)); // time that is on: rate 1000
  expect(distance(on.map((x, i) => 1 - Math.exp(-1000 * (x - (on[i - 1] ?? 0)))))).toBeLessThan(1.949);
  const random = times(new BurstArrivals(stream('random'), 1000, new Exponential(s), Gamma.erlang(3 * s, 2)), 500_000);
  expect(Math.abs(random.at(-1)! / s / 2000 - 1)).toBeLessThan(0.15); // about 500 cycles of mean 4 s with 1000 arrivals each
});

test('replay: the times as they are, and a fault is refused', () => {
  expect([...times(new ReplayArrivals([0, 5, 5, 9]), 10)]).toEqual([0, 5, 5, 9]);
  for (const bad of [[5, 4], [-1], [0.5], [Number.NaN]]) {
    expect(() => new ReplayArrivals(bad)).toThrow(expect.objectContaining({ code: 'parameter' }));
  }
});

describe('periodic callers', () => {
  test('in phase they all come at once, and do not drift', () => {
    const all = times(new PeriodicArrivals(stream('herd'), s / 3, 4, { start: 7 }), 4 * 3000);
    all.forEach((at, i) => {
      expect(at).toBe(7 + Math.round((Math.floor(i / 4) * s) / 3));
    });
  });

  test('spread, they come evenly', () => {
    const all = times(new PeriodicArrivals(stream('spread'), s, 4, { spread: true }), 12);
    expect([...all]).toEqual(Array.from({ length: 12 }, (_, i) => (i * s) / 4));
  });

  test('jitter is uniform, also over the end of a period, and each comes once in it', () => {
    const period = s;
    const all = times(new PeriodicArrivals(stream('jitter'), period, 1, { jitter: period }), 20_000);
    const lateness = all.map((_, i) => i); // the sum does not ask which call belongs to which period
    const sum = all.reduce((total, at, i) => total + at - lateness[i]! * period, 0);
    // The mean of 20,000 uniforms on (0, 1) lies within 0.0088 of 1/2 but once in 50,000.
    expect(Math.abs(sum / all.length / period - 0.5)).toBeLessThan(0.0088);
    const many = times(new PeriodicArrivals(stream('jitter, many'), period, 10_000, { jitter: period / 2 }), 10_000);
    expect(distance(Float64Array.from(many, (at) => at / (period / 2)))).toBeLessThan(1.949);
  });

  test.each([
    [0, 1, {}],
    [s, 0, {}],
    [s, 1, { jitter: 2 * s }],
  ])('refuses period %d, %d callers, %j', (period, callers, options) => {
    expect(() => new PeriodicArrivals(stream('bad'), period, callers, options)).toThrow(EngineError);
  });
});
