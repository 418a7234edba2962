import { expect, test } from 'vitest';
import { inputOf, sliceOf } from '../../../test/kubernetes-objects.ts';
import { healthCheck } from './health-check.ts';

const here = (ip: string, conditions = {}) => ({ ip, nodeName: 'test-node', conditions });

test.each([
  {
    name: 'two ports of one Pod count once',
    slices: [
      sliceOf('ns/svc', [here('10.0.0.1')]),
      sliceOf('ns/svc', [here('10.0.0.1')], { name: 'ns/b', ports: [{ name: '', protocol: 'TCP', port: 81 }] }),
    ],
    expected: { status: 200, localEndpoints: 1 },
  },
  {
    name: 'elsewhere',
    slices: [sliceOf('ns/svc', [{ ip: '10.0.0.1', nodeName: 'remote' }])],
    expected: { status: 503, localEndpoints: 0 },
  },
  {
    name: 'draining ones take traffic, but fail the check',
    slices: [sliceOf('ns/svc', [here('10.0.0.1', { ready: false, serving: true, terminating: true })])],
    expected: { status: 503, localEndpoints: 0 },
  },
  {
    name: 'another Service whose name begins alike',
    slices: [sliceOf('ns/svc-2', [here('10.0.0.1')])],
    expected: { status: 503, localEndpoints: 0 },
  },
])('$name', ({ slices, expected }) => {
  expect(healthCheck(inputOf([], slices), 'ns', 'svc')).toEqual(expected);
});
