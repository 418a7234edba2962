import type { Pod, PodTemplate } from '../../cluster/api/pod.ts';
import type { StatefulSet } from '../../cluster/api/workloads.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { isAvailable, isPodReady, isTerminal, readySince } from '../../cluster/pod-state.ts';
import { keyOfObject } from '../../cluster/store.ts';
import { type ControlContext, SECOND } from '../context.ts';
import { WorkQueue } from '../work-queue.ts';
import { deleteOwned } from './pod-events.ts';
import { type PodFactory, templateHash } from './pod-factory.ts';
import { resolve } from './rolling-update.ts';

export const REVISION_LABEL = 'controller-revision-hash';

/**
 * Keeps a StatefulSet's Pods, each with its ordinal, name and place: made and given up one by one (or all at once), each
 * when the one before it is ready; updated from the last to the partition.
 * @source kubernetes pkg/controller/statefulset/stateful_set_control.go
 * @simplifies no volumes; revisions are kept for the life of the run
 */
export class StatefulSetController {
  readonly #context: ControlContext;
  readonly #pods: PodFactory;
  readonly #queue: WorkQueue;
  /** By uid and revision: what its Pods are made of. */
  readonly #templates = new Map<string, PodTemplate>();

  constructor(context: ControlContext, pods: PodFactory) {
    this.#context = context;
    this.#pods = pods;
    this.#queue = new WorkQueue(context, context.settings.controllerSync, (key) => this.#sync(key));
    context.store.watch('StatefulSet', (change, set) => {
      if (change !== 'deleted') this.#queue.add(keyOfObject(set));
    });
    context.store.watch('Pod', (_, pod) => {
      const owner = controllerOf(pod);
      if (owner?.kind === 'StatefulSet') this.#queue.add(`${pod.metadata.namespace}/${owner.name}`);
    });
  }

  #sync(key: string): void {
    const set = this.#context.store.withKey('StatefulSet', key);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const revision = `${set.metadata.name}-${templateHash(set.spec.template)}`;
    this.#templates.set(`${set.metadata.uid} ${revision}`, set.spec.template);
    set.status.currentRevision ||= revision;
    set.status.updateRevision = revision;
    this.#act(set);
    this.#updateStatus(set, key);
  }

  /** One pass: the first thing that is to be done, and where Pods need not wait for each other, all of them. */
  #act(set: StatefulSet): void {
    const ordered = set.spec.podManagementPolicy === 'OrderedReady';
    const byOrdinal = new Map(this.#podsOf(set).map((pod) => [ordinalOf(pod), pod]));
    const first = set.spec.ordinals?.start ?? 0;
    const last = first + set.spec.replicas - 1;
    for (let ordinal = first; ordinal <= last; ordinal++) {
      const pod = byOrdinal.get(ordinal);
      if (pod !== undefined && isTerminal(pod)) {
        deleteOwned(this.#context, set, pod);
        if (ordered) return;
      } else if (pod === undefined) {
        byOrdinal.set(ordinal, this.#create(set, ordinal));
        if (ordered) return;
      } else if (ordered && !this.#isHealthy(set, pod)) return;
    }
    const condemned = [...byOrdinal.values()].filter((pod) => ordinalOf(pod) > last || ordinalOf(pod) < first);
    condemned.sort((a, b) => ordinalOf(b) - ordinalOf(a));
    for (const pod of condemned) {
      if (pod.metadata.deletionTimestamp === undefined) deleteOwned(this.#context, set, pod);
      if (ordered) return;
    }
    if (condemned.length === 0) this.#update(set, byOrdinal, first, last);
  }

  /** From the last Pod down, as many at a time as may be unavailable. */
  #update(set: StatefulSet, byOrdinal: ReadonlyMap<number, Pod>, first: number, last: number): void {
    if (set.spec.updateStrategy.type === 'OnDelete') return;
    const { partition = 0, maxUnavailable = 1 } = set.spec.updateStrategy.rollingUpdate ?? {};
    const most = Math.max(1, resolve(maxUnavailable, set.spec.replicas, Math.ceil));
    let unavailable = 0;
    for (let ordinal = last; ordinal >= first + partition && unavailable < most; ordinal--) {
      const pod = byOrdinal.get(ordinal);
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) unavailable++;
      else if (pod.metadata.labels[REVISION_LABEL] !== set.status.updateRevision) {
        deleteOwned(this.#context, set, pod);
        unavailable++;
      } else if (!this.#isHealthy(set, pod)) unavailable++;
    }
  }

  #isHealthy(set: StatefulSet, pod: Pod): boolean {
    const now = this.#context.engine.clock[0]!;
    return pod.metadata.deletionTimestamp === undefined && isAvailable(pod, set.spec.minReadySeconds, now);
  }

  /** Below the partition, and while the update has not come to it, a Pod is made anew of the old revision. */
  #create(set: StatefulSet, ordinal: number): Pod {
    const { status, spec, metadata } = set;
    const first = spec.ordinals?.start ?? 0;
    const { partition = 0 } = spec.updateStrategy.rollingUpdate ?? {};
    const isOld = spec.updateStrategy.type === 'RollingUpdate' && ordinal < first + partition;
    const revision = isOld ? status.currentRevision : status.updateRevision;
    const template = this.#templates.get(`${metadata.uid} ${revision}`) ?? spec.template;
    const name = `${metadata.name}-${ordinal}`;
    return this.#pods.create(set, template, {
      name,
      labels: {
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
        [REVISION_LABEL]: revision,
      },
      spec: { hostname: name, ...(spec.serviceName !== '' && { subdomain: spec.serviceName }) },
    });
  }

  #podsOf(set: StatefulSet): Pod[] {
    return [...this.#context.index.podsByController.get(set.metadata.uid)];
  }

  #updateStatus(set: StatefulSet, key: string): void {
    const now = this.#context.engine.clock[0]!;
    const pods = this.#podsOf(set).filter((pod) => !isTerminal(pod));
    const { minReadySeconds, replicas } = set.spec;
    const ready = pods.filter(isPodReady);
    const available = ready.filter((pod) => isAvailable(pod, minReadySeconds, now));
    if (available.length < ready.length) {
      const next = ready.map((pod) => readySince(pod) + minReadySeconds * SECOND).filter((at) => at > now);
      this.#queue.addAfter(key, Math.min(...next) - now);
    }
    const { status } = set;
    const of = (revision: string) => pods.filter(({ metadata }) => metadata.labels[REVISION_LABEL] === revision).length;
    const updated = of(status.updateRevision);
    const done = updated === replicas && ready.length === replicas && pods.length === replicas;
    const next: StatefulSet['status'] = {
      ...status,
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      readyReplicas: ready.length,
      availableReplicas: available.length,
      updatedReplicas: updated,
      currentRevision: done ? status.updateRevision : status.currentRevision,
      currentReplicas: done ? updated : of(status.currentRevision),
    };
    if (JSON.stringify(next) === JSON.stringify(status)) return;
    set.status = next;
    this.#context.store.update(set);
  }
}

/** `db-2` has ordinal 2; -1: no ordinal. */
function ordinalOf({ metadata }: Pod): number {
  const digits = /-(\d+)$/.exec(metadata.name)?.[1];
  return digits === undefined ? -1 : Number(digits);
}
