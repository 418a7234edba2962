import { expect, test } from 'vitest';
import type { Namespace } from './api/kinds.ts';
import type { Pod } from './api/pod.ts';
import { workloadOf } from './owner.ts';
import { Registry } from './registry.ts';
import { matches } from './selector.ts';
import { ObjectStore } from './store.ts';

const clock = new Float64Array([7]);
const namespaceOf = (store: ObjectStore, name: string): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: store.meta({ name }),
});
const podOf = (store: ObjectStore, name: string, owner?: string): Pod => {
  const reference = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: owner ?? '',
    uid: owner ?? '',
    controller: true,
  };
  const ownerReferences = owner === undefined ? [] : [reference];
  return { kind: 'Pod', metadata: store.meta({ name, namespace: 'x', ownerReferences }) } as unknown as Pod;
};

test('each write has a higher resourceVersion, and watchers hear of it at once, in the order of subscription', () => {
  const store = new ObjectStore(clock);
  const heard: string[] = [];
  for (const who of ['first', 'second']) {
    store.watch('Namespace', (change, { metadata }) =>
      heard.push(`${who} ${change} ${metadata.name} ${metadata.resourceVersion}`),
    );
  }
  const a = namespaceOf(store, 'a');
  store.add(a);
  store.update(a);
  store.remove(a);
  store.remove(a); // it is gone already: nothing happens
  store.add(podOf(store, 'unwatched'));
  expect(heard).toEqual(
    ['added a 1', 'modified a 2', 'deleted a 3'].flatMap((text) => [`first ${text}`, `second ${text}`]),
  );
  expect(store.resourceVersion).toBe(4);
});

test('metadata is completed: uids are unique, the creation time is now, what was given stays', () => {
  const store = new ObjectStore(clock);
  const [a, b] = [store.meta({ name: 'a' }), store.meta({ name: 'b', uid: 'mine', labels: { x: 'y' } })];
  expect(a).toMatchObject({ namespace: '', generation: 1, creationTimestamp: 7, labels: {}, resourceVersion: 0 });
  expect(b).toMatchObject({ uid: 'mine', labels: { x: 'y' } });
  expect(store.meta({ name: 'c' }).uid).not.toBe(a.uid);
});

test('one object a key; an update must be of the object that is there', () => {
  const store = new ObjectStore(clock);
  store.add(namespaceOf(store, 'a'));
  expect(() => store.add(namespaceOf(store, 'a'))).toThrow('Namespace "a" already exists');
  expect(() => store.update(namespaceOf(store, 'a'))).toThrow('Namespace "a" is not in the store');
  expect(store.get('Namespace', '', 'a')?.metadata.name).toBe('a');
  expect(store.get('Pod', '', 'a')).toBeUndefined();
});

test('list keeps the order of adding, also after removals; a walker may remove what it stands on', () => {
  const store = new ObjectStore(clock);
  const all = ['c', 'a', 'b'].map((name) => namespaceOf(store, name));
  for (const each of all) store.add(each);
  store.remove(all[1]!);
  store.add(all[1]!);
  expect([...store.list('Namespace')].map(({ metadata }) => metadata.name)).toEqual(['c', 'b', 'a']);
  for (const each of store.list('Namespace')) store.remove(each);
  expect(store.count('Namespace')).toBe(0);
});

test('a registry numbers objects for ever: a name that comes back is another object', () => {
  const store = new ObjectStore(clock);
  const pods = new Registry(store, 'Pod');
  const [first, second, third] = ['a', 'b', 'a'].map((name) => podOf(store, name));
  store.add(first!);
  store.add(second!);
  store.remove(first!);
  store.add(third!);
  expect([first, second, third].map((pod) => pods.slotOf(pod!))).toEqual([0, 1, 2]);
  expect(pods.at(0)).toBe(first);
  expect(() => pods.slotOf(podOf(store, 'b'))).toThrow('Pod "b" was never in the store');
});

test.each([
  { selector: {}, labels: { a: '1' }, match: true },
  { selector: { a: '1' }, labels: { a: '1', b: '2' }, match: true },
  { selector: { a: '1', b: '2' }, labels: { a: '1' }, match: false },
  { selector: { a: '' }, labels: {}, match: false },
])('selector $selector on $labels: $match', ({ selector, labels, match }) =>
  expect(matches(selector as Record<string, string>, labels as Record<string, string>)).toBe(match),
);

test("a Pod belongs to its ReplicaSet's Deployment; without one to the ReplicaSet; without that to itself", () => {
  const store = new ObjectStore(clock);
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', uid: 'd', controller: true };
  for (const [name, owners] of Object.entries({ 'shop-1': [owner], bare: [] })) {
    store.add({ kind: 'ReplicaSet', metadata: store.meta({ name, namespace: 'x', ownerReferences: owners }) } as never);
  }
  const workloads = ['shop-1', 'bare', 'gone', undefined].map((name) => workloadOf(store, podOf(store, 'p', name)));
  expect(workloads).toEqual(['x/shop', 'x/bare', 'x/gone', 'x/p']);
});
