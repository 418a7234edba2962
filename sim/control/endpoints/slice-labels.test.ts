import { expect, test } from 'vitest';
import type { Service } from '../../cluster/api/service.ts';
import { labelsChanged, sliceLabels } from './slice-labels.ts';

const service = (clusterIP: string, labels: Record<string, string>) =>
  ({ metadata: { name: 'foo', labels }, spec: { clusterIP } }) as unknown as Service;
const OWN = {
  'kubernetes.io/service-name': 'foo',
  'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
};
const HEADLESS = { 'service.kubernetes.io/headless': '' };

// Upstream's TestSetEndpointSliceLabels.
test.each([
  { name: 'no labels', service: service('1.1.1.1', {}), slice: OWN, labels: OWN, write: false },
  {
    name: 'labels of the Service',
    service: service('1.1.1.1', { foo: 'bar' }),
    slice: OWN,
    labels: { ...OWN, foo: 'bar' },
    write: true,
  },
  {
    name: 'the same already',
    service: service('1.1.1.1', { foo: 'bar' }),
    slice: { ...OWN, foo: 'bar' },
    labels: { ...OWN, foo: 'bar' },
    write: false,
  },
  {
    name: 'the Service lost one',
    service: service('1.1.1.1', {}),
    slice: { ...OWN, foo: 'bar' },
    labels: OWN,
    write: true,
  },
  {
    name: 'headless',
    service: service('None', { foo: 'bar' }),
    slice: { ...OWN, ...HEADLESS, foo: 'bar' },
    labels: { ...OWN, ...HEADLESS, foo: 'bar' },
    write: false,
  },
  {
    name: 'headless no more',
    service: service('1.1.1.1', {}),
    slice: { ...OWN, ...HEADLESS },
    labels: OWN,
    write: false,
  },
  {
    name: 'a Service that poses as another',
    service: service('1.1.1.1', {
      'kubernetes.io/service-name': 'bad',
      'endpointslice.kubernetes.io/managed-by': 'actor',
    }),
    slice: OWN,
    labels: OWN,
    write: false,
  },
  {
    name: 'and claims to be headless',
    service: service('1.1.1.1', { ...HEADLESS, foo: 'bar' }),
    slice: OWN,
    labels: { ...OWN, foo: 'bar' },
    write: true,
  },
])('$name: a write $write', ({ service, slice, labels, write }) => {
  expect(sliceLabels(service)).toEqual(labels);
  expect(labelsChanged(slice, sliceLabels(service))).toBe(write);
});
