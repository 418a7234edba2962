import { expect, test } from 'vitest';
import { serviceOf } from '../../test/kubernetes-objects.ts';
import type { Service } from '../cluster/api/service.ts';
import { ClusterIndex } from '../cluster/cluster-index.ts';
import { ObjectStore } from '../cluster/store.ts';
import { Engine } from '../engine/engine.ts';
import type { ClusterSettings, LoadBalancerSettings } from '../input/scenario.ts';
import type { ControlContext } from './context.ts';
import { Disturbances } from './disturbances.ts';
import { LoadBalancers } from './load-balancers.ts';

function world(settings: Partial<LoadBalancerSettings> = {}) {
  const engine = new Engine();
  const store = new ObjectStore(engine.clock);
  const told: string[] = [];
  const context: ControlContext = {
    engine,
    store,
    index: new ClusterIndex(store),
    settings: {} as ClusterSettings,
    settling: false,
    disturbances: new Disturbances(),
    record: (severity, object, reason) => told.push(`${severity} ${object.metadata.name} ${reason}`),
  };
  const defaults: LoadBalancerSettings = {
    provider: 'cloud',
    provisioning: 30,
    addresses: '203.0.113.0/29',
    healthCheck: 0,
  };
  new LoadBalancers(context, { ...defaults, ...settings });
  const add = (name: string, more: Partial<Service['spec']> = {}) => {
    const service = serviceOf(`x/${name}`, { type: 'LoadBalancer', ...more } as never);
    store.add(service);
    return service;
  };
  return { engine, store, told, add };
}

const ipOf = ({ status }: Service) => status.loadBalancer.ingress?.[0]?.ip;

test('a cloud takes its time, and says so', () => {
  const { engine, told, add } = world();
  const service = add('web');
  engine.run(29);
  expect(ipOf(service)).toBeUndefined();
  engine.run(30);
  expect(ipOf(service)).toBe('203.0.113.1');
  expect(told).toEqual(['info web EnsuringLoadBalancer', 'info web EnsuredLoadBalancer']);
});

test('addresses are given out once, as asked for, and again when they are free', () => {
  const { engine, store, told, add } = world({ provider: 'metallb' });
  const first = add('a');
  const second = add('b', { loadBalancerIP: '203.0.113.5' });
  const twin = add('c', { loadBalancerIP: '203.0.113.5' });
  engine.run(30);
  expect([first, second, twin].map(ipOf)).toEqual(['203.0.113.1', '203.0.113.5', undefined]);
  expect(told.at(-1)).toBe('warning c AllocationFailed');
  store.remove(first);
  const next = add('d');
  engine.run(60);
  expect(ipOf(next)).toBe('203.0.113.1');
});

test('an empty pool', () => {
  const { engine, told, add } = world({ addresses: '203.0.113.0/30' });
  const services = ['a', 'b', 'c'].map((name) => add(name));
  engine.run(30);
  expect(services.map(ipOf)).toEqual(['203.0.113.1', '203.0.113.2', undefined]);
  expect(told.at(-1)).toBe('warning c SyncLoadBalancerFailed');
});

test('without a controller the address stays pending, and an event says why', () => {
  const { engine, told, add } = world({ provider: 'none' });
  const service = add('web');
  engine.run(100);
  expect(ipOf(service)).toBeUndefined();
  expect(told).toEqual(['warning web LoadBalancerPending']);
});

test('a Service that becomes a ClusterIP gives its address back', () => {
  const { engine, store, add } = world();
  const service = add('web');
  engine.run(30);
  service.spec.type = 'ClusterIP';
  store.update(service);
  engine.run(60);
  expect(ipOf(service)).toBeUndefined();
  expect(ipOf(add('other'))).toBeUndefined();
});
