import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Streams } from '../engine/random.ts';
import { BatchMeans } from './batch-means.ts';
import { ExactSum } from './exact-sum.ts';
import { littleError } from './little.ts';
import { warmUp } from './mser.ts';
import { Rates } from './rates.ts';
import { meanInterval, studentT } from './student-t.ts';
import { Tally } from './tally.ts';
import { TimeAverage } from './time-average.ts';

const seed = Number(process.env.SVCLAB_SEED ?? 1);
const value = fc.oneof(
  fc.nat(100),
  fc.maxSafeNat().map((x) => x % 2 ** 52),
  fc.constantFrom(0, 2 ** 52 - 1, 2 ** 26, 2 ** 26 - 1),
);
const values = fc.array(value, { maxLength: 100 });

function tallyOf(xs: readonly number[]): Tally {
  const tally = new Tally();
  for (const x of xs) tally.record(x);
  return tally;
}

describe('exact sums', () => {
  test('agree with big integers', () => {
    fc.assert(
      fc.property(values, (xs) => {
        const [sum, squares] = [new ExactSum(), new ExactSum()];
        for (const x of xs) {
          sum.add(x);
          squares.addSquare(x);
        }
        const exact = xs.reduce((total, x) => total + BigInt(x), 0n);
        const exactSquares = xs.reduce((total, x) => total + BigInt(x) ** 2n, 0n);
        expect(sum.exact()).toBe(exact);
        expect(squares.exact()).toBe(exactSquares);
        expect(Math.abs(squares.value() - Number(exactSquares))).toBeLessThanOrEqual(Number(exactSquares) * 2 ** -52);
      }),
      { seed },
    );
  });
});

describe('tally', () => {
  test('variance survives a mean that dwarfs it', () => {
    const tally = tallyOf([4e15, 4e15 + 1, 4e15 + 2]);
    expect(tally.variance).toBe(1);
    expect(Math.abs(tally.mean - (4e15 + 1))).toBeLessThanOrEqual(1);
  });

  test('merges to the same bytes in any grouping and order, and survives being written', () => {
    fc.assert(
      fc.property(values, values, values, (x, y, z) => {
        const left = tallyOf(x);
        left.merge(tallyOf(y));
        left.merge(tallyOf(z));
        const right = tallyOf(z);
        const middle = tallyOf(y);
        middle.merge(tallyOf(x));
        right.merge(middle);
        const all = JSON.stringify(tallyOf([...x, ...y, ...z]).toData());
        expect(JSON.stringify(left.toData())).toBe(all);
        expect(JSON.stringify(right.toData())).toBe(all);
        expect(JSON.stringify(Tally.fromData(JSON.parse(all)).toData())).toBe(all);
      }),
      { seed },
    );
  });

  test.each([Number.NaN, -1, 0.5, 2 ** 52])('%d is refused', (x) =>
    expect(() => new Tally().record(x)).toThrow(RangeError),
  );
});

describe('time average', () => {
  test('weighs each level with the time that it lasted', () => {
    const clock = new Float64Array([100]);
    const level = new TimeAverage(clock, 2);
    expect(level.average()).toBe(2);
    clock[0] = 110; // 2 for 10
    level.add(3);
    clock[0] = 140; // 5 for 30
    level.add(-5);
    clock[0] = 160; // 0 for 20
    expect(level.average()).toBe((20 + 150) / 60);
    expect([level.level, level.max]).toEqual([0, 5]);
    level.restart();
    clock[0] = 200;
    expect([level.average(), level.max]).toEqual([0, 0]);
    expect(() => level.add(-1)).toThrow(RangeError);
  });

  test('long and high at once', () => {
    const clock = new Float64Array([0]);
    const level = new TimeAverage(clock, 1e9);
    clock[0] = 2 ** 52;
    expect(level.average()).toBe(1e9);
  });
});

describe("Student's t", () => {
  const table: [p: number, df: number, t: number][] = [
    [0.975, 1, 12.7062047362], // = tan(0.475 π)
    [0.975, 2, 4.30265272991],
    [0.975, 10, 2.22813885196],
    [0.995, 30, 2.74999565357],
    [0.95, 5, 2.01504837333],
    [0.975, 1e7, 1.959964235],
  ];
  test.each(table)('quantile %d with %d degrees of freedom is %d', (p, df, t) => {
    expect(Math.abs(studentT(p, df) / t - 1)).toBeLessThan(1e-8);
    expect(studentT(1 - p, df)).toBeCloseTo(-studentT(p, df), 9);
  });

  test('the interval covers the mean as often as it says', () => {
    const stream = new Streams(3).stream('cover');
    let covered = 0;
    for (let run = 0; run < 4000; run++) {
      const xs = Array.from({ length: 6 }, () =>
        Array.from({ length: 12 }, () => stream.uniform()).reduce((s, u) => s + u, -6),
      );
      const { mean, halfWidth } = meanInterval(xs, 0.9);
      if (Math.abs(mean) <= halfWidth) covered++;
    }
    expect(Math.abs(covered / 4000 - 0.9)).toBeLessThan(4 * Math.sqrt(0.09 / 4000));
  });
});

