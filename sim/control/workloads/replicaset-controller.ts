import type { Pod } from '../../cluster/api/pod.ts';
import type { ReplicaSet } from '../../cluster/api/workloads.ts';
import { controlledBy, controllerOf } from '../../cluster/owner.ts';
import { isActive, isAvailable, isPodReady, readySince } from '../../cluster/pod-state.ts';
import { selectorMatches } from '../../cluster/selector.ts';
import { keyOfObject } from '../../cluster/store.ts';
import { type ControlContext, SECOND } from '../context.ts';
import { WorkQueue } from '../work-queue.ts';
import { deleteOwned } from './pod-events.ts';
import type { PodFactory } from './pod-factory.ts';
import { victimsOf } from './victims.ts';

/** Pods made or deleted in one sync. @source replica_set.go BurstReplicas */
const BURST = 500;

/**
 * Keeps a ReplicaSet at its number of Pods, adopting those that match and that nobody controls.
 * @source kubernetes pkg/controller/replicaset/replica_set.go
 * @simplifies slow-start batches (1, 2, 4, …) only matter when the API server refuses Pods, which it never does here
 */
export class ReplicaSetController {
  readonly #context: ControlContext;
  readonly #pods: PodFactory;
  readonly #queue: WorkQueue;

  constructor(context: ControlContext, pods: PodFactory) {
    this.#context = context;
    this.#pods = pods;
    this.#queue = new WorkQueue(context, context.settings.controllerSync, (key) => this.#sync(key));
    context.store.watch('ReplicaSet', (change, replicaSet) => {
      if (change !== 'deleted') this.#queue.add(keyOfObject(replicaSet));
    });
    context.store.watch('Pod', (_, pod) => {
      const owner = controllerOf(pod);
      if (owner?.kind === 'ReplicaSet') this.#queue.add(`${pod.metadata.namespace}/${owner.name}`);
    });
  }

  #sync(key: string): void {
    const { store, engine } = this.#context;
    const replicaSet = store.withKey('ReplicaSet', key);
    if (replicaSet === undefined || replicaSet.metadata.deletionTimestamp !== undefined) return;
    const pods = this.#activePods(replicaSet);
    const missing = replicaSet.spec.replicas - pods.length;
    if (missing > 0) {
      for (let i = 0; i < Math.min(missing, BURST); i++) {
        pods.push(this.#pods.create(replicaSet, replicaSet.spec.template));
      }
      if (missing > BURST) this.#queue.add(key);
    } else if (missing < 0) {
      for (const pod of victimsOf(pods, Math.min(-missing, BURST), engine.clock[0]!)) {
        deleteOwned(this.#context, replicaSet, pod);
      }
    }
    this.#updateStatus(replicaSet, pods.filter(isActive), key);
  }

  #activePods(replicaSet: ReplicaSet): Pod[] {
    const { index } = this.#context;
    for (const orphan of [...index.podsByController.get('')]) {
      const { namespace, labels } = orphan.metadata;
      if (namespace !== replicaSet.metadata.namespace || !isActive(orphan)) continue;
      if (!selectorMatches(replicaSet.spec.selector, labels)) continue;
      orphan.metadata.ownerReferences = [...(orphan.metadata.ownerReferences ?? []), ...controlledBy(replicaSet)];
      this.#context.store.update(orphan);
    }
    return [...index.podsByController.get(replicaSet.metadata.uid)].filter(isActive);
  }

  #updateStatus(replicaSet: ReplicaSet, pods: readonly Pod[], key: string): void {
    const now = this.#context.engine.clock[0]!;
    const { minReadySeconds } = replicaSet.spec;
    const ready = pods.filter(isPodReady);
    const available = ready.filter((pod) => isAvailable(pod, minReadySeconds, now));
    if (available.length < ready.length) {
      const waiting = ready.filter((pod) => !available.includes(pod));
      const next = Math.min(...waiting.map((pod) => readySince(pod) + minReadySeconds * SECOND));
      this.#queue.addAfter(key, next - now);
    }
    const { status } = replicaSet;
    if (
      status.replicas === pods.length &&
      status.readyReplicas === ready.length &&
      status.availableReplicas === available.length &&
      status.observedGeneration === replicaSet.metadata.generation
    ) {
      return;
    }
    replicaSet.status = {
      ...status,
      observedGeneration: replicaSet.metadata.generation,
      replicas: pods.length,
      fullyLabeledReplicas: pods.length,
      readyReplicas: ready.length,
      availableReplicas: available.length,
    };
    this.#context.store.update(replicaSet);
  }
}
