import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BIN_COUNT, binFloor, binMiddle, binOf, binQuantile } from './bins.ts';

const value = fc.oneof(fc.maxSafeNat(), fc.nat(), fc.nat(100));

test('a bin holds exactly the values from its floor to the next one', () => {
  fc.assert(
    fc.property(value, (v) => {
      const bin = binOf(v);
      expect(bin).toBeGreaterThanOrEqual(0);
      expect(bin).toBeLessThan(BIN_COUNT);
      expect(binFloor(bin)).toBeLessThanOrEqual(v);
      if (bin + 1 < BIN_COUNT) expect(binFloor(bin + 1)).toBeGreaterThan(v);
    }),
  );
});

test('the middle of a bin is off by at most 1/32', () => {
  fc.assert(
    fc.property(value, (v) => {
      expect(Math.abs(binMiddle(binOf(v)) - v)).toBeLessThanOrEqual(v / 32);
    }),
  );
});

test('quantiles are those of the sorted values, up to the width of a bin', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(10_000_000), { minLength: 1, maxLength: 200 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, q) => {
        const counts = new Uint32Array(BIN_COUNT);
        for (const v of values) counts[binOf(v)]! += 1;
        const exact = values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(q * values.length)) - 1]!;
        expect(binOf(binQuantile(counts, q))).toBe(binOf(exact));
      },
    ),
  );
  expect(binQuantile(new Uint32Array(BIN_COUNT), 0.5)).toBeNaN();
});