describe('batch means', () => {
  test('cover the mean of a correlated sequence, where independence would be far too sure', () => {
    const stream = new Streams(5).stream('ar');
    let [covered, naive] = [0, 0];
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      const batches = new BatchMeans(32);
      const xs: number[] = [];
      let x = 0;
      for (let i = 0; i < 16_384; i++) {
        x = 0.9 * x + stream.uniform() - 0.5; // mean 0, correlation time about 10
        batches.record(x);
        xs.push(x);
      }
      const interval = batches.interval(0.95);
      if (Math.abs(interval.mean) <= interval.halfWidth) covered++;
      const independent = meanInterval(xs, 0.95);
      if (Math.abs(independent.mean) <= independent.halfWidth) naive++;
    }
    expect(covered / runs).toBeGreaterThan(0.9);
    expect(naive / runs).toBeLessThan(0.6);
  });

  test('keep every complete observation, in bounded memory', () => {
    const batches = new BatchMeans(4);
    for (let i = 1; i <= 1000; i++) batches.record(i);
    expect(batches.batchSize).toBe(128);
    expect(batches.means).toEqual([64.5, 192.5, 320.5, 448.5, 576.5, 704.5, 832.5]);
    expect(batches.lagOne()).toBeGreaterThan(0.3); // a trend: not to be believed
  });
});

describe('warm-up', () => {
  test('is cut where a decaying start has died away', () => {
    const stream = new Streams(1).stream('mser');
    const xs = Array.from({ length: 5000 }, (_, i) => 20 * Math.exp(-i / 100) + stream.uniform());
    const cut = warmUp(xs);
    expect(cut % 5).toBe(0);
    expect(cut).toBeGreaterThan(200);
    expect(cut).toBeLessThan(800);
  });

  test('is short in a sequence without any, and unknown in one that never settles', () => {
    const stream = new Streams(2).stream('mser');
    expect(warmUp(Array.from({ length: 5000 }, () => stream.uniform()))).toBeLessThan(1500);
    expect(warmUp(Array.from({ length: 5000 }, (_, i) => i))).toBe(-1);
    expect(warmUp([1, 2, 3])).toBe(-1);
  });
});

test("Little's law holds exactly for any pattern of stays that has ended", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 50 }), (stays) => {
      const clock = new Float64Array(1);
      const level = new TimeAverage(clock);
      const changes = stays.flatMap(
        ([from, length]) =>
          [
            [from, 1],
            [from + length, -1],
          ] as const,
      );
      for (const [at, change] of changes.toSorted(([s, c], [t, d]) => s - t || d - c)) {
        clock[0] = at;
        level.add(change);
      }
      clock[0] = 3000;
      const meanSojourn = stays.reduce((sum, [, length]) => sum + length, 0) / stays.length;
      const input = { meanInSystem: level.average(), meanSojourn, arrivals: stays.length, span: 3000 };
      expect(littleError(input)).toBeLessThan(1e-12);
      if (meanSojourn > 0) expect(littleError({ ...input, meanSojourn: meanSojourn * 1.1 })).toBeGreaterThan(0.05);
    }),
    { seed },
  );
});

test('rates per bucket', () => {
  const clock = new Float64Array(1);
  const [rates, other] = [new Rates(clock, 5e8), new Rates(clock, 5e8)];
  for (const t of [0, 4.9e8, 5e8, 1.2e9, 90e9]) {
    clock[0] = t;
    rates.record();
    if (t > 1e9) other.record(2);
  }
  expect(rates.counts.slice(0, 4)).toEqual([2, 1, 1, 0]);
  expect(rates.counts.length).toBe(181);
  expect(rates.perSecond[0]).toBe(4);
  const small = new Rates(clock, 5e8);
  small.merge(rates);
  small.merge(other);
  expect(small.counts[2]).toBe(3);
  expect(small.counts[180]).toBe(3);
  expect(() => small.merge(new Rates(clock, 1e9))).toThrow(RangeError);
});
