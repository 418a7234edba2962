import { describe, expect, test } from 'vitest';
import type { Endpoint, EndpointSlice } from '../../cluster/api/endpoint-slice.ts';
import type { Service } from '../../cluster/api/service.ts';
import { legacyEndpoints } from './legacy-endpoints.ts';

const meta = { name: 'web', namespace: 'x', uid: 'u', resourceVersion: 1, generation: 1, creationTimestamp: 0 };
const managed = {
  'kubernetes.io/service-name': 'web',
  'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
};

function service(spec: object = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...meta, labels: { team: 'a' }, annotations: {} },
    spec: { selector: { app: 'web' }, ipFamilies: ['IPv4'], clusterIP: '10.0.0.1', ...spec },
    status: { loadBalancer: {} },
  } as unknown as Service;
}

function slice(endpoints: Endpoint[], ports: EndpointSlice['ports'], more: object = {}): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...meta, labels: managed, annotations: {} },
    addressType: 'IPv4',
    endpoints,
    ports,
    ...more,
  } as EndpointSlice;
}

const http = [{ name: 'http', port: 8080, protocol: 'TCP' as const }];
const ready = (ip: string): Endpoint => ({ addresses: [ip], conditions: { ready: true, serving: true } });
const notReady = (ip: string): Endpoint => ({ addresses: [ip], conditions: { ready: false, serving: false } });
const going = (ip: string): Endpoint => ({
  addresses: [ip],
  conditions: { ready: false, serving: true, terminating: true },
});

describe('the Endpoints of a Service', () => {
  test.each([
    {
      name: 'one subset for each set of ports, addresses in their order as numbers',
      slices: [
        slice([ready('10.0.0.10'), ready('10.0.0.9')], http),
        slice([ready('10.0.0.1')], [{ ...http[0]!, port: 9090 }]),
        slice([ready('10.0.0.2')], http),
      ],
      subsets: [
        { addresses: ['10.0.0.2', '10.0.0.9', '10.0.0.10'], notReady: [], ports: [8080] },
        { addresses: ['10.0.0.1'], notReady: [], ports: [9090] },
      ],
    },
    {
      name: 'what is not ready stands apart; what terminates is not there',
      slices: [slice([ready('10.0.0.1'), notReady('10.0.0.2'), going('10.0.0.3')], http)],
      subsets: [{ addresses: ['10.0.0.1'], notReady: ['10.0.0.2'], ports: [8080] }],
    },
    { name: 'no endpoints, no subset', slices: [slice([], [])], subsets: [] },
    { name: 'Pods that none of the Service’s ports leads to', slices: [slice([ready('10.0.0.1')], [])], subsets: [] },
    {
      name: 'the other family and slices of others do not count',
      slices: [
        slice([ready('10.0.0.1')], http),
        slice([ready('fd00::1')], http, { addressType: 'IPv6' }),
        slice([ready('10.0.0.5')], http, { metadata: { ...meta, labels: {}, annotations: {} } }),
      ],
      subsets: [{ addresses: ['10.0.0.1'], notReady: [], ports: [8080] }],
    },
  ])('$name', ({ slices, subsets }) => {
    const made = legacyEndpoints(service({ ports: [{ port: 80 }] }), slices)!.subsets.map((subset) => ({
      addresses: (subset.addresses ?? []).map(({ ip }) => ip),
      notReady: (subset.notReadyAddresses ?? []).map(({ ip }) => ip),
      ports: (subset.ports ?? []).map(({ port }) => port),
    }));
    expect(made).toEqual(subsets);
  });

  test.each([
    ['no selector', { selector: {} }, [slice([], [])]],
    ['no slice of the controller', {}, []],
    ['ExternalName', { type: 'ExternalName' }, [slice([], [])]],
  ])('there are none with %s', (_, spec, slices) => expect(legacyEndpoints(service(spec), slices)).toBeUndefined());

  test.each([
    { readyCount: 900, notReadyCount: 100, kept: [900, 100], truncated: false },
    { readyCount: 900, notReadyCount: 101, kept: [900, 100], truncated: true },
    { readyCount: 1200, notReadyCount: 50, kept: [1000, 0], truncated: true },
  ])('$readyCount ready and $notReadyCount not ready: $kept', ({ readyCount, notReadyCount, kept, truncated }) => {
    const ips = (count: number, block: number) =>
      Array.from({ length: count }, (_, i) => `10.${block}.${i >> 8}.${i & 255}`);
    const endpoints = [...ips(readyCount, 0).map(ready), ...ips(notReadyCount, 1).map(notReady)];
    const { subsets, metadata } = legacyEndpoints(service(), [slice(endpoints, http)])!;
    expect([subsets[0]!.addresses?.length ?? 0, subsets[0]!.notReadyAddresses?.length ?? 0]).toEqual(kept);
    expect(metadata.annotations).toEqual(truncated ? { 'endpoints.kubernetes.io/over-capacity': 'truncated' } : {});
  });

  test('its labels are those of the Service; a headless one is marked', () => {
    expect(legacyEndpoints(service({ clusterIP: 'None' }), [slice([], [])])!.metadata.labels).toEqual({
      team: 'a',
      'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
      'service.kubernetes.io/headless': '',
    });
  });
});
