import { describe, expect, test } from 'vitest';
import { Streams } from '../random.ts';
import { Deterministic } from './deterministic.ts';
import { Discrete, zipf } from './discrete.ts';
import { Empirical } from './empirical.ts';
import { Exponential } from './exponential.ts';
import { Gamma } from './gamma.ts';
import { gammaBelow } from './gamma-function.ts';
import { Hyperexponential } from './hyperexponential.ts';
import { Lognormal } from './lognormal.ts';
import { Normal } from './normal.ts';
import { Pareto } from './pareto.ts';
import type { Sampler } from './sampler.ts';
import { Uniform } from './uniform.ts';
import { Weibull } from './weibull.ts';

const ms = 1e6;
/** Standard normal distribution function, through the incomplete gamma function. */
const phi = (z: number) => 0.5 + (z < 0 ? -0.5 : 0.5) * gammaBelow(0.5, (z * z) / 2);
const [mu, sigma] = [Math.log(20 * ms), 0.8];

/** Each sampler with its distribution function (x in ns), written down independently of its inverse. */
const continuous: { name: string; sampler: Sampler; below: (x: number) => number }[] = [
  { name: 'exponential', sampler: new Exponential(10 * ms), below: (x) => 1 - Math.exp(-x / (10 * ms)) },
  { name: 'uniform', sampler: new Uniform(2 * ms, 8 * ms), below: (x) => (x - 2 * ms) / (6 * ms) },
  { name: 'normal', sampler: new Normal(50 * ms, 5 * ms), below: (x) => phi((x - 50 * ms) / (5 * ms)) },
  { name: 'lognormal', sampler: new Lognormal(mu, sigma), below: (x) => phi((Math.log(x) - mu) / sigma) },
  { name: 'Weibull, shape 0.7', sampler: new Weibull(ms, 0.7), below: (x) => 1 - Math.exp(-((x / ms) ** 0.7)) },
  { name: 'Weibull, shape 3', sampler: new Weibull(ms, 3), below: (x) => 1 - Math.exp(-((x / ms) ** 3)) },
  { name: 'Pareto', sampler: new Pareto(ms, 5), below: (x) => 1 - (ms / x) ** 5 },
  {
    name: 'bounded Pareto',
    sampler: new Pareto(ms, 1.1, 1000 * ms),
    below: (x) => (1 - (ms / x) ** 1.1) / (1 - 0.001 ** 1.1),
  },
  {
    name: 'Erlang 3', // its distribution function as a finite sum
    sampler: Gamma.erlang(30 * ms, 3),
    below: (x) => 1 - Math.exp(-x / (10 * ms)) * (1 + x / (10 * ms) + (x / (10 * ms)) ** 2 / 2),
  },
  { name: 'gamma, shape 0.4', sampler: new Gamma(4 * ms, 0.4), below: (x) => gammaBelow(0.4, x / (10 * ms)) },
  {
    name: 'hyperexponential',
    sampler: new Hyperexponential([
      { weight: 9, mean: ms },
      { weight: 1, mean: 30 * ms },
    ]),
    below: (x) => 0.9 * (1 - Math.exp(-x / ms)) + 0.1 * (1 - Math.exp(-x / (30 * ms))),
  },
  {
    name: 'empirical',
    sampler: new Empirical([ms, 2 * ms, 4 * ms, 9 * ms], [50, 30, 20]),
    below: (x) =>
      x < 2 * ms
        ? (0.5 * (x - ms)) / ms
        : x < 4 * ms
          ? 0.5 + (0.15 * (x - 2 * ms)) / ms
          : 0.8 + (0.04 * (x - 4 * ms)) / ms,
  },
];

const draws = 200_000;
function drawn(sampler: Sampler, name: string, count = draws): Float64Array {
  const stream = new Streams(20260101).stream(name);
  return Float64Array.from({ length: count }, () => {
    sampler.draw(stream.bits());
    return sampler.out[0]!;
  });
}
const meanOf = (xs: Float64Array) => xs.reduce((sum, x) => sum + x, 0) / xs.length;

describe.each(continuous)('$name', ({ name, sampler, below }) => {
  const sorted = drawn(sampler, name).sort();

  test('agrees with its distribution function (Kolmogorov–Smirnov, false alarm 1 in 1,000)', () => {
    let distance = 0;
    sorted.forEach((x, i) => {
      const p = below(x);
      distance = Math.max(distance, Math.abs(p - i / draws), Math.abs(p - (i + 1) / draws));
    });
    expect(distance * Math.sqrt(draws)).toBeLessThan(1.949); // 99.9 % quantile of the Kolmogorov distribution
  });

  test('the quantile inverts the distribution function, far into both tails', () => {
    for (const u of [1e-9, 1e-6, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 - 1e-6]) {
      expect(Math.abs(below(sampler.quantile(u)) / u - 1)).toBeLessThan(2e-6);
      const p = (1 - below(sampler.quantile(u))) / (1 - u);
      expect(Math.abs(p - 1)).toBeLessThan(2e-5);
    }
  });

  test('has its moments: the integral of the quantile, and the mean of the draws within 4 standard errors', () => {
    // Simpson would need the tails; a fine midpoint rule on the quantile with the tails stretched by u = s²(3 - 2s)
    let [first, second] = [0, 0];
    const steps = 200_000;
    for (let i = 0; i < steps; i++) {
      const s = (i + 0.5) / steps;
      const x = sampler.quantile(s * s * (3 - 2 * s));
      first += (x * 6 * s * (1 - s)) / steps;
      second += (x * x * 6 * s * (1 - s)) / steps;
    }
    expect(first / sampler.mean).toBeCloseTo(1, 4);
    expect((second - first * first) / sampler.variance).toBeCloseTo(1, 2);
    const error = Math.abs(meanOf(sorted) - sampler.mean) / Math.sqrt(sampler.variance / draws);
    expect(error).toBeLessThan(4);
  });

  test('a larger number never gives a smaller draw', () => {
    let before = -1;
    for (let hash = 0; hash < 2 ** 32; hash += 65521 * 7) {
      sampler.draw(hash | 0);
      expect(sampler.out[0]).toBeGreaterThanOrEqual(before);
      before = sampler.out[0]!;
      expect(Number.isSafeInteger(before)).toBe(true);
    }
  });
});

