import type { Node } from '../../cluster/api/node.ts';
import type { Pod, PodSpec, Toleration } from '../../cluster/api/pod.ts';
import type { DaemonSet } from '../../cluster/api/workloads.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { isActive, isAvailable, isPodReady, isTerminal } from '../../cluster/pod-state.ts';
import { keyOfObject } from '../../cluster/store.ts';
import type { ControlContext } from '../context.ts';
import { matchesNodeAffinity, untoleratedTaint } from '../nodes/node-fit.ts';
import { WorkQueue } from '../work-queue.ts';
import { deleteOwned } from './pod-events.ts';
import { type PodFactory, templateHash } from './pod-factory.ts';
import { resolve } from './rolling-update.ts';
import { REVISION_LABEL } from './statefulset-controller.ts';

/** What every daemon bears. @source pkg/controller/daemon/util/daemonset_util.go AddOrUpdateDaemonPodTolerations */
const TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

/**
 * One Pod on each node that the template fits; updated node by node.
 * @source kubernetes pkg/controller/daemon/daemon_controller.go, update.go
 * @simplifies a Pod is bound to its node when it is made, so that no scheduler stands between; no surge
 */
export class DaemonSetController {
  readonly #context: ControlContext;
  readonly #pods: PodFactory;
  readonly #queue: WorkQueue;
  /** By uid: containers that all Pods of a template share, tolerations added. */
  readonly #specs = new WeakMap<PodSpec, PodSpec>();

  constructor(context: ControlContext, pods: PodFactory) {
    this.#context = context;
    this.#pods = pods;
    this.#queue = new WorkQueue(context, context.settings.controllerSync, (key) => this.#sync(key));
    context.store.watch('DaemonSet', (change, set) => {
      if (change !== 'deleted') this.#queue.add(keyOfObject(set));
    });
    context.store.watch('Node', () => {
      for (const set of context.store.list('DaemonSet')) this.#queue.add(keyOfObject(set));
    });
    context.store.watch('Pod', (_, pod) => {
      const owner = controllerOf(pod);
      if (owner?.kind === 'DaemonSet') this.#queue.add(`${pod.metadata.namespace}/${owner.name}`);
    });
  }

  #sync(key: string): void {
    const { store, index } = this.#context;
    const set = store.withKey('DaemonSet', key);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const revision = templateHash(set.spec.template);
    const byNode = new Map<string, Pod[]>();
    for (const pod of index.podsByController.get(set.metadata.uid)) {
      const node = pod.spec.nodeName ?? '';
      byNode.set(node, [...(byNode.get(node) ?? []), pod]);
    }
    const spec = this.#specOf(set);
    let desired = 0;
    for (const node of store.list('Node')) {
      const pods = byNode.get(node.metadata.name) ?? [];
      byNode.delete(node.metadata.name);
      if (!fits(spec, node)) {
        for (const pod of pods) deleteOwned(this.#context, set, pod);
        continue;
      }
      desired++;
      for (const pod of pods) if (isTerminal(pod)) deleteOwned(this.#context, set, pod);
      if (pods.length === 0) this.#create(set, spec, node, revision);
    }
    for (const pods of byNode.values()) for (const pod of pods) deleteOwned(this.#context, set, pod);
    this.#update(set, revision, desired);
    this.#updateStatus(set, revision, desired);
  }

  #create(set: DaemonSet, spec: PodSpec, node: Node, revision: string): void {
    this.#pods.create(
      set,
      { ...set.spec.template, spec },
      {
        labels: { [REVISION_LABEL]: revision },
        spec: { nodeName: node.metadata.name },
      },
    );
  }

  #specOf({ spec: { template } }: DaemonSet): PodSpec {
    let spec = this.#specs.get(template.spec);
    if (spec === undefined) {
      spec = { ...template.spec, tolerations: [...(template.spec.tolerations ?? []), ...TOLERATIONS] };
      this.#specs.set(template.spec, spec);
    }
    return spec;
  }

  #update(set: DaemonSet, revision: string, desired: number): void {
    if (set.spec.updateStrategy.type === 'OnDelete') return;
    const { maxUnavailable = 1 } = set.spec.updateStrategy.rollingUpdate ?? {};
    const most = Math.max(1, resolve(maxUnavailable, desired, Math.ceil));
    const now = this.#context.engine.clock[0]!;
    const pods = [...this.#context.index.podsByController.get(set.metadata.uid)];
    const up =
      ({ minReadySeconds }: DaemonSet['spec']) =>
      (pod: Pod) =>
        isActive(pod) && isAvailable(pod, minReadySeconds, now);
    let spare = most - (desired - pods.filter(up(set.spec)).length);
    const old = pods.filter((pod) => isActive(pod) && pod.metadata.labels[REVISION_LABEL] !== revision);
    for (const pod of old) {
      const isDown = !isAvailable(pod, set.spec.minReadySeconds, now);
      if (!isDown && spare-- <= 0) continue;
      deleteOwned(this.#context, set, pod);
    }
  }

  #updateStatus(set: DaemonSet, revision: string, desired: number): void {
    const now = this.#context.engine.clock[0]!;
    const pods = [...this.#context.index.podsByController.get(set.metadata.uid)].filter(isActive);
    const available = pods.filter((pod) => isAvailable(pod, set.spec.minReadySeconds, now)).length;
    const next: DaemonSet['status'] = {
      ...set.status,
      observedGeneration: set.metadata.generation,
      desiredNumberScheduled: desired,
      currentNumberScheduled: pods.length,
      numberReady: pods.filter(isPodReady).length,
      updatedNumberScheduled: pods.filter(({ metadata }) => metadata.labels[REVISION_LABEL] === revision).length,
      numberAvailable: available,
      numberUnavailable: desired - available,
    };
    if (JSON.stringify(next) === JSON.stringify(set.status)) return;
    set.status = next;
    this.#context.store.update(set);
  }
}

/** Should a daemon be on the node? Room does not matter: one that has none lets it wait. */
function fits(spec: PodSpec, node: Node): boolean {
  return matchesNodeAffinity(spec, node) && untoleratedTaint(spec, node) === undefined;
}
