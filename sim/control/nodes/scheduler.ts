import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { setCondition } from '../../cluster/conditions.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { requestOf, roomOf } from '../../cluster/resources.ts';
import { keyOfObject } from '../../cluster/store.ts';
import { zoneOf } from '../../cluster/zone.ts';
import type { ControlContext } from '../context.ts';
import { WorkQueue } from '../work-queue.ts';
import type { NodeCapacity } from './node-capacity.ts';
import { matchesTerm, reasonAgainst } from './node-fit.ts';
import { keepsOthersAway, type SpreadJudge, spreadJudge } from './pod-spread.ts';

/**
 * Binds Pods to nodes: filters by taints, affinity, spread and resources, then prefers empty nodes and an even spread of
 * the owner's Pods over nodes and zones. A Pod that fits nowhere waits, says why, and is tried again when room appears.
 * In a large cluster it stops looking when it has found enough nodes, and goes on from there for the next Pod.
 * @source kubernetes pkg/scheduler: NodeResourcesFit (LeastAllocated), PodTopologySpread (system defaults), weights 1 and
 *   2; schedule_one.go numFeasibleNodesToFind
 * @simplifies ties go to the first node, where the real one draws; nobody is preempted
 */
export class Scheduler {
  readonly #context: ControlContext;
  readonly #capacity: NodeCapacity;
  readonly #queue: WorkQueue;
  readonly #waiting = new Set<string>();
  /** By owner's uid: how many of its Pods that are to stay are on each node, and in each zone. */
  readonly #placed = new Map<string, { nodes: Map<string, number>; zones: Map<string, number> }>();
  readonly #counted = new Set<string>();
  /** Pods that keep others away: how many there are. */
  readonly #guards = new Set<string>();
  #nodes: Node[] = [];
  #next = 0;

  constructor(context: ControlContext, capacity: NodeCapacity) {
    this.#context = context;
    this.#capacity = capacity;
    this.#queue = new WorkQueue(context, context.settings.kubelet.schedule, (key) => this.#sync(key));
    context.store.watch('Pod', (change, pod) => {
      if (change !== 'deleted' && pod.spec.nodeName === undefined) this.#added(pod);
      if (change === 'deleted') this.#retryWaiting();
      this.#count(pod, change !== 'deleted' && pod.metadata.deletionTimestamp === undefined);
    });
    context.store.watch('Node', (change) => {
      if (change !== 'modified') this.#nodes = [...context.store.list('Node')];
      if (change !== 'deleted') this.#retryWaiting();
    });
  }

  #added(pod: Pod): void {
    const key = keyOfObject(pod);
    if (!this.#waiting.has(key)) this.#queue.add(key);
  }

  #count(pod: Pod, stays: boolean): void {
    const { nodeName } = pod.spec;
    const { uid } = pod.metadata;
    if (nodeName === undefined || stays === this.#counted.has(uid)) return;
    if (stays) this.#counted.add(uid);
    else this.#counted.delete(uid);
    if (keepsOthersAway(pod)) this.#guards[stays ? 'add' : 'delete'](uid);
    const { nodes, zones } = this.#placedOf(pod);
    const zone = zoneOf(this.#context.store.get('Node', '', nodeName));
    nodes.set(nodeName, (nodes.get(nodeName) ?? 0) + (stays ? 1 : -1));
    zones.set(zone, (zones.get(zone) ?? 0) + (stays ? 1 : -1));
  }

  #placedOf(pod: Pod): { nodes: Map<string, number>; zones: Map<string, number> } {
    const owner = controllerOf(pod)?.uid ?? '';
    let known = this.#placed.get(owner);
    if (known === undefined) {
      known = { nodes: new Map(), zones: new Map() };
      this.#placed.set(owner, known);
    }
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
    const judge = spreadJudge(pod, store, this.#context.index, this.#guards.size > 0);
    const { fitting, reasons } = this.#fitting(pod, judge);
    const now = this.#context.engine.clock[0]!;
    if (fitting.length === 0) {
      this.#waiting.add(key);
      const message = unschedulableMessage(this.#nodes.length, reasons);
      if (!setCondition(pod.status.conditions, 'PodScheduled', 'False', now, 'Unschedulable', message)) return;
      record('warning', pod, 'FailedScheduling', message);
      store.update(pod);
      return;
    }
    const node = this.#best(pod, fitting, judge);
    pod.spec.nodeName = node.metadata.name;
    setCondition(pod.status.conditions, 'PodScheduled', 'True', now);
    if (!this.#context.settling) {
      record('info', pod, 'Scheduled', `Successfully assigned ${key} to ${node.metadata.name}`);
    }
    store.update(pod);
  }

  #fitting(pod: Pod, judge: SpreadJudge | undefined): { fitting: Node[]; reasons: Map<string, number> } {
    const reasons = new Map<string, number>();
    const fitting: Node[] = [];
    const nodes = this.#nodes;
    const enough = feasibleToFind(nodes.length);
    let looked = 0;
    for (; looked < nodes.length && fitting.length < enough; looked++) {
      const node = nodes[(this.#next + looked) % nodes.length]!;
      const reason =
        reasonAgainst(pod.spec, node, this.#capacity.used(node.metadata.name)) || (judge?.reasonAgainst(node) ?? '');
      if (reason === '') fitting.push(node);
      else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    if (enough < nodes.length) this.#next = (this.#next + looked) % nodes.length;
    return { fitting, reasons };
  }

  #best(pod: Pod, nodes: readonly Node[], judge: SpreadJudge | undefined): Node {
    const placed = this.#placedOf(pod);
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    let best = nodes[0]!;
    let bestScore = -Infinity;
    for (const node of nodes) {
      const { name } = node.metadata;
      const crowd = (placed.nodes.get(name) ?? 0) + (placed.zones.get(zoneOf(node)) ?? 0) / 3;
      let score = this.#freeShare(pod, node) + 2 / (1 + crowd);
      for (const { weight, preference } of preferred) if (matchesTerm(preference, node)) score += weight / 50;
      for (const { effect } of node.spec.taints ?? []) if (effect === 'PreferNoSchedule') score -= 1;
      if (judge !== undefined) score += judge.score(node);
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

/** Of 100 nodes all, of 5,000 a tenth. @source schedule_one.go numFeasibleNodesToFind */
function feasibleToFind(nodes: number): number {
  if (nodes < 100) return nodes;
  const percent = Math.max(5, 50 - Math.floor(nodes / 125));
  return Math.max(100, Math.floor((nodes * percent) / 100));
}

/** @source kubernetes pkg/scheduler/framework/types.go FitError: counts a reason, reasons in alphabetical order */
function unschedulableMessage(nodes: number, reasons: Map<string, number>): string {
  const parts = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available: ${parts.join(', ')}.`;
}
