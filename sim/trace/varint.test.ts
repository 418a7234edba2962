import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_VALUE } from './format.ts';
import { TraceError } from './trace-error.ts';
import { decodeColumn, encodeColumn, MAX_VARINT_BYTES } from './varint.ts';

const integer = fc.oneof(
  fc.integer(),
  fc.integer({ min: -70, max: 70 }),
  fc.integer({ min: -MAX_VALUE, max: MAX_VALUE }),
  fc.constantFrom(MAX_VALUE, -MAX_VALUE),
);
const column = fc.array(integer, { maxLength: 50 }).map((values) => Float64Array.from(values, (v) => v + 0));

function encoded(values: Float64Array, encoding: 'plain' | 'delta'): Uint8Array {
  const out = new Uint8Array(values.length * MAX_VARINT_BYTES);
  return out.subarray(0, encodeColumn(values, values.length, encoding, out, 0));
}

test.each(['plain', 'delta'] as const)(
  'a %s column comes back as it went in, and takes exactly its bytes',
  (encoding) => {
    fc.assert(
      fc.property(column, (values) => {
        const bytes = encoded(values, encoding);
        const back = new Float64Array(values.length);
        expect(decodeColumn(bytes, 0, encoding, back)).toBe(bytes.length);
        expect(back).toEqual(values);
        if (bytes.length > 0) {
          expect(() => decodeColumn(bytes.subarray(0, -1), 0, encoding, back)).toThrow(TraceError);
        }
      }),
    );
  },
);

test('small numbers take a byte', () => {
  expect(encoded(Float64Array.of(0, 63, -63), 'plain')).toHaveLength(3);
  expect(encoded(Float64Array.of(1e12, 1e12 + 63, 1e12), 'delta')).toHaveLength(6 + 2);
});

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_VALUE + 1])('%d is refused by the writer', (value) => {
  expect(() => encoded(Float64Array.of(value), 'plain')).toThrow(RangeError);
});

test('any bytes give numbers in range or a TraceError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(30), (bytes, rows) => {
      const values = new Float64Array(rows);
      try {
        decodeColumn(bytes, 0, 'delta', values);
        for (const value of values) expect(Math.abs(value)).toBeLessThanOrEqual(MAX_VALUE);
      } catch (error) {
        expect(error).toBeInstanceOf(TraceError);
      }
    }),
  );
});
