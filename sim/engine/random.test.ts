import seedrandom from 'seedrandom';
import { describe, expect, test } from 'vitest';
import { keyOf, mix, uniform } from './hash.ts';
import { Streams } from './random.ts';

const count = 1 << 20;
/** Upper 99.9 % point of chi-square with many degrees of freedom (Wilson–Hilferty). */
const critical = (df: number) => df * (1 - 2 / (9 * df) + 3.0902 * Math.sqrt(2 / (9 * df))) ** 3;

function chiSquare(cells: number, cell: (i: number) => number): number {
  const counts = new Float64Array(cells);
  for (let i = 0; i < count; i++) counts[cell(i)]!++;
  return counts.reduce((sum, c) => sum + (c - count / cells) ** 2 / (count / cells), 0);
}

describe('streams', () => {
  test('the same seed and name give the same numbers, whatever else draws', () => {
    const [one, two] = [new Streams(7), new Streams(7)];
    for (let i = 0; i < 100; i++) two.stream('noise').bits();
    const take = (streams: Streams) => Array.from({ length: 10 }, () => streams.stream('arrivals').bits());
    expect(take(one)).toEqual(take(two));
    expect(take(one)).not.toEqual(take(new Streams(8)));
    expect(one.stream('a').bits()).not.toBe(one.stream('b').bits());
  });

  test('a stream is the Alea of seedrandom, number for number', () => {
    const stream = new Streams(5).stream('x');
    const alea = seedrandom.alea('5/x');
    for (let i = 0; i < 10_000; i++) {
      expect(stream.bits()).toBe(alea.int32());
      expect(stream.uniform()).toBe(alea() + 2 ** -33);
      expect(stream.below(977)).toBe(Math.floor(alea() * 977));
    }
  });

  test('draws are uniform, and so are pairs of neighbours (chi-square, false alarm 1 in 1,000)', () => {
    const stream = new Streams(1).stream('test');
    expect(chiSquare(1024, () => stream.bits() >>> 22)).toBeLessThan(critical(1023));
    expect(chiSquare(1024, () => ((stream.bits() >>> 27) << 5) | (stream.bits() >>> 27))).toBeLessThan(critical(1023));
    expect(chiSquare(1000, () => stream.below(1000))).toBeLessThan(critical(999));
  });

  test('streams with names that differ in one letter are not alike (chi-square on pairs)', () => {
    const streams = new Streams(1);
    const [a, b] = [streams.stream('pod-1'), streams.stream('pod-2')];
    expect(chiSquare(1024, () => ((a.bits() >>> 27) << 5) | (b.bits() >>> 27))).toBeLessThan(critical(1023));
  });

  test('a uniform number is never 0 or 1', () => {
    const stream = new Streams(1).stream('test');
    for (let i = 0; i < 100_000; i++) {
      const u = stream.uniform();
      expect(u > 0 && u < 1).toBe(true);
    }
  });
});

describe('the hash of a request', () => {
  const key = mix(keyOf('storefront'), 1);
  const draw = (request: number, attempt: number, purpose: number) => mix(mix(mix(key, request), attempt), purpose);
  const pairs: [string, (i: number) => [number, number]][] = [
    ['successive requests', (i) => [draw(2 * i, 0, 1), draw(2 * i + 1, 0, 1)]],
    ['two purposes', (i) => [draw(i, 0, 1), draw(i, 0, 2)]],
    ['two attempts', (i) => [draw(i, 0, 1), draw(i, 1, 1)]],
    ['attempt and purpose exchanged', (i) => [draw(i, 1, 2), draw(i, 2, 1)]],
    ['two streams', (i) => [mix(mix(keyOf('a'), i), 0), mix(mix(keyOf('b'), i), 0)]],
    ['two seeds', (i) => [mix(mix(keyOf('a'), 1), i), mix(mix(keyOf('a'), 2), i)]],
    ['requests 2^16 apart', (i) => [draw(i, 0, 1), draw(i + 65536, 0, 1)]],
    ['keys that step', (i) => [mix(i, 1), mix(i + 1, 1)]],
  ];
  const parts: [string, number][] = [
    ['high', 27],
    ['low', 0],
  ];
  describe.each(pairs)('%s', (_, pair) => {
    test.each(parts)('the %s bits are uniform and independent (chi-square, false alarm 1 in 1,000)', (_, shift) => {
      const cell = (i: number) => {
        const [x, y] = pair(i);
        return (((x >>> shift) & 31) << 5) | ((y >>> shift) & 31);
      };
      expect(chiSquare(1024, cell)).toBeLessThan(critical(1023));
    });
  });

  test('every bit of the input flips every bit of the output about half of the time', () => {
    const worst = { a: 0, b: 0 };
    for (const side of ['a', 'b'] as const) {
      for (let bit = 0; bit < 32; bit++) {
        const flips = new Float64Array(32);
        for (let i = 0; i < 4096; i++) {
          const [a, b] = [mix(i, 77), mix(i, 78)];
          const changed = mix(a, b) ^ (side === 'a' ? mix(a ^ (1 << bit), b) : mix(a, b ^ (1 << bit)));
          for (let out = 0; out < 32; out++) flips[out]! += (changed >>> out) & 1;
        }
        for (const f of flips) worst[side] = Math.max(worst[side], Math.abs(f / 4096 - 0.5));
      }
    }
    expect(worst.a).toBeLessThan(0.05); // 4096 trials: one standard deviation is 0.0078
    expect(worst.b).toBeLessThan(0.05);
  });

  test('a name has one key, and a uniform number lies within (0, 1)', () => {
    expect(keyOf('checkout')).toBe(keyOf('checkout'));
    expect(new Set(['a', 'b', 'ab', 'ba', ''].map(keyOf)).size).toBe(5);
    for (const hash of [0, -1, 2 ** 31, -(2 ** 31), 1]) expect(uniform(hash) > 0 && uniform(hash) < 1).toBe(true);
  });
});
