import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HashRing } from './hash-ring.ts';

/** Few different halves, so that equal ones come up. */
const half = fc.oneof(fc.nat({ max: 3 }), fc.constantFrom(0x7fffffff, 0x80000000, 0xffffffff), fc.nat());
const hash = fc.tuple(half, half);
const value = ([high, low]: readonly [number, number]) => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

test.each([false, true])('finds what a walk along the sorted points finds (distinct: %s)', (distinct) => {
  fc.assert(
    fc.property(fc.array(hash, { minLength: 1, maxLength: 60 }), fc.array(hash, { maxLength: 20 }), (points, keys) => {
      const ring = new HashRing(
        {
          high: Uint32Array.from(points, ([high]) => high),
          low: Uint32Array.from(points, ([, low]) => low),
          owner: Int32Array.from(points.keys()),
        },
        distinct,
      );
      const sorted = points.map((point, owner) => ({ at: value(point), owner }));
      sorted.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.owner - b.owner));
      for (const key of [...keys, ...points]) {
        const owner = (sorted.find(({ at }) => at >= value(key)) ?? sorted[0]!).owner;
        expect(ring.owner[ring.at(key[0] | 0, key[1] | 0)]).toBe(owner);
      }
      expect(ring.size).toBe(distinct ? new Set(sorted.map(({ at }) => at)).size : points.length);
    }),
  );
});
