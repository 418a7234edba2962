import { expect, test } from 'vitest';
import { conditionOf } from '../../sim/cluster/conditions.ts';
import { podSummary } from '../../sim/cluster/pod-reason.ts';
import { controlWorld } from './control-world.ts';

/** A Deployment of four whose rollouts have a minute to make progress. */
const web = (image: number, more = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  progressDeadlineSeconds: 60
  ${more}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: c
        image: example/web:${image}
        ports: [{containerPort: 8080}]
        readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 2, failureThreshold: 1}
        livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 10, failureThreshold: 1, initialDelaySeconds: 1}
`;

type World = ReturnType<typeof controlWorld>;
const statusOf = ({ store }: World) => [...store.list('Deployment')][0]!.status;
const progressOf = (world: World) => conditionOf(statusOf(world).conditions, 'Progressing');

/** Whatever is started from now on fails its probes. @returns ends that, for what has been started too */
function sickenNewPods({ store, containers }: World): () => void {
  let isOn = true;
  store.watch('Pod', (change, pod) => {
    if (change === 'added' && isOn) containers.sick.add(pod.metadata.name);
  });
  return () => {
    isOn = false;
    containers.sick.clear();
  };
}

test('a rollout that stands still has timed out a minute after its last progress, and moves on when it can', () => {
  const world = controlWorld(web(1));
  expect(progressOf(world)?.reason).toBe('NewReplicaSetAvailable');
  const heal = sickenNewPods(world);
  world.apply(web(2));
  world.wait(30);
  expect(progressOf(world)).toMatchObject({ status: 'True', reason: 'ReplicaSetUpdated' });
  world.wait(45);
  expect(progressOf(world)).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
  const timeouts = () => world.events.filter(({ reason }) => reason === 'ProgressDeadlineExceeded');
  expect(timeouts().length).toBe(1);
  heal();
  world.wait(200);
  expect(progressOf(world)).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
  expect(timeouts().length).toBe(1);
});

test('what has been rolled out is not timed out by Pods that fail later', () => {
  const world = controlWorld(web(1));
  for (const { metadata } of world.livePods()) world.containers.sick.add(metadata.name);
  world.wait(200);
  expect(statusOf(world).availableReplicas).toBe(0);
  expect(progressOf(world)).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
});

test('no deadline, no timeout: neither with the largest number nor while it is paused', () => {
  for (const more of ['paused: true', 'minReadySeconds: 1']) {
    const world = controlWorld(web(1, more));
    sickenNewPods(world);
    world.apply(
      web(2, more).replace('Seconds: 60', more.startsWith('paused') ? 'Seconds: 60' : `Seconds: ${2 ** 31 - 1}`),
    );
    world.wait(600);
    expect(progressOf(world)?.reason).not.toBe('ProgressDeadlineExceeded');
  }
});

test('events are those of kubectl: on the Deployment, on its ReplicaSets, on the Pods', () => {
  const world = controlWorld(web(1));
  world.apply(web(2));
  world.wait(60);
  const of = (object: RegExp) => new Set(world.events.filter((e) => object.test(e.object)).map(({ reason }) => reason));
  expect(of(/^Deployment /)).toEqual(new Set(['ScalingReplicaSet']));
  expect(of(/^ReplicaSet /)).toEqual(new Set(['SuccessfulCreate', 'SuccessfulDelete']));
  expect(of(/^Pod /)).toEqual(new Set(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started', 'Killing']));
});

test('a restart counts when the container starts again; until then it has ended, or waits for its back-off', () => {
  const world = controlWorld(web(1));
  const [pod] = world.livePods();
  world.containers.sick.add(pod!.metadata.name);
  const seen: string[] = [];
  for (let i = 0; i < 600; i++) {
    world.wait(0.1);
    const { reason, restarts } = podSummary(pod!);
    if (seen.at(-1) !== `${reason} ${restarts}`) seen.push(`${reason} ${restarts}`);
  }
  expect(seen.slice(0, 5)).toEqual(['Running 0', 'Error 0', 'Running 1', 'CrashLoopBackOff 1', 'Running 2']);
  const reasons = world.events.filter(({ object }) => object.endsWith(pod!.metadata.name)).map(({ reason }) => reason);
  expect(reasons.slice(0, 6)).toEqual(['Unhealthy', 'Killing', 'Pulled', 'Created', 'Started', 'Unhealthy']);
  expect(reasons).toContain('BackOff');
});

test('Pods tolerate a lost node for five minutes unless they say otherwise', () => {
  const own =
    'tolerations: [{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 10}]';
  const single = `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}], ${own}}`;
  const world = controlWorld(`${web(1)}---\n${single}\n`);
  const told = world
    .livePods()
    .map(({ metadata, spec }) => [
      metadata.name,
      (spec.tolerations ?? []).map(({ key, tolerationSeconds }) => `${key!.split('/')[1]} ${tolerationSeconds}`),
    ]);
  const byName = Object.fromEntries(told);
  expect(byName.p).toEqual(['unreachable 10', 'not-ready 300']);
  expect(Object.values(byName).filter((each) => String(each) === 'not-ready 300,unreachable 300').length).toBe(4);
});
