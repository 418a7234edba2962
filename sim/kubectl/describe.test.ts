import { expect, test } from 'vitest';
import type { Kind } from '../cluster/api/kinds.ts';
import { describe } from './describe.ts';
import { eventSeries, printEvents } from './events.ts';
import { clusterOf, deployment, service, snapshotOf } from './fixture.ts';
import { Snapshot } from './snapshot.ts';
import { snapshotOfCluster } from './sources.ts';

const SHOP =
  deployment(
    'web',
    2,
    ', resources: {requests: {cpu: 500m, memory: 1Gi}}, readinessProbe: {httpGet: {port: http, path: /up}}',
  ) +
  service('web', 'selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]') +
  service('broken', 'type: LoadBalancer, selector: {app: wep}, ports: [{port: 80, nodePort: 30080}]');

test('a Service: its ports and endpoints, and in svclab’s own lines why there is none', () => {
  const snapshot = snapshotOf(SHOP);
  expect(describe(snapshot.get('Service', 'default', 'web')!, snapshot)).toBe(
    `
Name:                     web
Namespace:                default
Labels:                   <none>
Annotations:              <none>
Selector:                 app=web
Type:                     ClusterIP
IP Family Policy:         SingleStack
IP Families:              IPv4
IP:                       10.96.1.1
IPs:                      10.96.1.1
Port:                     http  80/TCP
TargetPort:               http/TCP
Endpoints:                10.244.0.2:8080,10.244.1.2:8080
Session Affinity:         None
Internal Traffic Policy:  Cluster
Ready Endpoints:          2/2
Events:                   <none>`.slice(1),
  );
  const broken = describe(snapshot.get('Service', 'default', 'broken')!, snapshot);
  expect(broken).toContain(
    'Ready Endpoints:          0/0\nWhy:                      selector app=wep matches no Pod; nearest: app=web (2 Pods)',
  );
  expect(broken).toContain('no load balancer provider');
});

test('a Pod: what runs in it, with its state', () => {
  const snapshot = snapshotOf(SHOP);
  const text = describe(snapshot.list('Pod')[0]!, snapshot);
  expect(text).toMatch(/^Status: +Running$/m);
  expect(text).toMatch(/^Controlled By: +ReplicaSet\/web-/m);
  expect(text).toMatch(/^ {4}State: +Running\n {6}Started: +Thu, 01 Jan 2026 00:00:00 \+0000$/m);
  expect(text).toMatch(
    /^ {4}Readiness: +http-get http:\/\/:http\/up delay=0s timeout=1s period=10s #success=1 #failure=3$/m,
  );
  expect(text).toMatch(/^ {4}Requests:\n {6}cpu: +500m\n {6}memory: +1Gi$/m);
});

test('a node: its Pods and what they ask for', () => {
  const snapshot = snapshotOf(SHOP);
  const node = snapshot.list('Node').find(({ metadata }) => snapshot.list('Pod')[0]!.spec.nodeName === metadata.name)!;
  const text = describe(node, snapshot);
  expect(text).toMatch(/^Non-terminated Pods: +\(1 in total\)$/m);
  expect(text).toMatch(/^ {2}default +web-\S+ +500m \(\d+%\) +1Gi \(\d+%\) +0s$/m);
});

test('every object of a cluster can be described', () => {
  const snapshot = snapshotOf(SHOP);
  for (const kind of ['Deployment', 'ReplicaSet', 'EndpointSlice', 'Endpoints', 'Namespace', 'Node'] as Kind[]) {
    for (const object of snapshot.list(kind)) {
      expect(describe(object, snapshot)).toContain(`${object.metadata.name}\n`);
      expect(describe(object, snapshot)).not.toMatch(/undefined|NaN|\[object/);
    }
  }
});

test('events: the same of the same object is one, counted', () => {
  const events = [1, 2, 9].map((at) => ({
    at: at * 60e9,
    severity: 'warning' as const,
    kind: 'Pod',
    object: 'x/web-0',
    reason: 'Unhealthy',
    message: 'probe failed',
  }));
  events.splice(1, 0, { ...events[0]!, severity: 'info' as never, reason: 'Pulled' });
  const all = eventSeries(events, { namespace: 'x', types: [] });
  expect(printEvents(all, 10 * 60e9, false)).toBe(
    `
LAST SEEN          TYPE      REASON      OBJECT      MESSAGE
9m                 Normal    Pulled      Pod/web-0   probe failed
60s (x3 over 9m)   Warning   Unhealthy   Pod/web-0   probe failed`.slice(1),
  );
  const count = (query: Partial<Parameters<typeof eventSeries>[1]>) =>
    eventSeries(events, { namespace: 'x', types: [], ...query }).length;
  expect([
    count({ types: ['Warning'] }),
    count({ namespace: 'y' }),
    count({ namespace: '' }),
    count({ kind: 'Node' }),
  ]).toEqual([1, 0, 2, 0]);
});

test('what could not be scheduled is told in its events', () => {
  const cluster = clusterOf(deployment('big', 1, ', resources: {requests: {cpu: 1000}}'));
  const snapshot = snapshotOfCluster(cluster);
  expect(snapshot).toBeInstanceOf(Snapshot);
  expect(describe(snapshot.list('Pod')[0]!, snapshot)).toMatch(
    /Warning +FailedScheduling +\S+ +0\/3 nodes are available/,
  );
});
