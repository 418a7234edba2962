import { describe, expect, test } from 'vitest';
import { extentOf, extentOfMost, linearAxis, logAxis, numberTick, shareTick, timeTick } from './scales.ts';

describe('axes', () => {
  test('logarithms: powers of ten first, others where there is room, and what is outside lies at the edge', () => {
    const { ticks, of } = logAxis([1e6, 1e9], [0, 300], timeTick, 40);
    expect(ticks.map(timeTick)).toEqual(['1 ms', '3 ms', '10 ms', '30 ms', '100 ms', '300 ms', '1 s']);
    expect(of(1e6)).toBeCloseTo(0);
    expect(of(1e12)).toBeCloseTo(300);
    expect(of(1)).toBeCloseTo(0);
  });

  test('over many powers of ten there are those alone; over a part of one there are some between', () => {
    expect(logAxis([1e-5, 1], [200, 0], shareTick).ticks.map(shareTick)).toEqual([
      '0.001 %',
      '0.01 %',
      '0.1 %',
      '1 %',
      '10 %',
      '100 %',
    ]);
    expect(logAxis([1, 4.9], [0, 300], numberTick).ticks).toEqual([1, 1.5, 2, 3]);
  });

  test('one value alone has an axis too', () => {
    expect(logAxis([5, 5], [0, 100], numberTick).of(5)).toBe(0);
    expect(linearAxis([2, 2], [0, 100], numberTick).of(2)).toBe(0);
  });

  test('of most: one that goes far beyond the middle does not count, unless it is spoken of', () => {
    const lines = Array.from({ length: 20 }, (_, i) => ({ name: `s${i}`, values: [1, i === 7 ? 1000 : 2 + i / 10] }));
    expect(extentOf(lines.flatMap(({ values }) => values))).toEqual([1, 1000]);
    expect(extentOfMost(lines, new Set())![1]).toBeLessThan(4);
    expect(extentOfMost(lines, new Set(['s7']))).toEqual([1, 1000]);
    expect(extentOfMost([], new Set())).toBe(null);
  });
});
