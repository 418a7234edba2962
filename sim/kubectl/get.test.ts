import { expect, test } from 'vitest';
import { clusterOf, deployment, service, snapshotOf } from './fixture.ts';
import { printTable } from './get.ts';
import { ask, type Query } from './query.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotOfCluster } from './sources.ts';

const table = { wide: false, showLabels: false, showNamespace: false, showKind: false };

function get(snapshot: Snapshot, words: string, options: Partial<typeof table> = {}, query: Partial<Query> = {}) {
  const asked = { words: words.split(' '), namespace: 'default', allNamespaces: false, selector: '', ...query };
  return ask(asked, snapshot)
    .found.filter(({ objects }) => objects.length > 0)
    .map((found) => printTable(found, snapshot, { ...table, ...options }))
    .join('\n\n')
    .replaceAll(/-[a-z0-9]{10}-[a-z0-9]{5}\b/g, '-x');
}

const SHOP =
  deployment('web', 2) +
  service('web', 'selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}, {name: alt, port: 81}]') +
  service(
    'public',
    'type: LoadBalancer, selector: {app: web}, ports: [{port: 80, nodePort: 30080, targetPort: 8080}]',
  ) +
  service('outside', 'type: ExternalName, externalName: example.com');

test('Services, with what kubectl has no column for', () => {
  expect(get(snapshotOf(SHOP), 'svc')).toBe(
    `
NAME      TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)         AGE   ENDPOINTS   WHY
outside   ExternalName   <none>       example.com   <none>          0s    <none>
public    LoadBalancer   10.96.1.2    <pending>     80:30080/TCP    0s    2/2         no address: no load balancer provider is in the cluster
web       ClusterIP      10.96.1.1    <none>        80/TCP,81/TCP   0s    2/2`.slice(1),
  );
});

/** A Service, and what its line says behind its age. */
test.each([
  ['selector: {app: wep}, ports: [{port: 80}]', '0/0 selector app=wep matches no Pod; nearest: app=web (2 Pods)'],
  [
    'selector: {app: web, tier: x}, ports: [{port: 80}]',
    '0/0 selector app=web,tier=x matches no Pod; nearest: app=web without tier (2 Pods)',
  ],
  [
    'selector: {ap: web}, ports: [{port: 80}]',
    '0/0 selector ap=web matches no Pod; nearest: app=web without ap (2 Pods)',
  ],
  ['selector: {zzz: qqq}, ports: [{port: 80}]', '0/0 selector zzz=qqq matches no Pod'],
  ['ports: [{port: 80}]', '0/0 no selector, and no EndpointSlice made by hand'],
  [
    'selector: {app: web}, ports: [{port: 80, targetPort: htttp}]',
    '0/2 no container of the selected Pods names a port "htttp": did you mean "http"?',
  ],
  [
    'selector: {app: web}, ports: [{name: a, port: 80, targetPort: http}, {name: b, port: 81, targetPort: metrics}]',
    '2/2 no container of the selected Pods names a port "metrics": they name http',
  ],
  [
    'selector: {app: big}, ports: [{port: 80}]',
    '0/0 1 Pod selected, none ready: Pending (1): 0/3 nodes are available: 3 Insufficient cpu.',
  ],
])('a Service with {%s}: %s', (spec, expected) => {
  const manifests = SHOP + deployment('big', 1, ', resources: {requests: {cpu: 1000}}') + service('asked', spec);
  const row = get(snapshotOf(manifests), 'svc asked').split('\n')[1]!;
  expect(
    row
      .slice(row.indexOf('   0s   ') + 8)
      .replaceAll(/ +/g, ' ')
      .trim(),
  ).toMatch(expected.endsWith('.') ? new RegExp(`^${expected.replaceAll(/[()]/g, '.').split(': 0/3')[0]}`) : expected);
});

