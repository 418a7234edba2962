import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { setCondition } from '../../cluster/conditions.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { requestOf } from '../../cluster/resources.ts';
import { keyOfObject } from '../../cluster/store.ts';
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
  readonly #placed = new Map<string, Placed>();
  readonly #counted = new Set<string>();
  /** Pods that keep others away. */
  readonly #guards = new Set<Pod>();
  /** Scratch, by node slot and by zone: Pods of the owner that is being placed. */
  #onNode = new Float64Array(0);
  #inZone = new Float64Array(0);
  #zoneScore = new Float64Array(0);
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
    if (keepsOthersAway(pod)) this.#guards[stays ? 'add' : 'delete'](pod);
    const placed = this.#placedOf(pod);
    placed.set(nodeName, (placed.get(nodeName) ?? 0) + (stays ? 1 : -1));
  }

  #placedOf(pod: Pod): Placed {
    const owner = controllerOf(pod)?.uid ?? '';
    let known = this.#placed.get(owner);
    if (known === undefined) {
      known = new Map();
      this.#placed.set(owner, known);
    }
    return known;
  }

  #retryWaiting(): void {
    for (const key of this.#waiting) this.#queue.add(key);
  }

  #sync(key: string): void {
    const { store, record } = this.#context;
    const pod = store.withKey('Pod', key);
    this.#waiting.delete(key);
    if (pod === undefined || pod.spec.nodeName !== undefined) return;
    const judge = spreadJudge(pod, store, this.#context.index, this.#guards);
    const reasons = new Map<string, number>();
    const best = this.#best(pod, judge, reasons);
    const now = this.#context.engine.clock[0]!;
    if (best < 0) {
      this.#waiting.add(key);
      const message = unschedulableMessage(this.#capacity.states.length, reasons);
      if (!setCondition(pod.status.conditions, 'PodScheduled', 'False', now, 'Unschedulable', message)) return;
      record('warning', pod, 'FailedScheduling', message);
      store.update(pod);
      return;
    }
    const node = this.#capacity.states[best]!.node.metadata.name;
    pod.spec.nodeName = node;
    setCondition(pod.status.conditions, 'PodScheduled', 'True', now);
    if (!this.#context.settling) record('info', pod, 'Scheduled', `Successfully assigned ${key} to ${node}`);
    store.update(pod);
  }

  /**
   * Looks at nodes until enough are found that the Pod fits on.
   * @param reasons those of the other nodes are counted in it
   * @returns slot of the one that it is best on; -1: it fits nowhere
   */
  #best(pod: Pod, judge: SpreadJudge | undefined, reasons: Map<string, number>): number {
    const { nodeSelector, affinity } = pod.spec;
    const isPlain = nodeSelector === undefined && affinity === undefined && judge === undefined;
    const { states, open, zoneCount, zoneOfSlot, freeCpu, freeMemory, freePods, perCpu, perMemory } = this.#capacity;
    const placed = this.#placedOf(pod);
    this.#spreadOut(placed, 1);
    const asked = requestOf(pod.spec);
    const { cpuMilli, memoryBytes } = asked;
    const onNode = this.#onNode;
    const inZone = this.#inZone;
    const zoneScore = this.#zoneScore;
    // Most nodes have none of the owner's Pods, and then the zone alone tells.
    for (let zone = 0; zone < zoneCount; zone++) zoneScore[zone] = 2 / (1 + inZone[zone]! / 3);
    const count = states.length;
    const enough = feasibleToFind(count);
    let slot = count === 0 ? 0 : this.#next % count;
    let best = -1;
    let bestScore = -Infinity;
    let found = 0;
    for (let looked = 0; looked < count && found < enough; looked++) {
      const at = slot;
      if (++slot === count) slot = 0;
      const cpuLeft = freeCpu[at]! - cpuMilli;
      const memoryLeft = freeMemory[at]! - memoryBytes;
      let score = 0;
      // Among thousands of nodes the columns answer: an object of a node costs a cache line each time.
      if (!(isPlain && open[at] === 1 && cpuLeft >= 0 && memoryLeft >= 0 && freePods[at]! >= 1)) {
        const state = states[at]!;
        const reason = reasonAgainst(pod.spec, state, asked) || (judge?.reasonAgainst(state.node) ?? '');
        if (reason !== '') {
          reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
          continue;
        }
        score = preferenceFor(state.node, pod, judge);
      }
      found++;
      const own = onNode[at]!;
      const zone = zoneOfSlot[at]!;
      score += own === 0 ? zoneScore[zone]! : 2 / (1 + own + inZone[zone]! / 3);
      // Of CPU and memory, the mean share that stays free once the Pod is there: 0 to 1.
      score += (cpuLeft * perCpu[at]! + memoryLeft * perMemory[at]!) / 2;
      if (score > bestScore) {
        best = at;
        bestScore = score;
      }
    }
    if (enough < count) this.#next = slot;
    this.#spreadOut(placed, 0);
    return best;
  }

  /** Writes the owner's Pods into the scratch columns, or takes them out. @param sign 1 or 0 */
  #spreadOut(placed: Placed, sign: 1 | 0): void {
    const { states, zoneCount } = this.#capacity;
    if (this.#onNode.length < states.length) this.#onNode = new Float64Array(2 * states.length);
    if (this.#inZone.length < zoneCount) {
      this.#inZone = new Float64Array(2 * zoneCount);
      this.#zoneScore = new Float64Array(2 * zoneCount);
    }
    for (const [name, count] of placed) {
      const state = this.#capacity.of(name);
      if (state === undefined || states[state.slot] !== state) continue;
      this.#onNode[state.slot] = sign * count;
      if (sign === 0) this.#inZone[state.zone] = 0;
      else this.#inZone[state.zone]! += count;
    }
  }
}

/** What taints that only ask, preferred affinity and spread add to a node's score. */
function preferenceFor(node: Node, { spec }: Pod, judge: SpreadJudge | undefined): number {
  let score = judge?.score(node) ?? 0;
  for (const { effect } of node.spec.taints ?? []) if (effect === 'PreferNoSchedule') score -= 1;
  const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  for (const { weight, preference } of preferred) if (matchesTerm(preference, node)) score += weight / 50;
  return score;
}

/** Pods by node name. */
type Placed = Map<string, number>;

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
