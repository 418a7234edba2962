import { expect, test } from 'vitest';
import type { Endpoint, EndpointSlice } from '../cluster/api/endpoint-slice.ts';
import type { Service } from '../cluster/api/service.ts';
import { Registry } from '../cluster/registry.ts';
import { ObjectStore } from '../cluster/store.ts';
import { mix } from '../engine/hash.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import { DataPlane } from './data-plane.ts';

const SETTINGS = {
  watchDelay: 100,
  dataPlane: { minSyncPeriod: 0, syncTime: 10, syncTimePerService: 0 },
} as ClusterSettings;

function world() {
  const clock = new Float64Array(1);
  const store = new ObjectStore(clock);
  const services = new Registry(store, 'Service');
  store.add({ kind: 'Service', metadata: store.meta({ name: 'web', namespace: 'x' }), spec: {} } as Service);
  const dataPlane = new DataPlane(store, services, clock, SETTINGS, 1);
  const slice = (name: string, endpoints: Endpoint[]): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: store.meta({ name, namespace: 'x', labels: { 'kubernetes.io/service-name': 'web' } }),
    addressType: 'IPv4',
    ports: [],
    endpoints,
  });
  return { clock, store, dataPlane, slice };
}

const endpoint = (address: string, state = 'ready'): Endpoint => ({
  addresses: [address],
  conditions: { ready: state === 'ready', serving: state !== 'gone', terminating: state !== 'ready' },
});

test('each endpoint has its share of connections', () => {
  const { dataPlane, slice, store } = world();
  store.add(
    slice(
      'a',
      [1, 2, 3].map((i) => endpoint(`10.0.0.${i}`)),
    ),
  );
  store.add(
    slice(
      'b',
      [4, 5, 6, 7].map((i) => endpoint(`10.0.0.${i}`)),
    ),
  );
  const counts = new Map<number, number>();
  const draws = 1e5;
  for (let i = 0; i < draws; i++) {
    const address = dataPlane.pick(3, 0, mix(i, 99));
    counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  expect(counts.size).toBe(7);
  const expected = draws / 7;
  const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  expect(chiSquare).toBeLessThan(22.5); // six degrees of freedom: above that in one of a thousand
});

test('the order of the rules is that of `address:port` as text, over all slices', () => {
  const { dataPlane, slice, store } = world();
  store.add(slice('a', [endpoint('10.2.2.2'), endpoint('10.2.2.22')]));
  store.add(slice('b', [endpoint('10.2.10.3')]));
  const { addresses } = dataPlane;
  const rules = Array.from(dataPlane.published(0), (index) => addresses.ip(index) & 0xffff);
  expect(rules).toEqual([0x0a03, 0x0216, 0x0202]);
});

test('a node rejects where it has no endpoint; draining ones are the last resort; each node at its own time', () => {
  const { clock, dataPlane, slice, store } = world();
  expect(dataPlane.pick(0, 0, 1)).toBe(-1);
  const only = slice('a', [endpoint('10.0.0.1', 'draining'), endpoint('10.0.0.2', 'gone')]);
  store.add(only);
  const draining = dataPlane.addresses.indexOf(0x0a000001);
  expect(dataPlane.pick(0, 0, 1)).toBe(draining);
  clock[0] = 1000;
  only.endpoints = [];
  store.update(only);
  expect([...dataPlane.published(0)]).toEqual([]);
  const left = (at: number) => {
    clock[0] = at;
    return Array.from({ length: 50 }, (_, node) => dataPlane.pick(node, 0, 1)).filter((pick) => pick === draining)
      .length;
  };
  expect(left(1059)).toBe(50); // half the watch delay and a sync
  expect(left(1110)).toBeGreaterThan(5);
  expect(left(1110)).toBeLessThan(45);
  expect(left(1160)).toBe(0);
});

test('DNS of a headless Service lags by the watch delay', () => {
  const { clock, dataPlane, slice, store } = world();
  clock[0] = 1000;
  store.add(slice('a', [endpoint('10.0.0.1')]));
  clock[0] = 1099;
  expect(dataPlane.headlessAnswer(0).length).toBe(0);
  clock[0] = 1100;
  expect(dataPlane.headlessAnswer(0).length).toBe(1);
});
