import { describe, expect, test } from 'vitest';
import { clock, count, latency, money, percent, plural, span } from './figures.ts';

const SECOND = 1e9;

describe('figures in sentences', () => {
  test.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.834, '83 %'],
    [0.042, '4.2 %'],
    [0.9997, '99.97 %'],
    [0.999_999_9, '99.999 %'], // not all
    [0.000_000_1, '0.001 %'], // not none
    [Number.NaN, '–'],
  ])('percent of %d', (share, text) => expect(percent(share)).toBe(text));

  test.each([
    [2 * 3600 + 49 * 60, '2 h 49 min'],
    [3600, '1 h'],
    [3599.9, '1 h'],
    [310, '5 min 10 s'],
    [60, '1 min'],
    [1.25, '1.25 s'],
    [0.0382, '38.2 ms'],
    [0.00025, '250 µs'],
  ])('span of %d s', (seconds, text) => expect(span(seconds * SECOND)).toBe(text));

  test('moments, counts, money', () => {
    expect(clock(3750 * SECOND)).toBe('1:02:30');
    expect(count(1234567.4)).toBe('1,234,567');
    expect(money(17_640_000, 'USD')).toBe('17.6 million USD');
    expect(money(3400.2, 'USD')).toBe('3,400 USD');
    expect([plural(1, 'Pod'), plural(2, 'Pod'), plural(2, 'address')]).toEqual(['1 Pod', '2 Pods', '2 addresses']);
    expect(latency(Number.NaN)).toBe('–');
  });
});
