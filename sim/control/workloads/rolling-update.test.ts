import { describe, expect, test } from 'vitest';
import {
  isComplete,
  mostUnavailable,
  newSetSize,
  removeUnhealthy,
  rolloutBounds,
  rolloutPass,
  scaleDownOld,
} from './rolling-update.ts';

// Of upstream's TestResolveFenceposts and the default 25 % of small Deployments.
test.each([
  { surge: '25%', unavailable: '25%', replicas: 1, bounds: [1, 0] },
  { surge: '25%', unavailable: '25%', replicas: 3, bounds: [1, 0] },
  { surge: '25%', unavailable: '25%', replicas: 5, bounds: [2, 1] },
  { surge: '25%', unavailable: '25%', replicas: 7, bounds: [2, 1] },
  { surge: '25%', unavailable: '25%', replicas: 8, bounds: [2, 2] },
  { surge: '39%', unavailable: '39%', replicas: 10, bounds: [4, 3] },
  { surge: '0%', unavailable: '0%', replicas: 0, bounds: [0, 1] },
  { surge: 0, unavailable: 0, replicas: 10, bounds: [0, 1] },
  { surge: 0, unavailable: '100%', replicas: 4, bounds: [0, 4] },
  { surge: '100%', unavailable: 0, replicas: 4, bounds: [4, 0] },
  { surge: 3, unavailable: 2, replicas: 10, bounds: [3, 2] },
])(
  '$replicas replicas, surge $surge, unavailable $unavailable: $bounds',
  ({ surge, unavailable, replicas, bounds }) => {
    const { maxSurge, maxUnavailable } = rolloutBounds(surge, unavailable, replicas);
    expect([maxSurge, maxUnavailable]).toEqual(bounds);
  },
);

test.each([
  { surge: 1, unavailable: 5, replicas: 10, most: 5 },
  { surge: 1, unavailable: 10, replicas: 10, most: 10 },
  { surge: 1, unavailable: 10, replicas: 5, most: 5 },
  { surge: 1, unavailable: 10, replicas: 0, most: 0 },
  { surge: 1, unavailable: '50%', replicas: 10, most: 5 },
  { surge: 1, unavailable: '100%', replicas: 5, most: 5 },
])('of $replicas at most $most may be unavailable where $unavailable may', ({ surge, unavailable, replicas, most }) =>
  expect(mostUnavailable(rolloutBounds(surge, unavailable, replicas), replicas)).toBe(most),
);

test.each([
  { desired: 1, maxSurge: 1, current: 5, total: 5, size: 5 },
  { desired: 6, maxSurge: 10, current: 2, total: 5, size: 6 },
  { desired: 10, maxSurge: 0, current: 0, total: 10, size: 0 },
  { desired: 10, maxSurge: 2, current: 0, total: 10, size: 2 },
  { desired: 10, maxSurge: 2, current: 0, total: 5, size: 7 },
  { desired: 10, maxSurge: 2, current: 2, total: 12, size: 2 },
])('a new set of $current, of $total in all, becomes $size', ({ desired, maxSurge, current, total, size }) =>
  expect(newSetSize(desired, { maxSurge, maxUnavailable: 0 }, current, total)).toBe(size),
);

describe('old sets', () => {
  test.each([
    { old: [10, 10], made: [0, 0], left: 8 },
    { old: [10, 8], made: [0, 0], left: 8 },
    { old: [8, 8], made: [2, 0], left: 8 },
  ])('of 10 wanted, 2 may be missing: old $old and new $made leave $left', ({ old, made, left }) => {
    const set = { replicas: old[0]!, available: old[1]! };
    rolloutPass(10, { maxSurge: 0, maxUnavailable: 2 }, { replicas: made[0]!, available: made[1]! }, [set]);
    expect(set.replicas).toBe(left);
  });

  test.each([
    { available: 10, replicas: 10, least: 9, left: 9 },
    { available: 8, replicas: 10, least: 8, left: 10 },
    { available: 10, replicas: 0, least: 8, left: 0 },
    { available: 1, replicas: 10, least: 8, left: 10 },
  ])(
    'with $available available where $least must be, $replicas become $left',
    ({ available, replicas, least, left }) => {
      const old = { replicas, available };
      scaleDownOld(least, { replicas: 0, available: 0 }, [old]);
      expect(old.replicas).toBe(left);
    },
  );

  test.each([
    { available: 8, most: 1, cleaned: 1 },
    { available: 8, most: 5, cleaned: 2 },
    { available: 10, most: 3, cleaned: 0 },
  ])('of 10 with $available available and $most to remove, $cleaned go', ({ available, most, cleaned }) =>
    expect(removeUnhealthy([{ replicas: 10, available }], most)).toBe(cleaned),
  );
});

test.each([
  { desired: 5, status: [5, 5, 4], complete: false },
  { desired: 5, status: [5, 5, 5], complete: true },
  { desired: 5, status: [5, 4, 5], complete: false },
  { desired: 1, status: [2, 1, 1], complete: false },
])('$status of $desired: complete $complete', ({ desired, status, complete }) => {
  const [replicas, updatedReplicas, availableReplicas] = status as [number, number, number];
  expect(isComplete(desired, { replicas, updatedReplicas, availableReplicas })).toBe(complete);
});
