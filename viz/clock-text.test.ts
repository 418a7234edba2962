import { expect, test } from 'vitest';
import { clockText, digits, durationText, percentText, spokenTime } from './clock-text.ts';

test.each([
  [0, 1e9, '0:00:00'],
  [3723e9, 1e9, '1:02:03'],
  [59.96e9, 1e8, '0:01:00.0'],
  [1.5e9, 1e8, '0:00:01.5'],
  [90_061e9, 1e9, '25:01:01'],
])('%d ns in steps of %d is %s', (time, step, text) => expect(clockText(time, step)).toBe(text));

test.each([
  [999, '999 ns'],
  [999_499, '999 µs'],
  [999_500, '1 ms'],
  [25e6, '25 ms'],
  [1.5e9, '1.5 s'],
  [20 * 60e9, '20 min'],
  [3 * 3600e9, '3 h'],
  [Number.NaN, '–'],
])('%d ns lasts %s', (time, text) => expect(durationText(time)).toBe(text));

test.each([
  [0, '0 %'],
  [0.1234, '12.3 %'],
  [0.00001, '< 0.01 %'],
  [0.99999, '99.999 %'],
  [0.9999999, '99.999 %'],
  [1, '100 %'],
])('the ratio %d is %s', (ratio, text) => expect(percentText(ratio)).toBe(text));

test('numbers have three digits, thousands apart, and no negative zero', () => {
  expect([0.254, 12.34, 1234.5, -0.001].map(digits)).toEqual(['0.25', '12.3', '1,235', '0']);
});

test('times are spoken without what is nought', () => {
  expect([0, 1e9, 3600e9, 7322e9].map(spokenTime)).toEqual([
    '0 seconds',
    '1 second',
    '1 hour',
    '2 hours 2 minutes 2 seconds',
  ]);
});
