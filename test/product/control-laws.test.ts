import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { selects } from '../../sim/cluster/cluster-index.ts';
import { controllerOf } from '../../sim/cluster/owner.ts';
import { isActive, isPodReady, isTerminal } from '../../sim/cluster/pod-state.ts';
import { rolloutBounds } from '../../sim/control/workloads/rolling-update.ts';
import { controlWorld } from './control-world.ts';

const SEED = { seed: Number(process.env.SVCLAB_SEED ?? 1) };

interface Shape {
  image?: number;
  replicas?: number;
  surge?: number | string;
  unavailable?: number | string;
}
const deployment = (name: string, { image = 1, replicas = 3, surge = '25%', unavailable = '25%' }: Shape = {}) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  strategy: {rollingUpdate: {maxSurge: ${surge}, maxUnavailable: ${unavailable}}}
  template:
    metadata: {labels: {app: ${name}, tier: web}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
      - name: c
        image: example/${name}:${image}
        ports: [{containerPort: 8080, name: http}]
        readinessProbe: {tcpSocket: {port: http}, periodSeconds: 2, failureThreshold: 1, initialDelaySeconds: 1}
---
`;
const service = (name: string, selector: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: ${selector}, ports: [{port: 80, targetPort: http}]}
---
`;

type World = ReturnType<typeof controlWorld>;

/** What must hold at every instant, whatever happens. */
function checkInvariants({ store, livePods }: World): void {
  const holders = new Map<string, string>();
  for (const { metadata, status, spec } of livePods()) {
    for (const { ip } of spec.hostNetwork ? [] : (status.podIPs ?? [])) {
      expect(holders.get(ip), `${ip} is held twice`).toBeUndefined();
      holders.set(ip, metadata.name);
    }
  }
  for (const set of store.list('ReplicaSet')) {
    expect(set.status.readyReplicas).toBeLessThanOrEqual(set.status.replicas);
    expect(set.status.availableReplicas).toBeLessThanOrEqual(set.status.readyReplicas);
  }
}

/** What must hold when nothing has been changed for a while: the world is what its objects ask for. */
function checkSettled(world: World): void {
  const { store, containers, livePods } = world;
  for (const { metadata, spec } of store.list('Deployment')) {
    const own = livePods().filter((pod) => pod.metadata.labels.app === metadata.name && isActive(pod));
    expect(own.length, metadata.name).toBe(spec.replicas);
    const image = spec.template.spec.containers[0]!.image;
    const sick = own.some((pod) => containers.sick.has(pod.metadata.name));
    if (!sick) expect(own.every((pod) => pod.spec.containers[0]!.image === image)).toBe(true);
  }
  for (const service of store.list('Service')) {
    const published = [...store.list('EndpointSlice')]
      .filter(({ metadata }) => metadata.labels['kubernetes.io/service-name'] === service.metadata.name)
      .flatMap(({ endpoints }) => endpoints);
    for (const { targetRef } of published) {
      const pod = store.get('Pod', targetRef!.namespace!, targetRef!.name!);
      expect(pod !== undefined && selects(service, pod), `${service.metadata.name} → ${targetRef!.name}`).toBe(true);
    }
    const chosen = livePods().filter((pod) => selects(service, pod) && pod.status.podIP && !isTerminal(pod));
    expect(published.length).toBe(chosen.length);
    const ready = published.filter(({ conditions }) => conditions.ready).length;
    expect(ready).toBe(chosen.filter((pod) => isPodReady(pod) && isActive(pod)).length);
  }
}

const names = ['web', 'api'];
const shape = fc.record({
  image: fc.integer({ min: 1, max: 3 }),
  replicas: fc.nat(8),
  surge: fc.constantFrom<number | string>(1, 2, '25%', '100%'),
  unavailable: fc.constantFrom<number | string>(0, 1, '50%'),
});
const step = fc.oneof(
  fc.record({ do: fc.constant('apply' as const), name: fc.constantFrom(...names), shape }),
  fc.record({
    do: fc.constant('select' as const),
    name: fc.constantFrom(...names),
    selector: fc.constantFrom('{app: web}', '{app: api}', '{tier: web}', '{app: web, tier: web}'),
  }),
  fc.record({ do: fc.constant('deletePod' as const), which: fc.nat(50) }),
  fc.record({ do: fc.constant('sicken' as const), which: fc.nat(50) }),
  fc.record({ do: fc.constant('heal' as const) }),
  fc.record({ do: fc.constant('relabel' as const), which: fc.nat(50) }),
  fc.record({ do: fc.constant('drain' as const), node: fc.nat(5) }),
  fc.record({ do: fc.constant('fail' as const), node: fc.nat(5), seconds: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ do: fc.constant('deleteService' as const), name: fc.constantFrom(...names) }),
  fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
);

test('whatever is edited and fails, the laws hold at every second, and in the end the world is what was asked for', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
      const world = controlWorld(names.map((name) => deployment(name) + service(name, `{app: ${name}}`)).join(''));
      const { store, control, containers, wait, apply, livePods } = world;
      const causes = new Set<string>();
      const wasReady = new Map<string, boolean>();
      store.watch('Pod', (change, pod) => {
        const { uid, name, deletionTimestamp } = pod.metadata;
        const ready = isPodReady(pod);
        if (change !== 'deleted' && wasReady.get(uid) && !ready && deletionTimestamp === undefined)
          causes.add(`${store.now} ${name} ${pod.spec.nodeName}`);
        wasReady.set(uid, ready);
      });
      const podAt = (which: number) => livePods()[which % Math.max(1, livePods().length)];
      const drained = new Set<string>();
      for (const action of steps) {
        if (action.do === 'apply') apply(deployment(action.name, action.shape));
        else if (action.do === 'select') apply(service(action.name, action.selector));
        else if (action.do === 'deleteService') control.api.delete('Service', 'shop', action.name);
        else if (action.do === 'deletePod') {
          const pod = podAt(action.which);
          if (pod) control.api.delete('Pod', 'shop', pod.metadata.name);
        } else if (action.do === 'sicken') {
          const pod = podAt(action.which);
          if (pod) containers.sick.add(pod.metadata.name);
        } else if (action.do === 'heal') containers.sick.clear();
        else if (action.do === 'relabel') {
          const pod = podAt(action.which);
          if (pod) {
            pod.metadata.labels = { ...pod.metadata.labels, tier: 'other' };
            store.update(pod);
          }
        } else if (action.do === 'drain' && drained.size < 3) {
          const name = `node-${action.node}`;
          drained.add(name);
          control.drainer.drain(store.get('Node', '', name)!, 'test');
        } else if (action.do === 'fail') {
          control.failures.fail(store.get('Node', '', `node-${action.node}`)!, action.seconds * 1e9);
        }
        const seconds = action.do === 'wait' ? action.seconds : 1;
        for (let i = 0; i < seconds; i++) {
          wait(1);
          checkInvariants(world);
        }
      }
      containers.sick.clear();
      wait(1200); // longer than any failure, grace, toleration and back-off together
      checkInvariants(world);
      checkSettled(world);
      // A Pod that lost its readiness did so for a reason that the events tell, of the Pod or of its node.
      const told = new Set(world.events.map(({ at, object }) => `${at} ${object.split(/[ /]/).at(-1)}`));
      for (const cause of causes) {
        const [at, pod, node] = cause.split(' ');
        expect(told.has(`${at} ${pod}`) || told.has(`${at} ${node}`), `nobody says why ${pod} is not ready`).toBe(true);
      }
    }),
    { numRuns: 60, ...SEED },
  );
});

