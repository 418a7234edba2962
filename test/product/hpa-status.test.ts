import { expect, test } from 'vitest';
import { controlWorld } from './control-world.ts';

const manifests = (replicas: number, target = 'web') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: example/web:1, resources: {requests: {cpu: 100m}}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${target}}
  minReplicas: 2
  maxReplicas: 10
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]
`;
const statusOf = ({ store }: ReturnType<typeof controlWorld>) => [...store.list('HorizontalPodAutoscaler')][0]!.status;
const conditionsOf = (world: ReturnType<typeof controlWorld>) =>
  Object.fromEntries(statusOf(world).conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]));

test('an autoscaler without metrics knows its replicas from the start, and says that it cannot compute', () => {
  const world = controlWorld(manifests(3));
  expect(statusOf(world)).toMatchObject({ currentReplicas: 3, desiredReplicas: 3 });
  world.wait(60);
  expect(statusOf(world)).toMatchObject({ currentReplicas: 3, desiredReplicas: 3 });
  expect(conditionsOf(world)).toEqual({
    AbleToScale: 'True SucceededGetScale',
    ScalingActive: 'False FailedGetResourceMetric',
  });
});

test.each([
  [manifests(0), { AbleToScale: 'True SucceededGetScale', ScalingActive: 'False ScalingDisabled' }],
  [manifests(3, 'other'), { AbleToScale: 'False FailedGetScale' }],
  [manifests(1), { AbleToScale: 'True SucceededRescale' }],
])('and of a target that is off, is not there, or is too small', (text, conditions) => {
  const world = controlWorld(text);
  world.wait(16);
  expect(conditionsOf(world)).toEqual(conditions);
});
