import type { Node } from '../cluster/api/node.ts';
import type { Pod, PodSpec } from '../cluster/api/pod.ts';
import { isNodeReady } from '../cluster/pod-state.ts';
import { type Resources, requestOf, roomOf } from '../cluster/resources.ts';
import { matches } from '../cluster/selector.ts';
import type { ObjectStore } from '../cluster/store.ts';

/** What the Pods bound to each node have requested, kept by watching; Pods that terminate count until they are gone. */
export class NodeCapacity {
  readonly #store: ObjectStore;
  readonly #usage = new Map<string, Resources>();
  readonly #counted = new Set<string>();

  constructor(store: ObjectStore) {
    this.#store = store;
    store.watch('Pod', (change, pod) => {
      const { uid } = pod.metadata;
      if (pod.spec.nodeName === undefined) return;
      if (change === 'deleted') {
        if (this.#counted.delete(uid)) this.#add(pod.spec.nodeName, pod.spec, -1);
      } else if (!this.#counted.has(uid)) {
        this.#counted.add(uid);
        this.#add(pod.spec.nodeName, pod.spec, 1);
      }
    });
  }

  used(node: string): Resources {
    return this.#usage.get(node) ?? { cpuMilli: 0, memoryBytes: 0, pods: 0 };
  }

  podsOn(node: string): Pod[] {
    return [...this.#store.list('Pod')].filter((pod) => pod.spec.nodeName === node);
  }

  #add(node: string, spec: PodSpec, sign: number): void {
    const used = this.used(node);
    const asked = requestOf(spec);
    this.#usage.set(node, {
      cpuMilli: used.cpuMilli + sign * asked.cpuMilli,
      memoryBytes: used.memoryBytes + sign * asked.memoryBytes,
      pods: used.pods + sign,
    });
  }
}

/**
 * Why a Pod cannot run on a node, in the scheduler's own words; empty when it can.
 * @source kubernetes pkg/scheduler/framework/plugins (nodeunschedulable, nodeaffinity, noderesources)
 * @simplifies no tolerations: every NoSchedule or NoExecute taint keeps the Pod away
 */
export function reasonAgainst(spec: PodSpec, node: Node, used: Resources): string {
  if (node.spec.unschedulable) return 'node(s) were unschedulable';
  if (!isNodeReady(node)) return 'node(s) were not ready';
  const taint = node.spec.taints?.find((taint) => taint.effect !== 'PreferNoSchedule');
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (!matches(spec.nodeSelector ?? {}, node.metadata.labels))
    return "node(s) didn't match Pod's node affinity/selector";
  const asked = requestOf(spec);
  const room = roomOf(node);
  if (used.pods + 1 > room.pods) return 'Too many pods';
  if (used.cpuMilli + asked.cpuMilli > room.cpuMilli) return 'Insufficient cpu';
  if (used.memoryBytes + asked.memoryBytes > room.memoryBytes) return 'Insufficient memory';
  return '';
}