test('a rollout never has fewer ready, nor more Pods in all, than its strategy allows', () => {
  fc.assert(
    fc.property(shape, fc.integer({ min: 1, max: 9 }), ({ surge, unavailable }, replicas) => {
      const bounds = rolloutBounds(surge, unavailable, replicas);
      const world = controlWorld(deployment('web', { replicas, surge, unavailable }));
      world.apply(deployment('web', { image: 2, replicas, surge, unavailable }));
      for (let i = 0; i < 600; i++) {
        world.wait(0.1);
        const active = world.livePods().filter(isActive);
        expect(active.filter(isPodReady).length).toBeGreaterThanOrEqual(
          replicas - Math.min(replicas, bounds.maxUnavailable),
        );
        expect(active.length).toBeLessThanOrEqual(replicas + bounds.maxSurge);
      }
      expect(world.livePods().every((pod) => pod.spec.containers[0]!.image === 'example/web:2')).toBe(true);
    }),
    { numRuns: 25, ...SEED },
  );
});

describe('StatefulSets', () => {
  const set = (more = '', image = 1) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 3
  selector: {matchLabels: {app: db}}
  ${more}
  template:
    metadata: {labels: {app: db}}
    spec: {terminationGracePeriodSeconds: 2, containers: [{name: c, image: 'example/db:${image}', readinessProbe: {exec: {command: [x]}, periodSeconds: 1}}]}
`;
  const born = (world: World) =>
    world.livePods().sort((a, b) => a.metadata.creationTimestamp - b.metadata.creationTimestamp);

  test('one after the other, each when the one before it is ready; the last goes first', () => {
    const world = controlWorld('');
    world.apply(set());
    const made: string[] = [];
    for (let i = 0; i < 300; i++) {
      world.wait(0.1);
      const pods = born(world);
      for (const pod of pods) if (!made.includes(pod.metadata.name)) made.push(pod.metadata.name);
      for (const [i, pod] of pods.entries()) if (i < pods.length - 1) expect(isPodReady(pod)).toBe(true);
    }
    expect(made).toEqual(['db-0', 'db-1', 'db-2']);
    const gone: string[] = [];
    world.store.watch('Pod', (change, pod) => change === 'deleted' && gone.push(pod.metadata.name));
    world.apply(set('').replace('replicas: 3', 'replicas: 0'));
    world.wait(60);
    expect(gone).toEqual(['db-2', 'db-1', 'db-0']);
  });

  test('ordinals.start shifts the names; Parallel waits for nobody', () => {
    const world = controlWorld('');
    world.apply(set('ordinals: {start: 5}\n  podManagementPolicy: Parallel'));
    world.wait(0.1);
    expect(born(world).map(({ metadata }) => metadata.name)).toEqual(['db-5', 'db-6', 'db-7']);
  });

  test('an update goes from the last to the partition', () => {
    const world = controlWorld(set());
    const order: string[] = [];
    world.store.watch('Pod', (change, pod) => change === 'deleted' && order.push(pod.metadata.name));
    world.apply(set('updateStrategy: {rollingUpdate: {partition: 1}}', 2));
    world.wait(120);
    expect(order).toEqual(['db-2', 'db-1']);
    expect(
      Object.fromEntries(born(world).map((pod) => [pod.metadata.name, pod.spec.containers[0]!.image.at(-1)])),
    ).toEqual({
      'db-0': '1',
      'db-1': '2',
      'db-2': '2',
    });
  });

  test('each has its name as hostname, so that DNS can tell it', () => {
    const world = controlWorld(
      `${set()}---\n${service('db', '{app: db}').replace('spec: {', 'spec: {clusterIP: None, ').replace('targetPort: http', 'targetPort: 80')}`,
    );
    const hostnames = [...world.store.list('EndpointSlice')].flatMap(({ endpoints }) =>
      endpoints.map(({ hostname }) => hostname),
    );
    expect(hostnames.sort()).toEqual(['db-0', 'db-1', 'db-2']);
  });
});

test('a DaemonSet has a Pod on each node that it tolerates, and follows nodes that join', () => {
  const world = controlWorld(`
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: c, image: x}]}}
`);
  expect(world.livePods().length).toBe(6);
  world.apply(
    'apiVersion: v1\nkind: Node\nmetadata: {name: late}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: gpu}\nspec: {taints: [{key: gpu, effect: NoSchedule}]}\n',
  );
  world.wait(10);
  const nodes = world.livePods().map(({ spec }) => spec.nodeName);
  expect([nodes.length, nodes.includes('late'), nodes.includes('gpu')]).toEqual([7, true, false]);
});

test('a Job runs its Pods to their end, two at a time', () => {
  const world = controlWorld('', { kubelet: { jobDuration: '10s' } });
  world.apply(`
