import type { Kind } from '../cluster/api/kinds.ts';
import type { Pod, PodTemplate } from '../cluster/api/pod.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { knownNames } from '../input/faults.ts';
import { CannotCheck } from './check.ts';

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'] as const satisfies readonly Kind[];

/**
 * The Pod that somebody means by `namespace/name`: the Pod of that name; else one of the workload of that name, or one as
 * its template would make it. By a namespace alone: any Pod with Kubernetes' defaults there.
 * @throws CannotCheck where there is none
 */
export function findPod(reference: string, store: ObjectStore): Pod {
  const [namespace = '', name = ''] = reference.split('/');
  if (name === '') {
    if (store.get('Namespace', '', namespace) === undefined) {
      const names = [...store.list('Namespace')].map(({ metadata }) => metadata.name);
      throw notThere(`namespace "${namespace}"`, namespace, names);
    }
    return madeUp(namespace, 'client', { metadata: { labels: {}, annotations: {} }, spec: PLAIN_SPEC });
  }
  const pods = [...store.list('Pod')].filter(({ metadata }) => metadata.namespace === namespace);
  const pod =
    pods.find(({ metadata }) => metadata.name === name) ??
    pods.find(({ metadata }) => metadata.name.startsWith(`${name}-`));
  if (pod !== undefined) return pod;
  const workloads = WORKLOADS.flatMap((kind) => [...store.list(kind)]);
  const workload = workloads.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  if (workload !== undefined) return madeUp(namespace, name, workload.spec.template);
  const all = [...store.list('Pod'), ...workloads].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  throw notThere(`Pod or workload ${reference}`, reference, all);
}

const PLAIN_SPEC: PodTemplate['spec'] = {
  containers: [{ name: 'main', image: 'any' }],
  dnsPolicy: 'ClusterFirst',
  enableServiceLinks: true,
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
};

/** A Pod that is not in the cluster. */
function madeUp(namespace: string, name: string, { metadata: { labels, annotations }, spec }: PodTemplate): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: '',
      resourceVersion: 0,
      generation: 1,
      labels,
      annotations,
      creationTimestamp: 0,
    },
    spec,
    status: { phase: 'Pending', conditions: [] },
  };
}

function notThere(what: string, name: string, known: readonly string[]): CannotCheck {
  const { expected, fix } = knownNames(name, known, 'one of');
  return new CannotCheck(
    `there is no ${what}\n  expected  ${expected}${fix === undefined ? '' : `\n  fix       ${fix}`}`,
  );
}
