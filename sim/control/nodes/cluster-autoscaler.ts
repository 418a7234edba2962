import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { unschedulableReason } from '../../cluster/pod-state.ts';
import { type Resources, requestOf } from '../../cluster/resources.ts';
import type { Kinds } from '../../engine/kinds.ts';
import type { NodeGroup } from '../../input/scenario.ts';
import type { ControlContext } from '../context.ts';
import type { Drainer } from './drain.ts';
import type { NodeCapacity } from './node-capacity.ts';
import { GROUP_LABEL, type NodeFactory } from './node-factory.ts';
import { emptyOffer, type NodeOffer, reasonAgainst } from './node-fit.ts';
import { keepsOthersAway, type SpreadJudge, spreadJudge } from './pod-spread.ts';

const kinds = {
  'autoscaler.scan': { a: '-', b: '-', run: (autoscaler) => autoscaler.scan() },
  'autoscaler.nodeReady': { a: 'node group', b: '-', run: (autoscaler, group) => autoscaler.nodeReady(group) },
} satisfies Kinds<ClusterAutoscaler>;

/**
 * Adds nodes for Pods that fit nowhere, and consolidates: a node whose requests have been below a share of its room for
 * long enough, and whose Pods all fit on other nodes, is drained and removed.
 * @source kubernetes/autoscaler cluster-autoscaler FAQ: scan interval 10 s, scale-down-utilization-threshold 0.5,
 *   scale-down-unneeded-time 10 min, scale-down-delay-after-add 10 min
 * @simplifies expander: the first group whose nodes the Pod fits on; DaemonSets and local storage do not exist here; Pods that
 *   are to be placed together are not counted against each other's spread
 */
export class ClusterAutoscaler {
  readonly #context: ControlContext;
  readonly #settings;
  readonly #capacity: NodeCapacity;
  readonly #drainer: Drainer;
  readonly #nodes: NodeFactory;
  readonly #kind;
  readonly #unneededSince = new Map<string, number>();
  readonly #provisioning: number[] = [];
  #draining = 0;
  #lastAdd = -Infinity;

  constructor(context: ControlContext, capacity: NodeCapacity, drainer: Drainer, nodes: NodeFactory) {
    this.#context = context;
    this.#settings = context.settings.autoscaler!;
    this.#capacity = capacity;
    this.#drainer = drainer;
    this.#nodes = nodes;
    this.#kind = context.engine.define<ClusterAutoscaler, typeof kinds>(this, kinds);
    this.#provisioning = context.settings.nodeGroups.map(() => 0);
    this.#in(this.#settings.scanInterval, this.#kind['autoscaler.scan'], 0);
  }

  scan(): void {
    if (!this.#context.disturbances.isDown) {
      const guards = this.#guards();
      this.#scaleUp(guards);
      this.#consolidate(guards);
    }
    this.#in(this.#settings.scanInterval, this.#kind['autoscaler.scan'], 0);
  }

  /** A node that boots while the API server is down registers when it is back. */
  nodeReady(group: number): void {
    this.#context.disturbances.whenUp(() => this.#register(group));
  }

