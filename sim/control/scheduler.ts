import type { Node } from '../cluster/api/node.ts';
import type { Pod } from '../cluster/api/pod.ts';
import { setCondition } from '../cluster/conditions.ts';
import { controllerOf } from '../cluster/owner.ts';
import { requestOf, roomOf } from '../cluster/resources.ts';
import { keyOfObject } from '../cluster/store.ts';
import { zoneOf } from '../cluster/zone.ts';
import type { ControlContext } from './context.ts';
import { type NodeCapacity, reasonAgainst } from './node-capacity.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * Binds Pods to nodes: filters by selector, taints and resources, then prefers empty nodes and an even spread of the
 * owner's Pods over nodes and zones. A Pod that fits nowhere waits, says why, and is tried again when room appears.
 * @source kubernetes pkg/scheduler: NodeResourcesFit (LeastAllocated), PodTopologySpread (system defaults), weights 1 and 2
 * @simplifies ties go to the first node, where the real one draws
 */
export class Scheduler {
  readonly #context: ControlContext;
  readonly #capacity: NodeCapacity;
  readonly #queue: WorkQueue;
  readonly #waiting = new Set<string>();
  /** By owner's uid: how many of its Pods that are to stay are on each node. */
  readonly #placed = new Map<string, Map<string, number>>();
  readonly #counted = new Set<string>();

  constructor(context: ControlContext, capacity: NodeCapacity) {
    this.#context = context;
    this.#capacity = capacity;
    this.#queue = new WorkQueue(context.engine, context.settings.kubelet.schedule, (key) => this.#sync(key));
    context.store.watch('Pod', (change, pod) => {
      if (change === 'added' && pod.spec.nodeName === undefined) this.#queue.add(keyOfObject(pod));
      if (change === 'deleted') this.#retryWaiting();
      this.#count(pod, change !== 'deleted' && pod.metadata.deletionTimestamp === undefined);
    });
    context.store.watch('Node', (change) => {
      if (change !== 'deleted') this.#retryWaiting();
    });
  }

  #count(pod: Pod, stays: boolean): void {
    const { nodeName } = pod.spec;
    const { uid } = pod.metadata;
    if (nodeName === undefined || stays === this.#counted.has(uid)) return;
    if (stays) this.#counted.add(uid);
    else this.#counted.delete(uid);
    const onNode = this.#placedOf(pod);
    onNode.set(nodeName, (onNode.get(nodeName) ?? 0) + (stays ? 1 : -1));
  }

  #placedOf(pod: Pod): Map<string, number> {
    const owner = controllerOf(pod)?.uid ?? '';
    const known = this.#placed.get(owner) ?? new Map<string, number>();
    this.#placed.set(owner, known);
    return known;
  }

  #retryWaiting(): void {
    for (const key of this.#waiting) this.#queue.add(key);
  }

  #sync(key: string): void {
    const [namespace, name] = key.split('/') as [string, string];
    const { store, record } = this.#context;
    const pod = store.get('Pod', namespace, name);
    this.#waiting.delete(key);
    if (pod === undefined || pod.spec.nodeName !== undefined) return;
    const reasons = new Map<string, number>();
    const fitting: Node[] = [];
    for (const node of store.list('Node')) {
      const reason = reasonAgainst(pod.spec, node, this.#capacity.used(node.metadata.name));
      if (reason === '') fitting.push(node);
      else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    if (fitting.length === 0) {
      this.#waiting.add(key);
      const message = unschedulableMessage(store.count('Node'), reasons);
      const { conditions } = pod.status;
      const now = this.#context.engine.clock[0]!;
      if (!setCondition(conditions, 'PodScheduled', 'False', now, 'Unschedulable', message)) return;
      record('warning', pod, 'FailedScheduling', message);
      store.update(pod);
      return;
    }
    const node = this.#best(pod, fitting);
    pod.spec.nodeName = node.metadata.name;
    setCondition(pod.status.conditions, 'PodScheduled', 'True', this.#context.engine.clock[0]!);
    if (this.#context.engine.clock[0]! > 0) {
      record('info', pod, 'Scheduled', `Successfully assigned ${key} to ${node.metadata.name}`);
    }
    store.update(pod);
  }

  #best(pod: Pod, nodes: Node[]): Node {
    const onNode = this.#placedOf(pod);
    const inZone = new Map<string, number>();
    for (const [name, count] of onNode) {
      const zone = zoneOf(this.#context.store.get('Node', '', name));
      inZone.set(zone, (inZone.get(zone) ?? 0) + count);
    }
    let best = nodes[0]!;
    let bestScore = -Infinity;
    for (const node of nodes) {
      const { name } = node.metadata;
      const crowd = (onNode.get(name) ?? 0) + (inZone.get(zoneOf(node)) ?? 0) / 3;
      const score = this.#freeShare(pod, node) + 2 / (1 + crowd);
      if (score > bestScore) [best, bestScore] = [node, score];
    }
    return best;
  }

  /** Of CPU and memory, the mean share that stays free once the Pod is there: 0 to 1. */
  #freeShare(pod: Pod, node: Node): number {
    const used = this.#capacity.used(node.metadata.name);
    const asked = requestOf(pod.spec);
    const room = roomOf(node);
    const cpu = 1 - (used.cpuMilli + asked.cpuMilli) / room.cpuMilli;
    const memory = 1 - (used.memoryBytes + asked.memoryBytes) / room.memoryBytes;
    return (cpu + memory) / 2;
  }
}

/** @source kubernetes pkg/scheduler/framework/types.go FitError: counts a reason, reasons in alphabetical order */
function unschedulableMessage(nodes: number, reasons: Map<string, number>): string {
  const parts = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available: ${parts.join(', ')}.`;
}