apiVersion: batch/v1
kind: Job
metadata: {name: work}
spec: {completions: 5, parallelism: 2, template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}
`);
  for (let i = 0; i < 60; i++) {
    world.wait(1);
    expect(world.livePods().filter(isActive).length).toBeLessThanOrEqual(2);
  }
  const job = world.store.get('Job', 'shop', 'work')!;
  expect([job.status.succeeded, job.status.conditions.map(({ type }) => type)]).toEqual([5, ['Complete']]);
});

test('a drain goes no faster than a disruption budget allows', () => {
  const world = controlWorld(
    `${deployment('web', { replicas: 6 })}apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 5, selector: {matchLabels: {app: web}}}\n`,
  );
  const nodes = [...new Set(world.livePods().map(({ spec }) => spec.nodeName!))].slice(0, 3);
  for (const name of nodes) world.control.drainer.drain(world.store.get('Node', '', name)!, 'test');
  for (let i = 0; i < 120; i++) {
    world.wait(1);
    expect(world.livePods().filter((pod) => isActive(pod) && isPodReady(pod)).length).toBeGreaterThanOrEqual(5);
  }
  expect(world.livePods().some(({ spec }) => nodes.includes(spec.nodeName!))).toBe(false);
  expect(world.events.some(({ reason }) => reason === 'EvictionRefused')).toBe(true);
});

test('what an object owned goes with it', () => {
  const world = controlWorld(deployment('web') + service('web', '{app: web}'));
  world.control.api.delete('Deployment', 'shop', 'web');
  world.wait(30);
  expect([world.store.count('ReplicaSet'), world.store.count('Pod')]).toEqual([0, 0]);
  expect([...world.store.list('EndpointSlice')].map(({ endpoints }) => endpoints.length)).toEqual([0]);
  expect([...world.store.list('Pod')].map((pod) => controllerOf(pod))).toEqual([]);
});

test('a node under pressure gives Pods up one by one, those without requests first; others take their place elsewhere', () => {
  const world = controlWorld(deployment('web', { replicas: 12 }), { nodes: { count: 3, zones: ['a'] } });
  const node = world.store.get('Node', '', 'node-1')!;
  const before = world.livePods().filter(({ spec }) => spec.nodeName === 'node-1').length;
  world.control.pressure.begin(node, 2, 60e9);
  world.wait(15);
  const evicted = () => world.livePods().filter(({ status }) => status.reason === 'Evicted');
  expect(evicted().length).toBe(1);
  world.wait(60);
  expect(evicted().map(({ status, spec }) => [status.phase, spec.nodeName])).toEqual([
    ['Failed', 'node-1'],
    ['Failed', 'node-1'],
  ]);
  const active = world.livePods().filter(isActive);
  expect([active.length, active.filter(({ spec }) => spec.nodeName === 'node-1').length]).toEqual([12, before - 2]);
  expect(node.spec.taints?.length).toBe(1);
  world.wait(400);
  expect(node.spec.taints).toEqual([]);
});