test('exponential: a draw, by table, is the quantile, wherever its bits begin', () => {
  const sampler = new Exponential(1e15); // so that rounding hides nothing
  const stream = new Streams(1).stream('bits');
  for (let i = 0; i < 40_000; i++) {
    const bits = i < 200 ? i - 100 : stream.bits() >> (i & 31);
    sampler.draw(bits);
    const quantile = Math.min(sampler.quantile(((bits >>> 0) + 0.5) / 2 ** 32), 2 ** 52 - 1);
    expect(Math.abs(sampler.out[0]! - quantile)).toBeLessThanOrEqual(8); // 22 means have units in the last place of 4
  }
});

describe('discrete', () => {
  const cases: { name: string; sampler: Sampler; values: number[]; weights: number[] }[] = [
    { name: 'weights', sampler: new Discrete([30, 10, 20], [1, 2, 7]), values: [10, 20, 30], weights: [2, 7, 1] },
    { name: 'a value of weight 0', sampler: new Discrete([1, 2, 3], [1, 0, 1]), values: [1, 2, 3], weights: [1, 0, 1] },
    { name: 'one value', sampler: new Discrete([7]), values: [7], weights: [1] },
    {
      name: 'Zipf',
      sampler: zipf(20, 1.1),
      values: Array.from({ length: 20 }, (_, i) => i + 1),
      weights: Array.from({ length: 20 }, (_, i) => (i + 1) ** -1.1),
    },
  ];
  test.each(cases)('$name: counts agree with the weights (chi-square, false alarm below 1 in 1,000)', (c) => {
    const total = c.weights.reduce((sum, w) => sum + w, 0);
    const counts = new Map<number, number>();
    for (const x of drawn(c.sampler, c.name)) counts.set(x, (counts.get(x) ?? 0) + 1);
    let chi = 0;
    let mean = 0;
    c.values.forEach((value, i) => {
      const expected = (draws * c.weights[i]!) / total;
      mean += (value * c.weights[i]!) / total;
      if (expected === 0) expect(counts.get(value)).toBeUndefined();
      else chi += ((counts.get(value) ?? 0) - expected) ** 2 / expected;
    });
    const df = c.values.length - 1;
    expect(chi).toBeLessThan(df + 3.3 * Math.sqrt(2 * df) + 7); // above the 99.9 % quantile for 1 to 20 degrees of freedom
    expect(c.sampler.mean).toBeCloseTo(mean, 9);
  });

  test('deterministic', () => {
    expect(new Set(drawn(new Deterministic(1234), 'd', 100))).toEqual(new Set([1234]));
  });
});

describe('parameters', () => {
  test('a lognormal by mean and p99 has both', () => {
    for (const [mean, p99] of [
      [40, 250],
      [1, 14.9],
      [100, 100],
      [5, 5.001],
    ] as const) {
      const sampler = Lognormal.byP99(mean * ms, p99 * ms);
      expect(sampler.mean / ms).toBeCloseTo(mean, 9);
      expect(sampler.quantile(0.99) / ms).toBeCloseTo(p99, 8);
    }
    const sampler = Lognormal.byDeviation(40 * ms, 80 * ms);
    expect(Math.sqrt(sampler.variance) / sampler.mean).toBeCloseTo(2, 9);
  });

  test('a balanced hyperexponential has its squared variation', () => {
    const sampler = Hyperexponential.balanced(10 * ms, 4);
    expect(sampler.mean / ms).toBeCloseTo(10, 9);
    expect(sampler.variance / sampler.mean ** 2).toBeCloseTo(4, 9);
  });

  test('infinite moments are said to be infinite', () => {
    expect(new Pareto(1, 0.9).mean).toBe(Infinity);
    expect(new Pareto(1, 1.5).variance).toBe(Infinity);
    expect(new Pareto(1, 1, 1000).mean).toBeCloseTo(Math.log(1000) / 0.999, 9);
  });

  const wrong: [string, () => unknown][] = [
    ['a negative mean', () => new Exponential(-1)],
    ['NaN', () => new Exponential(Number.NaN)],
    ['a reversed range', () => new Uniform(2, 1)],
    ['a p99 below the mean', () => Lognormal.byP99(10, 9)],
    ['a p99 that no lognormal has', () => Lognormal.byP99(1, 15)],
    ['a maximum below the minimum', () => new Pareto(2, 1, 1)],
    ['an Erlang of 2.5 stages', () => Gamma.erlang(1, 2.5)],
    ['no branches', () => new Hyperexponential([])],
    ['a squared variation below 1', () => Hyperexponential.balanced(1, 0.5)],
    ['no weight at all', () => new Discrete([1, 2], [0, 0])],
    ['edges that descend', () => new Empirical([2, 1], [1])],
    ['a quantile at 1', () => new Exponential(1).quantile(1)],
  ];
  test.each(wrong)('%s is refused', (_, use) => expect(use).toThrow(expect.objectContaining({ code: 'parameter' })));
});
