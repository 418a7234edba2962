import { expect, test } from 'vitest';
import { isPodReady } from '../../sim/cluster/pod-state.ts';
import { controlWorld } from './control-world.ts';

const SETTINGS = {
  nodes: { count: 2, cpu: 4, maxCount: 5, zones: ['a', 'b', 'c'] },
  autoscaler: { provisioning: '60s', unneededTime: '30s', delayAfterAdd: '0s' },
};
const web = (replicas: number, where: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      ${where}
      containers: [{name: c, image: example/web:1, resources: {requests: {cpu: 100m}}}]
`;
const WEB = 'labelSelector: {matchLabels: {app: web}}';
const APART = `affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, ${WEB}}]}}`;
const SPREAD = `topologySpreadConstraints: [{topologyKey: topology.kubernetes.io/zone, maxSkew: 1, minDomains: 3, whenUnsatisfiable: DoNotSchedule, ${WEB}}]`;

test.each([
  ['keep each other off their nodes', 4, APART, 4],
  ['must spread over three zones', 3, SPREAD, 3],
])('Pods that %s get nodes of their own, which stay as long as they are needed', (_, replicas, where, nodes) => {
  const world = controlWorld(web(replicas, where), SETTINGS);
  const ready = () => world.livePods().filter(isPodReady).length;
  expect(ready()).toBe(2);
  world.wait(120);
  expect([ready(), world.store.count('Node')]).toEqual([replicas, nodes]);
  // Nearly idle, but no other node may have their Pods: they are not consolidated away.
  world.wait(1800);
  expect([ready(), world.store.count('Node')]).toEqual([replicas, nodes]);
  expect(world.events.filter(({ reason }) => reason === 'ScaleDown')).toEqual([]);
});

test('Pods that would fit on no node of any group do not make the cluster grow', () => {
  const world = controlWorld(web(3, 'nodeSelector: {gpu: "true"}'), SETTINGS);
  world.wait(600);
  expect(world.store.count('Node')).toBe(2);
});
