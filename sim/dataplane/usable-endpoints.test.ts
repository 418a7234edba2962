import { expect, test } from 'vitest';
import type { Endpoint } from '../cluster/api/endpoint-slice.ts';
import { usableClusterEndpoints } from './usable-endpoints.ts';

const endpoint = (ready: boolean, serving: boolean, terminating: boolean): Endpoint => ({
  addresses: ['10.0.0.1'],
  conditions: { ready, serving, terminating },
});
const R = endpoint(true, true, false);
const D = endpoint(false, true, true);
const X = endpoint(false, false, true);
const N = endpoint(false, false, false);

test.each([
  { name: 'ready endpoints win over draining ones', endpoints: [D, R, X, R], usable: [1, 3] },
  { name: 'with none ready, draining endpoints still take traffic', endpoints: [X, D, N], usable: [1] },
  {
    name: 'serving without terminating (hand-made) is never used',
    endpoints: [endpoint(false, true, false)],
    usable: [],
  },
  { name: 'none', endpoints: [], usable: [] },
])('$name', ({ endpoints, usable }) => expect(usableClusterEndpoints(endpoints)).toEqual(usable));