  #register(group: number): void {
    this.#provisioning[group]!--;
    const { record, engine } = this.#context;
    const node = this.#nodes.add(this.#context.settings.nodeGroups[group]!);
    this.#lastAdd = engine.clock[0]!;
    record('info', node, 'NodeReady', `${node.metadata.name} joined the cluster`);
  }

  /** First fit of the waiting Pods on nodes that are coming, then on new ones. */
  #scaleUp(guards: ReadonlySet<Pod>): void {
    const groups = this.#context.settings.nodeGroups;
    const coming = this.#provisioning.flatMap((count, group) =>
      Array.from({ length: count }, (_, ahead) => new ComingNode(this.#nodes.template(groups[group]!, ahead))),
    );
    for (const pod of this.#context.store.list('Pod')) {
      if (pod.spec.nodeName !== undefined || unschedulableReason(pod) === undefined) continue;
      const judge = this.#judgeOf(pod, guards);
      if (this.#fitsNow(pod, judge) || coming.some((node) => node.take(pod, judge))) continue;
      for (const [i, group] of groups.entries()) {
        if (this.#sizeOf(group) + this.#provisioning[i]! >= group.maxCount) continue;
        const node = new ComingNode(this.#nodes.template(group, this.#provisioning[i]!));
        if (!node.take(pod, judge)) continue;
        coming.push(node);
        this.#provision(pod, i);
        break;
      }
    }
  }

  /** The Pods that keep others away. */
  #guards(): ReadonlySet<Pod> {
    const guards = new Set<Pod>();
    for (const pod of this.#context.store.list('Pod')) if (keepsOthersAway(pod)) guards.add(pod);
    return guards;
  }

  #judgeOf(pod: Pod, guards: ReadonlySet<Pod>, leaving?: string): SpreadJudge | undefined {
    return spreadJudge(pod, this.#context.store, this.#context.index, guards, leaving);
  }

  /** A node has room by now; the scheduler has only not come to the Pod yet. */
  #fitsNow(pod: Pod, judge: SpreadJudge | undefined): boolean {
    for (const state of this.#capacity.states) if (fits(pod, state, judge)) return true;
    return false;
  }

  #provision(pod: Pod, group: number): void {
    this.#provisioning[group]!++;
    const { name } = this.#context.settings.nodeGroups[group]!;
    this.#context.record(
      'info',
      pod,
      'TriggeredScaleUp',
      `pod triggered scale-up: a node of group ${name} was asked for`,
    );
    this.#in(this.#settings.provisioning, this.#kind['autoscaler.nodeReady'], group);
  }

  #sizeOf(group: NodeGroup): number {
    let size = 0;
    for (const node of this.#context.store.list('Node')) {
      if (node.metadata.labels[GROUP_LABEL] === group.name) size++;
    }
    return size;
  }

  #consolidate(guards: ReadonlySet<Pod>): void {
    const { store, engine, settings } = this.#context;
    const now = engine.clock[0]!;
    const { unneededTime, delayAfterAdd, maxDraining } = this.#settings;
    const candidates: { node: Node; utilization: number }[] = [];
    for (const node of store.list('Node')) {
      const utilization = this.#utilizationOf(node);
      const isIdle = !node.spec.unschedulable && utilization < this.#settings.utilizationThreshold;
      const unneeded = isIdle && this.#fitElsewhere(node, guards);
      if (!unneeded) this.#unneededSince.delete(node.metadata.name);
      else if (!this.#unneededSince.has(node.metadata.name)) this.#unneededSince.set(node.metadata.name, now);
      if (unneeded && now - this.#unneededSince.get(node.metadata.name)! >= unneededTime) {
        candidates.push({ node, utilization });
      }
    }
    if (now - this.#lastAdd < delayAfterAdd || this.#provisioning.some((count) => count > 0)) return;
    candidates.sort((a, b) => a.utilization - b.utilization);
    for (const { node, utilization } of candidates) {
      if (this.#draining >= maxDraining) return;
      const group = settings.nodeGroups.find((group) => group.name === node.metadata.labels[GROUP_LABEL]);
      if (group === undefined || this.#sizeOf(group) <= group.minCount || !this.#fitElsewhere(node, guards)) continue;
      this.#draining++;
      const percent = Math.round(utilization * 100);
      this.#drainer.drain(node, `requests fill ${percent} % of it and its Pods fit elsewhere (consolidation)`, () => {
        this.#draining--;
        this.#unneededSince.delete(node.metadata.name);
        this.#context.record('info', node, 'ScaleDown', `${node.metadata.name} is empty and removed`);
        store.remove(node);
      });
    }
  }

  /** The larger of CPU and memory requests over what is allocatable. @source cluster-autoscaler FAQ */
  #utilizationOf(node: Node): number {
    const { used, room } = this.#capacity.of(node.metadata.name)!;
    return Math.max(used.cpuMilli / room.cpuMilli, used.memoryBytes / room.memoryBytes);
  }

  /** Would all of the node's Pods find room on the others as these are now? */
  #fitElsewhere(leaving: Node, guards: ReadonlySet<Pod>): boolean {
    const others = this.#capacity.states
      .filter(({ node }) => node !== leaving && !node.spec.unschedulable)
      .map((state) => ({ ...state, used: { ...state.used } }));
    return [...this.#context.index.podsByNode.get(leaving.metadata.name)]
      .filter((pod) => pod.metadata.deletionTimestamp === undefined && controllerOf(pod)?.kind !== 'DaemonSet')
      .every((pod) => {
        const judge = this.#judgeOf(pod, guards, leaving.metadata.name);
        const place = others.find((other) => fits(pod, other, judge));
        if (place) addTo(place.used, requestOf(pod.spec));
        return place !== undefined;
      });
  }

  #in(delay: number, kind: number, a: number): void {
    const { engine } = this.#context;
    engine.due[0] = engine.clock[0]! + delay;
    engine.schedule(kind, a, 0);
  }
}

/** A node that was asked for, and the Pods that it is meant for. */
class ComingNode {
  readonly #offer: NodeOffer;
  readonly #pods: Pod[] = [];

  constructor(node: Node) {
    this.#offer = emptyOffer(node);
  }

  /** Of Pods of one owner that keep others away, each gets a node: rather one too many. */
  take(pod: Pod, judge: SpreadJudge | undefined): boolean {
    const owner = controllerOf(pod)?.uid;
    const isAlone = !keepsOthersAway(pod) || this.#pods.every((other) => controllerOf(other)?.uid !== owner);
    if (!isAlone || !fits(pod, this.#offer, judge)) return false;
    addTo(this.#offer.used, requestOf(pod.spec));
    this.#pods.push(pod);
    return true;
  }
}

function fits(pod: Pod, offer: NodeOffer, judge: SpreadJudge | undefined): boolean {
  return reasonAgainst(pod.spec, offer) === '' && (judge === undefined || judge.reasonAgainst(offer.node) === '');
}

function addTo(used: Resources, more: Resources): void {
  used.cpuMilli += more.cpuMilli;
  used.memoryBytes += more.memoryBytes;
  used.pods += more.pods;
}
