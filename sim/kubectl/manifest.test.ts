import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import { Faults } from '../input/faults.ts';
import { readManifests } from '../input/manifests/read.ts';
import { readYaml } from '../input/yaml.ts';
import { clusterOf, deployment, service } from './fixture.ts';
import { toJson, toYaml } from './manifest.ts';

const seed = Number(process.env.SVCLAB_SEED ?? 1);

/** Of every kind that has times or statuses of its own. */
const EVERYTHING = `
${deployment('web', 3, ', resources: {requests: {cpu: 100m}}')}
${deployment('db', 1)}
${service('web', 'type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: http}]')}
${service('db', 'clusterIP: None, selector: {app: db}, ports: [{port: 5432}]')}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 5}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: set}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: set}}
  template: {metadata: {labels: {app: set}}, spec: {containers: [{name: a, image: b}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 80}]}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: edge}
spec: {rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
`;

function readBack(text: string): KubernetesObject[] {
  const faults = new Faults();
  const objects = readYaml('printed.yaml', text, faults).flatMap((tree) => readManifests(tree, 'default', faults));
  expect([...faults.warnings.map(({ text }) => text)]).toEqual([]);
  faults.throwIfAny();
  return objects.map(({ object }) => object!);
}

/** A reader starts versions anew, takes a deletion for one at time 0, and the API tells times to the second. */
function asRead(object: KubernetesObject): unknown {
  const text = JSON.stringify(object, (key, value) => {
    if (key === 'resourceVersion') return 0;
    if (key === 'deletionTimestamp') return 0;
    const isTime = /(Timestamp|Time|At)$/.test(key) && typeof value === 'number';
    return isTime ? Math.floor(value / 1e9) * 1e9 : value;
  });
  return JSON.parse(text);
}

test.each([toYaml, toJson])('%o prints objects that are read as what they are, at any time', (print) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30e9 }), fc.nat(3), (wait, deleted) => {
      const cluster = clusterOf(EVERYTHING);
      cluster.wait(wait);
      const pods = [...cluster.store.list('Pod')];
      const { namespace, name } = pods[deleted]!.metadata;
      cluster.delete('Pod', namespace, name);
      cluster.wait(1e9);
      const objects = cluster.store.kinds().flatMap((kind: Kind): KubernetesObject[] => [...cluster.store.list(kind)]);
      const read = readBack(print(objects, true));
      expect(read.map(asRead)).toEqual(objects.map(asRead));
    }),
    { seed, numRuns: 8 },
  );
});

test('whatever stands in a text is read as that text', () => {
  const texts = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/),
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'yes',
        'no',
        'on',
        'y',
        '010',
        '1_000',
        '1:30',
        '~',
        'null',
        '0x1f',
        '1e3',
        '- a',
        '# b',
        ' c ',
        '=',
        '<<',
      ),
    ),
  );
  fc.assert(
    fc.property(texts, (data) => {
      const [object] = readBack(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b, uid: c}\n`);
      const map = { ...object!, data };
      expect(readBack(toYaml([map], false))).toEqual([map]);
    }),
    { seed },
  );
});

test('one object is a document, several are a List, keys are in the order of their bytes', () => {
  const [object] = readBack('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, uid: c}\ndata: {B: x, a: "on"}\n');
  expect(toYaml([object!], false)).toBe(`apiVersion: v1
data:
  B: x
  a: "on"
kind: ConfigMap
metadata:
  creationTimestamp: "2026-01-01T00:00:00Z"
  name: a
  namespace: default
  resourceVersion: "0"
  uid: c
`);
  expect(JSON.parse(toJson([object!], true))).toMatchObject({
    kind: 'List',
    apiVersion: 'v1',
    items: [{ metadata: { name: 'a' } }],
  });
});
