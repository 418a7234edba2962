import { describe, expect, test } from 'vitest';
import { Streams } from '../../engine/random.ts';
import type { WindowFigures } from '../arena/meters.ts';
import type { Workload } from '../workload/workload.ts';
import { holm, pairedDifference, standings } from './differences.ts';
import { recoveryOf } from './recovery.ts';

describe('paired differences', () => {
  test('of values above 0 the factor counts, whatever all have in common', () => {
    const common = [100, 1000, 10, 500];
    const { p, mean } = pairedDifference(
      common.map((x) => x * 1.1),
      common,
    );
    expect(mean).toBeCloseTo(Math.log(1.1), 12);
    expect(p).toBeLessThan(1e-9);
  });

  test('the p-value of a t test', () => {
    // t = 3 with 4 degrees of freedom: two-sided 0.03994.
    const half = Math.sqrt(0.5);
    const values = [0, 1 - 2 * half, 1 - half, 1, 1 + half, 1 + 2 * half].slice(1);
    const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - 1) ** 2, 0) / 4 / 5);
    const shifted = values.map((x) => x - 1 + 3 * spread);
    expect(pairedDifference(shifted, [0, 0, 0, 0, 0]).p).toBeCloseTo(0.03994, 4);
  });

  test('the same is no difference; too few say nothing', () => {
    expect(pairedDifference([1, 2, 3], [1, 2, 3]).p).toBe(1);
    expect(pairedDifference([1], [2]).p).toBe(1);
    expect(pairedDifference([2, 2, 2], [1, 1, 1]).p).toBe(0);
  });
});

test('Holm rejects in order, and stops at the first that holds', () => {
  expect(holm([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true]);
  expect(holm([], 0.05)).toEqual([]);
});

describe('standings', () => {
  const noise = new Streams(1).stream('noise');
  const around = (centre: number, count = 10) =>
    Array.from({ length: count }, () => centre * (1 + 0.01 * noise.uniform()));

  test('what is apart is told apart, and a rank is a range', () => {
    const found = standings([around(300), around(100), around(100), []]);
    expect(found[0]).toMatchObject({ best: 3, worst: 3 });
    expect(found[1]).toMatchObject({ best: 1, worst: 2, beats: [0] });
    expect(found[2]).toMatchObject({ best: 1, worst: 2 });
  });

  test('equal strategies are told apart in one tournament of twenty at most', () => {
    let wrong = 0;
    for (let i = 0; i < 200; i++) {
      const values = Array.from({ length: 10 }, () => around(100, 6));
      if (standings(values).some(({ beats }) => beats.length > 0)) wrong++;
    }
    // 5 % of 200 with four standard deviations.
    expect(wrong).toBeLessThan(23);
  });
});

describe('recovery', () => {
  const workload = {
    faults: [{ kind: 'slow', at: 10e9 }],
    load: { kind: 'curve', points: [[0, 1]] },
  } as unknown as Workload;
  const windows = (p99s: number[], failed: number[] = []) =>
    p99s.map((p99, i) => ({ at: (i + 1) * 1e9, p99, failed: failed[i] ?? 0 }) as WindowFigures);
  const before = new Array<number>(10).fill(100);

  test('is when three windows in a row are well again', () => {
    expect(recoveryOf(workload, windows([...before, 100, 200, 300, 120, 200, 110, 110, 110]))).toBe(5e9);
  });
  test('is 0 when it never was worse, and never when it does not come', () => {
    expect(recoveryOf(workload, windows([...before, 100, 120, 149]))).toBe(0);
    expect(recoveryOf(workload, windows([...before, 300, 300, 300]))).toBe(Number.POSITIVE_INFINITY);
  });
  test('errors count too', () => {
    expect(recoveryOf(workload, windows([...before, 100, 100, 100, 100], [...before.map(() => 0), 0.1, 0, 0, 0]))).toBe(
      1e9,
    );
  });
  test('says nothing where nothing happens', () => {
    expect(recoveryOf({ ...workload, faults: [] }, windows(before))).toBeNaN();
  });
});
