import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pyramid } from './pyramid.ts';

const series = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 300 });

test('every level is the sum, maximum and minimum of the series over its buckets', () => {
  fc.assert(
    fc.property(series, (values) => {
      for (const { width, sum, max, min } of new Pyramid(Float64Array.from(values)).levels) {
        expect(sum.length).toBe(Math.ceil(values.length / width));
        for (let i = 0; i < sum.length; i++) {
          const part = values.slice(i * width, (i + 1) * width);
          expect([sum[i], max[i], min[i]]).toEqual([
            part.reduce((a, b) => a + b, 0),
            Math.max(...part),
            Math.min(...part),
          ]);
        }
      }
    }),
  );
});

test('no zoom reads more than two buckets a pixel, nor a coarser level than it must', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 1, max: 50 }), fc.nat(), (values, pixels, span) => {
      const pyramid = new Pyramid(Float64Array.from(values));
      const buckets = 1 + (span % values.length);
      const { width } = pyramid.level(buckets, pixels);
      expect(Math.ceil(buckets / width)).toBeLessThanOrEqual(2 * pixels);
      if (width > 1) expect(Math.ceil(buckets / (width / 2))).toBeGreaterThan(2 * pixels);
    }),
  );
});
