import { expect, test } from 'vitest';
import { ICMPRateLimit, synTimes } from './icmp-rate-limit.ts';

const MS = 1e6;

test('six at once, then one a second, for each client', () => {
  const limit = new ICMPRateLimit();
  const answered = (client: number, from: number, to: number) => {
    let count = 0;
    for (let at = from; at < to; at += 20 * MS) if (limit.allows(client, Float64Array.of(at))) count++;
    return count;
  };
  expect(answered(1, 0, 900 * MS)).toBe(6);
  expect(answered(1, 900 * MS, 2000 * MS)).toBe(1);
  expect(answered(2, 2000 * MS, 2100 * MS)).toBe(5); // every 20 ms: five asked, five told
  expect(answered(1, 60_000 * MS, 60_900 * MS)).toBe(6); // rested
});

test('no limit', () => {
  const limit = new ICMPRateLimit(0);
  expect(Array.from({ length: 100 }, () => limit.allows(1, Float64Array.of(0)))).not.toContain(false);
});

test.each([
  { name: 'before Linux 6.5', linear: 0, seconds: [0, 1, 3, 7, 15, 31, 63] },
  { name: 'since', linear: 4, seconds: [0, 1, 2, 3, 4, 5, 7] },
])('SYNs $name', ({ linear, seconds }) => {
  expect(synTimes(linear).map((at) => at / 1e9)).toEqual(seconds);
});
