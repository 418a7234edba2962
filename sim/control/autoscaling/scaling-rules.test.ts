import { describe, expect, test } from 'vitest';
import type { ScalingRules } from '../../cluster/api/autoscaling.ts';
import { limitRate, stabilise } from './scaling-rules.ts';

const rules = (stabilizationWindowSeconds: number, more: Partial<ScalingRules> = {}): ScalingRules => ({
  stabilizationWindowSeconds,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  ...more,
});
const recommended = (list: [replicas: number, secondsAgo: number][]) =>
  list.map(([replicas, ago]) => ({ replicas, at: -ago * 1e9 }));

// Upstream's TestNormalizeDesiredReplicas: the highest of the last five minutes holds a descent.
test.each([
  { name: 'an empty history', list: [], desired: 5, stable: 5 },
  {
    name: 'lower ones do not matter',
    list: [
      [1, 120],
      [2, 60],
    ],
    desired: 3,
    stable: 3,
  },
  {
    name: 'the highest counts',
    list: [
      [5, 120],
      [4, 60],
    ],
    desired: 3,
    stable: 5,
  },
  {
    name: 'old ones are forgotten',
    list: [
      [10, 600],
      [9, 540],
    ],
    desired: 3,
    stable: 3,
  },
  {
    name: 'old and new',
    list: [
      [10, 600],
      [4, 60],
      [5, 120],
      [9, 540],
    ],
    desired: 3,
    stable: 5,
  },
] as { name: string; list: [number, number][]; desired: number; stable: number }[])(
  '$name: $stable',
  ({ list, desired, stable }) => {
    const behavior = { scaleUp: rules(0), scaleDown: rules(300) };
    expect(stabilise(desired, 100, recommended(list), behavior, 0)).toBe(stable);
    expect(stabilise(desired, 100, recommended(list), undefined, 0)).toBe(stable);
  },
);

test('on the way up the lowest of the window counts', () => {
  const behavior = { scaleUp: rules(60), scaleDown: rules(0) };
  expect(
    stabilise(
      20,
      5,
      recommended([
        [8, 30],
        [12, 10],
        [2, 90],
      ]),
      behavior,
      0,
    ),
  ).toBe(8);
  expect(stabilise(20, 10, recommended([[8, 30]]), behavior, 0)).toBe(10);
});

describe('bounds', () => {
  const hpa = { minReplicas: 2, maxReplicas: 10, behavior: { scaleUp: rules(0), scaleDown: rules(0) } };
  test.each([
    { desired: 7, current: 5, replicas: 7, reason: 'DesiredWithinRange' },
    { desired: 30, current: 9, replicas: 10, reason: 'TooManyReplicas' },
    { desired: 30, current: 3, replicas: 6, reason: 'ScaleUpLimit' },
    { desired: 1, current: 3, replicas: 2, reason: 'TooFewReplicas' },
  ])('$desired asked for at $current: $replicas, $reason', ({ desired, current, replicas, reason }) => {
    expect(limitRate(desired, current, hpa, [], [], 0)).toEqual({ replicas, reason });
  });

  test('a direction that is disabled does not move', () => {
    const behavior = {
      scaleUp: rules(0, { selectPolicy: 'Disabled' }),
      scaleDown: rules(0, { selectPolicy: 'Disabled' }),
    };
    expect(limitRate(9, 5, { ...hpa, behavior }, [], [], 0)).toEqual({ replicas: 5, reason: 'ScaleUpLimit' });
    expect(limitRate(3, 5, { ...hpa, behavior }, [], [], 0)).toEqual({ replicas: 5, reason: 'ScaleDownLimit' });
  });

  test('with minReplicas 0 none is within range', () => {
    expect(limitRate(0, 1, { ...hpa, minReplicas: 0 }, [], [], 0)).toEqual({
      replicas: 0,
      reason: 'DesiredWithinRange',
    });
  });
});

// Upstream's TestConvertDesiredReplicasWithRules, and one more where the floor of four decides.
describe('an autoscaler without a behavior', () => {
  test.each([
    { desired: 7, current: 5, min: 3, max: 8, replicas: 7, reason: 'DesiredWithinRange' },
    { desired: 1, current: 3, min: 2, max: 10, replicas: 2, reason: 'TooFewReplicas' },
    { desired: 1000, current: 20, min: 1, max: 10, replicas: 10, reason: 'TooManyReplicas' },
    { desired: 1000, current: 3, min: 1, max: 2000, replicas: 6, reason: 'ScaleUpLimit' },
    { desired: 10, current: 1, min: 1, max: 20, replicas: 4, reason: 'ScaleUpLimit' },
    { desired: 1, current: 1000, min: 1, max: 2000, replicas: 1, reason: 'DesiredWithinRange' },
  ])(
    'may go from $current to $replicas when $desired are asked for: $reason',
    ({ desired, current, min, max, replicas, reason }) => {
      const bounds = { minReplicas: min, maxReplicas: max };
      expect(limitRate(desired, current, bounds, [], [], 0)).toEqual({ replicas, reason });
    },
  );

  test('returns to what was asked for lately, be it more than there are', () => {
    expect(stabilise(2, 3, recommended([[10, 60]]), undefined, 0)).toBe(10);
  });
});
