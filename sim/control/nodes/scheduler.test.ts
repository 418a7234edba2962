import { expect, test } from 'vitest';
import type { Node, Taint } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { ClusterIndex } from '../../cluster/cluster-index.ts';
import { unschedulableReason } from '../../cluster/pod-state.ts';
import { ObjectStore } from '../../cluster/store.ts';
import { Engine } from '../../engine/engine.ts';
import type { ClusterSettings } from '../../input/scenario.ts';
import { Disturbances } from '../disturbances.ts';
import { NodeCapacity } from './node-capacity.ts';
import { Scheduler } from './scheduler.ts';

function cluster() {
  const engine = new Engine();
  const store = new ObjectStore(engine.clock);
  const events: string[] = [];
  const settings = { kubelet: { schedule: 100e6 } } as ClusterSettings;
  const record = (_: string, object: { metadata: { name: string } }, reason: string, message: string) =>
    void events.push(`${object.metadata.name} ${reason}: ${message}`);
  const index = new ClusterIndex(store);
  new Scheduler(
    { engine, store, index, settings, settling: false, disturbances: new Disturbances(), record },
    new NodeCapacity(store),
  );
  engine.run(1e9);
  const node = (name: string, more: { cpu?: number; pods?: number; zone?: string; taints?: Taint[] } = {}): Node => {
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: store.meta({ name, labels: { 'topology.kubernetes.io/zone': more.zone ?? 'a', disk: name } }),
      spec: { podCIDR: '', unschedulable: false, taints: more.taints ?? [] },
      status: {
        allocatable: { cpu: `${more.cpu ?? 4000}m`, memory: '8Gi', pods: more.pods ?? 110 },
        conditions: [{ type: 'Ready', status: 'True' }],
        addresses: [],
      },
    };
    store.add(node);
    return node;
  };
  const pod = (name: string, more: { cpu?: number; memory?: string; selector?: Record<string, string> } = {}): Pod => {
    const requests = { cpu: `${more.cpu ?? 1000}m`, memory: more.memory ?? '1Gi' };
    const pod = {
      kind: 'Pod',
      metadata: store.meta({
        name,
        namespace: 'x',
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'rs', controller: true }],
      }),
      spec: { containers: [{ resources: { requests } }], nodeSelector: more.selector ?? {} },
      status: { phase: 'Pending', conditions: [] },
    } as unknown as Pod;
    store.add(pod);
    return pod;
  };
  const settle = () => engine.run(engine.clock[0]! + 1e9);
  return { engine, store, events, node, pod, settle };
}

test('why a Pod fits nowhere, in the words of the scheduler: counts and reasons, sorted', () => {
  const { store, events, node, pod, settle } = cluster();
  node('small', { cpu: 500 });
  node('tiny', { cpu: 100 });
  node('full', { pods: 0 });
  node('tainted', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] });
  const off = node('off');
  off.spec.unschedulable = true;
  store.update(off);
  const p = pod('p');
  settle();
  expect(unschedulableReason(p)).toBe(
    '0/5 nodes are available: 1 Too many pods, 1 node(s) had untolerated taint {gpu: yes}, 1 node(s) were unschedulable, 2 Insufficient cpu.',
  );
  expect(events).toEqual([`p FailedScheduling: ${unschedulableReason(p)}`]);
  settle();
  expect(events.length).toBe(1);
});

test('a waiting Pod is bound when room appears: a new node, an uncordoned one, a Pod that is gone', () => {
  const { store, node, pod, settle } = cluster();
  const first = pod('first', { cpu: 3000 });
  settle();
  expect(first.spec.nodeName).toBeUndefined();
  const a = node('a');
  settle();
  expect([first.spec.nodeName, unschedulableReason(first)]).toEqual(['a', undefined]);
  const second = pod('second', { cpu: 3000 });
  settle();
  expect(unschedulableReason(second)).toBe('0/1 nodes are available: 1 Insufficient cpu.');
  first.metadata.deletionTimestamp = 0; // terminating Pods hold their room until they are gone
  store.update(first);
  settle();
  expect(second.spec.nodeName).toBeUndefined();
  a.spec.unschedulable = true;
  store.update(a);
  store.remove(first);
  settle();
  expect(unschedulableReason(second)).toBe('0/1 nodes are available: 1 node(s) were unschedulable.');
  a.spec.unschedulable = false;
  store.update(a);
  settle();
  expect(second.spec.nodeName).toBe('a');
});

test('selectors and soft taints', () => {
  const { node, pod, settle } = cluster();
  node('a', { taints: [{ key: 'soft', value: '', effect: 'PreferNoSchedule' }] });
  node('b');
  const chosen = pod('chosen', { selector: { disk: 'a' } });
  const nowhere = pod('nowhere', { selector: { disk: 'c' } });
  settle();
  expect(chosen.spec.nodeName).toBe('a');
  expect(unschedulableReason(nowhere)).toBe(
    "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
  );
});

test('Pods of one owner spread over nodes and zones, and never above what a node has', () => {
  const { node, pod, settle, store } = cluster();
  for (const [name, zone] of ['a0:a', 'a1:a', 'b0:b', 'b1:b'].map((text) => text.split(':')))
    node(name!, { zone: zone! });
  for (let i = 0; i < 20; i++) pod(`p${i}`, { cpu: 900 });
  settle();
  const perNode = new Map<string | undefined, number>();
  for (const { spec } of store.list('Pod')) perNode.set(spec.nodeName, (perNode.get(spec.nodeName) ?? 0) + 1);
  expect(perNode).toEqual(
    new Map([
      ['a0', 4],
      ['a1', 4],
      ['b0', 4],
      ['b1', 4],
      [undefined, 4],
    ]),
  );
});
