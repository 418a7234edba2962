import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, LONGEST_DURATION, parseDuration } from './duration.ts';

test.each([
  ['250us', 250e3],
  ['250µs', 250e3],
  ['250μs', 250e3],
  ['1.5s', 1.5e9],
  ['.5h', 1800e9],
  ['1.s', 1e9],
  ['3h', 10800e9],
  ['1h30m', 5400e9],
  ['1m30s500ms', 90.5e9],
  ['0s', 0],
  ['0.4ns', 0],
  ['3600.000000001s', 3600e9 + 1],
])('%s is %d ns', (text, ns) => expect(parseDuration(text)).toBe(ns));

test.each([
  ['5', '"5" has no unit: write 5s or 5ms'],
  ['0', '"0" has no unit: write 0s or 0ms'],
  ['1.5', '"1.5" has no unit: write 1.5s or 1.5ms'],
  ['-5s', '"-5s" is negative'],
  ['5 s', '"5 s" is not a duration such as 250us, 1.5s or 1h30m'],
  ['5sec', '"5sec" has an unknown unit "sec": the units are ns, us, ms, s, m and h'],
  ['2d', '"2d" has an unknown unit "d": the units are ns, us, ms, s, m and h'],
  ['', '"" is not a duration'],
  ['.s', '".s" is not a duration'],
  ['3000h', '"3000h" is longer than 104 days (2^53 ns)'],
])('"%s" is refused: %s', (text, message) => expect(() => parseDuration(text)).toThrow(message));

test.each([
  [0, '0s'],
  [999, '999ns'],
  [1500, '1.5us'],
  [1_000_000, '1ms'],
  [90e9, '1m30s'],
  [3600e9, '1h'],
  [3600e9 + 1, '1h0.000000001s'],
  [Number.POSITIVE_INFINITY, 'unlimited'],
])('%d ns prints as %s', (ns, text) => expect(formatDuration(ns)).toBe(text));

test('whatever is printed is read back to the same ns', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LONGEST_DURATION }), fc.integer({ min: 0, max: 15 }), (ns, digits) => {
      const value = Math.floor(ns / 10 ** digits);
      expect(parseDuration(formatDuration(value))).toBe(value);
    }),
  );
});
