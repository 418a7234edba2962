import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

const seed = Number(process.env.SVCLAB_SEED ?? 1);
const value = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 2 ** 31 }),
  fc.maxSafeNat().map((x) => x % 2 ** 52),
);
const values = fc.array(value, { minLength: 1, maxLength: 200 });

function of(xs: readonly number[], bits = 7): Histogram {
  const histogram = new Histogram(bits);
  for (const x of xs) histogram.record(x);
  return histogram;
}

test('count, mean, minimum and maximum are exact', () => {
  fc.assert(
    fc.property(values, (xs) => {
      const histogram = of(xs);
      expect(histogram.count).toBe(xs.length);
      expect(histogram.min).toBe(Math.min(...xs));
      expect(histogram.max).toBe(Math.max(...xs));
      const sum = xs.reduce((total, x) => total + BigInt(x), 0n);
      expect(Math.abs(histogram.mean / (Number(sum) / xs.length) - 1) < 1e-15 || sum === 0n).toBe(true);
    }),
    { seed },
  );
});

test.each([4, 7, 10])('a quantile is within half a bucket of the sorted values at %d bits', (bits) => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (xs, q) => {
      const sorted = xs.toSorted((x, y) => x - y);
      const exact = sorted[Math.max(0, Math.ceil(q * xs.length - 1e-9) - 1)]!;
      expect(Math.abs(of(xs, bits).quantile(q) - exact)).toBeLessThanOrEqual(exact * 2 ** -(bits + 1));
    }),
    { seed },
  );
});

test('every bucket is as narrow as promised, and the buckets leave no gap', () => {
  const histogram = of(Array.from({ length: 5000 }, (_, i) => Math.floor(1.007 ** i)).filter((x) => x < 2 ** 52));
  const sizes: number[] = [];
  histogram.forEach((from, to, count) => {
    expect(count).toBeGreaterThan(0);
    if (from >= 1) sizes.push((to - from) / from);
  });
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1 / 128);
});

test('merging gives the same bytes in any grouping, and as if all had been recorded in one', () => {
  fc.assert(
    fc.property(values, fc.nat(), fc.nat(), (xs, i, j) => {
      const [a, b] = [Math.min(i % xs.length, j % xs.length), Math.max(i % xs.length, j % xs.length)];
      const parts = () => [xs.slice(0, a), xs.slice(a, b), xs.slice(b)].map((part) => of(part));
      const [x, y, z] = parts() as [Histogram, Histogram, Histogram];
      const [u, v, w] = parts() as [Histogram, Histogram, Histogram];
      x.merge(y);
      x.merge(z); // (x + y) + z
      v.merge(w);
      v.merge(u); // (y + z) + x
      expect(JSON.stringify(x.toSparse())).toBe(JSON.stringify(of(xs).toSparse()));
      expect(JSON.stringify(v.toSparse())).toBe(JSON.stringify(of(xs).toSparse()));
    }),
    { seed },
  );
});

test('survives being written and read', () => {
  fc.assert(
    fc.property(values, (xs) => {
      const sparse = of(xs).toSparse();
      const read = Histogram.fromSparse(JSON.parse(JSON.stringify(sparse)));
      expect(read.toSparse()).toEqual(sparse);
      read.record(5);
      expect(read.count).toBe(xs.length + 1);
    }),
    { seed },
  );
  expect(Histogram.fromSparse(new Histogram().toSparse()).count).toBe(0);
});

describe('edges', () => {
  test('an empty one has no quantiles', () => {
    const empty = new Histogram();
    for (const x of [empty.mean, empty.min, empty.max, empty.quantile(0.5)]) expect(x).toBeNaN();
  });

  test('clear forgets', () => {
    const histogram = of([1, 2, 3]);
    histogram.clear();
    histogram.record(9);
    expect(histogram.toSparse()).toEqual(of([9]).toSparse());
  });

  test('counts up to a value', () => {
    const histogram = of([0, 1, 2, 3, 100, 1e9]);
    expect([0, 1, 3, 99, 100, 1e10].map((x) => histogram.countUpTo(x))).toEqual([1, 2, 4, 4, 5, 6]);
  });

  test.each([Number.NaN, -1, 2 ** 52, Infinity])('%d is refused', (x) => {
    expect(() => new Histogram().record(x)).toThrow(RangeError);
  });

  test('different precisions do not merge', () => expect(() => of([1], 6).merge(of([1], 7))).toThrow(RangeError));
});