test('Pods of another namespace that match are named', () => {
  const other = service('asked', 'selector: {app: web}, ports: [{port: 80}]').replace(
    'name: asked',
    'name: asked, namespace: b',
  );
  expect(get(snapshotOf(deployment('web', 1) + other), 'svc', {}, { namespace: 'b' })).toContain(
    'Pods of namespace default match, but a Service selects in its own alone',
  );
});

test('Pods, wide and with labels; workloads; several kinds with their names', () => {
  const snapshot = snapshotOf(SHOP);
  expect(get(snapshot, 'po', { showLabels: true }).replaceAll(/hash=\w+/g, 'hash=h')).toBe(
    `
NAME                   READY   STATUS    RESTARTS   AGE   LABELS
web-x   1/1     Running   0          0s    app=web,pod-template-hash=h
web-x   1/1     Running   0          0s    app=web,pod-template-hash=h`.slice(1),
  );
  expect(get(snapshot, 'pods', { wide: true }).split('\n')[0]).toMatch(
    /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES$/,
  );
  expect(get(snapshot, 'deployment.apps,ep', { showKind: true, showNamespace: true })).toBe(
    `
NAMESPACE   NAME                  READY   UP-TO-DATE   AVAILABLE   AGE
default     deployment.apps/web   2/2     2            2           0s

NAMESPACE   NAME               ENDPOINTS                                                 AGE
default     endpoints/public   10.244.0.2:8080,10.244.1.2:8080                           0s
default     endpoints/web      10.244.0.2:81,10.244.1.2:81,10.244.0.2:8080 + 1 more...   0s`.slice(1),
  );
});

test('a Pod that is deleted ends in its own time, beside its successor', () => {
  const cluster = clusterOf(`${SHOP}`);
  const [pod] = [...cluster.store.list('Pod')];
  cluster.delete('Pod', 'default', pod!.metadata.name);
  cluster.wait(0.5e9);
  const rows = get(snapshotOfCluster(cluster), 'pods').split('\n').slice(1);
  const words = rows.map((row) => row.split(/ +/).slice(1, 3).join(' ')).sort();
  expect(words).toEqual(['1/1 Running', '1/1 Running', '1/1 Terminating']);
});

test.each([
  ['-l app=web', { selector: 'app=web' }, 2],
  ['-l app!=web', { selector: 'app!=web' }, 0],
  ['another namespace', { namespace: 'x' }, 0],
  ['all namespaces', { namespace: 'x', allNamespaces: true }, 2],
])('%s', (_, query, count) => {
  const [found] = ask(
    { words: ['pods'], namespace: 'default', allNamespaces: false, selector: '', ...query },
    snapshotOf(SHOP),
  ).found;
  expect(found!.objects.length).toBe(count);
});

test.each([
  [['podz'], {}, 'the server doesn\'t have a resource type "podz"; did you mean "pods"?'],
  [['pods', 'a'], { selector: 'a=b' }, 'name cannot be provided when a selector is specified'],
  [['pods', 'a'], { allNamespaces: true }, 'a resource cannot be retrieved by name across all namespaces'],
  [['pods/a', 'b'], {}, 'there is no need to specify a resource type'],
  [['pods'], { selector: 'a=b=c' }, 'unable to parse "a=b=c"'],
])('%o is refused', (words, query, message) => {
  const asked = { words, namespace: 'default', allNamespaces: false, selector: '', ...query };
  expect(() => ask(asked, snapshotOf(SHOP))).toThrow(message);
});

test('what is not there is named as the API server does', () => {
  const asked = {
    words: ['deploy/web', 'svc/none', 'deploy/none'],
    namespace: 'default',
    allNamespaces: false,
    selector: '',
  };
  const { found, missing } = ask(asked, snapshotOf(SHOP));
  expect(found.map(({ resource, objects }) => [resource.plural, objects.length])).toEqual([['deployments', 1]]);
  expect(missing).toEqual([
    'Error from server (NotFound): services "none" not found',
    'Error from server (NotFound): deployments.apps "none" not found',
  ]);
});
