import { expect, test } from 'vitest';
import { rolloutBounds } from './rolling-update.ts';

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
