import { API_VERSIONS } from '../cluster/api/kinds.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { ReplicaSet } from '../cluster/api/workloads.ts';
import { controlledBy, controllerOf } from '../cluster/owner.ts';
import { isPodReady, readySince, restartsOf } from '../cluster/pod-state.ts';
import { keyOfObject } from '../cluster/store.ts';
import type { ControlContext } from './context.ts';
import { suffix } from './names.ts';
import { WorkQueue } from './work-queue.ts';

const SYNC_DELAY = 20e6;

/**
 * The order in which a ReplicaSet gives Pods up: first those that cost least. Unscheduled, pending, not ready, crowded
 * on a node, ready for the shorter time (on a logarithmic scale), more restarts, newer.
 * @source kubernetes pkg/controller/controller_utils.go ActivePodsWithRanks
 * @param onSameNode Pods of the set on the Pod's node
 * @simplifies no pod-deletion-cost annotation
 */
export function compareVictims(a: Pod, b: Pod, onSameNode: (pod: Pod) => number, now: number): number {
  const unscheduled = (pod: Pod) => (pod.spec.nodeName === undefined ? 0 : 1);
  const phase = (pod: Pod) => (pod.status.phase === 'Pending' ? 0 : 1);
  const ready = (pod: Pod) => (isPodReady(pod) ? 1 : 0);
  const age = (since: number) => Math.floor(Math.log2(Math.max(1, now - since)));
  return (
    unscheduled(a) - unscheduled(b) ||
    phase(a) - phase(b) ||
    ready(a) - ready(b) ||
    onSameNode(b) - onSameNode(a) ||
    age(readySince(a)) - age(readySince(b)) ||
    restartsOf(b) - restartsOf(a) ||
    b.metadata.creationTimestamp - a.metadata.creationTimestamp
  );
}

/**
 * Keeps a ReplicaSet at its number of Pods.
 * @source kubernetes pkg/controller/replicaset
 * @simplifies Pods are created at once, without slow-start batches: the API server never refuses one here
 */
export class ReplicaSetController {
  readonly #context: ControlContext;
  readonly #queue: WorkQueue;
  #created = 0;

  constructor(context: ControlContext) {
    this.#context = context;
    this.#queue = new WorkQueue(context.engine, SYNC_DELAY, (key) => this.#sync(key));
    context.store.watch('ReplicaSet', (change, replicaSet) => {
      if (change !== 'deleted') this.#queue.add(keyOfObject(replicaSet));
    });
    context.store.watch('Pod', (_, pod) => {
      const owner = controllerOf(pod);
      if (owner?.kind === 'ReplicaSet') this.#queue.add(`${pod.metadata.namespace}/${owner.name}`);
    });
  }

  #sync(key: string): void {
    const [namespace, name] = key.split('/') as [string, string];
    const { store, engine } = this.#context;
    const replicaSet = store.get('ReplicaSet', namespace, name);
    if (replicaSet === undefined) return;
    const pods = [...store.list('Pod')].filter(
      (pod) => controllerOf(pod)?.uid === replicaSet.metadata.uid && pod.metadata.deletionTimestamp === undefined,
    );
    for (let missing = replicaSet.spec.replicas - pods.length; missing > 0; missing--) this.#create(replicaSet);
    const surplus = pods.length - replicaSet.spec.replicas;
    if (surplus > 0) {
      const crowd = new Map<string | undefined, number>();
      for (const pod of pods) crowd.set(pod.spec.nodeName, (crowd.get(pod.spec.nodeName) ?? 0) + 1);
      pods.sort((a, b) => compareVictims(a, b, (pod) => crowd.get(pod.spec.nodeName)!, engine.clock[0]!));
      for (const pod of pods.slice(0, surplus)) this.#delete(replicaSet, pod);
    }
    this.#updateStatus(replicaSet, pods);
  }

  #create(replicaSet: ReplicaSet): void {
    const { store, record, engine } = this.#context;
    const { template } = replicaSet.spec;
    const pod: Pod = {
      apiVersion: API_VERSIONS.Pod,
      kind: 'Pod',
      metadata: store.meta({
        name: this.#freeName(replicaSet),
        namespace: replicaSet.metadata.namespace,
        labels: template.metadata.labels,
        annotations: template.metadata.annotations,
        ownerReferences: controlledBy(replicaSet),
      }),
      spec: { ...template.spec },
      status: { phase: 'Pending', conditions: [] },
    };
    store.add(pod);
    if (engine.clock[0]! > 0) record('info', pod, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  }

  /** Five letters tell 14 million names: with thousands of Pods two come out alike, and another is drawn. */
  #freeName(replicaSet: ReplicaSet): string {
    const { name, namespace } = replicaSet.metadata;
    for (;;) {
      const candidate = `${name}-${suffix(name, ++this.#created, 5)}`;
      if (this.#context.store.get('Pod', namespace, candidate) === undefined) return candidate;
    }
  }

  #delete(replicaSet: ReplicaSet, pod: Pod): void {
    this.#context.record('info', pod, 'SuccessfulDelete', `${replicaSet.metadata.name} scales down: deletes this Pod`);
    deletePod(this.#context, pod);
  }

  #updateStatus(replicaSet: ReplicaSet, pods: Pod[]): void {
    const ready = pods.filter((pod) => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined).length;
    const { status } = replicaSet;
    if (status.replicas === pods.length && status.readyReplicas === ready) return;
    replicaSet.status = { ...status, replicas: pods.length, readyReplicas: ready };
    this.#context.store.update(replicaSet);
  }
}

/** Asks for a graceful deletion, as `kubectl delete` or an eviction does. A Pod that runs nowhere is gone at once. */
export function deletePod(context: ControlContext, pod: Pod): void {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  pod.metadata.deletionTimestamp = context.engine.clock[0]!;
  pod.metadata.deletionGracePeriodSeconds = pod.spec.terminationGracePeriodSeconds;
  if (pod.spec.nodeName === undefined) context.store.remove(pod);
  else context.store.update(pod);
}
