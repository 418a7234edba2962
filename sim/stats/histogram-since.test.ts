import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';
import { histogramSince } from './histogram-since.ts';

const seed = Number(process.env.SVCLAB_SEED ?? 1);
const values = fc.array(
  fc.oneof(
    fc.nat(1000),
    fc.maxSafeNat().map((x) => x % 2 ** 52),
    fc.constant(2 ** 52 - 1),
  ),
  { maxLength: 60 },
);

function histogramOf(xs: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const x of xs) histogram.record(x);
  return histogram;
}

test('what was counted since is what a histogram of the later values alone has, but for the edges', () => {
  fc.assert(
    fc.property(values, values, (before, after) => {
      const earlier = histogramOf(before).toSparse();
      const since = histogramSince(histogramOf([...before, ...after]).toSparse(), earlier);
      const alone = histogramOf(after).toSparse();
      expect({ ...since, min: 0, max: 0 }).toEqual({ ...alone, min: 0, max: 0 });
      if (after.length === 0) return;
      expect(since.min).toBeLessThanOrEqual(alone.min);
      expect(since.max).toBeGreaterThanOrEqual(alone.max);
      expect(since.max).toBeLessThanOrEqual(alone.max * (1 + 2 ** -7) + 1);
    }),
    { seed },
  );
});
