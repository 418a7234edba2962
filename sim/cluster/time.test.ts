import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTime, formatTimeNano, parseTime } from './time.ts';

test.each([
  [0, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  [14_999_999_872, '2026-01-01T00:00:14Z', '2026-01-01T00:00:14.999999872Z'],
  [250e6, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.25Z'],
  [-1, '2025-12-31T23:59:59Z', '2025-12-31T23:59:59.999999999Z'],
])('%d ns is %s', (time, text, exact) => {
  expect([formatTime(time), formatTimeNano(time)]).toEqual([text, exact]);
});

test.each([
  ['2026-01-01T01:00:00+01:00', 0],
  ['2026-01-01T00:00:00.000000001Z', 1],
  ['2020-01-01', null],
  ['2026-13-01T00:00:00Z', null],
])('%s is %d', (text, time) => expect(parseTime(text)).toBe(time));

test('whatever is printed to the nanosecond is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e15, max: 9e15 }), (time) => {
      expect(parseTime(formatTimeNano(time))).toBe(time);
    }),
  );
});
