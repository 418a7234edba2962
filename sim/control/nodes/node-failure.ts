import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { setCondition } from '../../cluster/conditions.ts';
import { setPodReady } from '../../cluster/pod-state.ts';
import type { Kinds } from '../../engine/kinds.ts';
import { type ControlContext, SECOND } from '../context.ts';
import { deletePod } from '../pod-deletion.ts';
import type { Kubelet } from './kubelet.ts';
import { isTolerated } from './node-fit.ts';

/** @source DefaultTolerationSeconds admission: not-ready and unreachable for 300 s */
const DEFAULT_TOLERATION = 300;

const UNREACHABLE = { key: 'node.kubernetes.io/unreachable' } as const;

const kinds = {
  'node.notReady': { a: 'failure', b: '-', run: (failures, failure) => failures.notReady(failure) },
  'node.evict': { a: 'eviction', b: '-', run: (failures, eviction) => failures.evict(eviction) },
  'node.recover': { a: 'failure', b: '-', run: (failures, failure) => failures.recover(failure) },
} satisfies Kinds<NodeFailures>;

/**
 * What the control plane makes of a node that died: nothing for the grace period, then NotReady (its Pods too, so that
 * Services drop them), then eviction. A Pod object on a dead node stays, terminating, until the node is back; then the
 * node's containers start anew.
 * @source kubernetes.io nodes, taint-and-toleration
 * @simplifies what the node's processes were working on goes on unheard until the node is back; nodes lose power one by
 *   one, so that evictions are never slowed down as they are when most of a zone is gone
 */
export class NodeFailures {
  readonly #context: ControlContext;
  readonly #kubelet: Kubelet;
  readonly #setDown: (node: Node, down: boolean) => void;
  readonly #kind;
  readonly #nodes: Node[] = [];
  readonly #current: boolean[] = [];
  readonly #evictions: { pod: Pod; failure: number }[] = [];
  /** By name of a node that is dead: how many failures keep it so. */
  readonly #failures = new Map<string, number>();

  /** @param setDown tells the network that the node's Pods are silent, or answer again */
  constructor(context: ControlContext, kubelet: Kubelet, setDown: (node: Node, down: boolean) => void) {
    this.#context = context;
    this.#kubelet = kubelet;
    this.#setDown = setDown;
    this.#kind = context.engine.define<NodeFailures, typeof kinds>(this, kinds);
  }

  /** @param duration ns until the node is back. A node with two failures is back after both. */
  fail(node: Node, duration: number): void {
    const number = this.#nodes.push(node) - 1;
    this.#current.push(true);
    const { name } = node.metadata;
    this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1);
    this.#setDown(node, true);
    this.#kubelet.nodeDown(name);
    this.#in(this.#context.settings.nodeMonitorGracePeriod, this.#kind['node.notReady'], number);
    this.#in(duration, this.#kind['node.recover'], number);
  }

  notReady(number: number): void {
    const node = this.#nodes[number]!;
    if (!this.#current[number] || !this.#exists(node)) return;
    const { store, record } = this.#context;
    record('error', node, 'NodeNotReady', `${node.metadata.name}: kubelet stopped posting node status`);
    const now = this.#context.engine.clock[0]!;
    node.spec.taints = [
      ...(node.spec.taints ?? []),
      { ...UNREACHABLE, effect: 'NoSchedule', timeAdded: now },
      { ...UNREACHABLE, effect: 'NoExecute', timeAdded: now },
    ];
    this.#setReady(node, false);
    for (const pod of [...this.#context.index.podsByNode.get(node.metadata.name)]) {
      if (setPodReady(pod, false, now)) store.update(pod);
      const seconds = tolerationSeconds(pod);
      if (seconds === Infinity) continue;
      const eviction = this.#evictions.push({ pod, failure: number }) - 1;
      this.#in(seconds * SECOND, this.#kind['node.evict'], eviction);
    }
  }

  evict(eviction: number): void {
    const { pod, failure } = this.#evictions[eviction]!;
    const { namespace, name, deletionTimestamp } = pod.metadata;
    if (!this.#current[failure] || deletionTimestamp !== undefined) return;
    if (this.#context.store.get('Pod', namespace, name) !== pod) return;
    const why = `Marking for deletion: ${this.#nodes[failure]!.metadata.name} is gone`;
    this.#context.record('warning', pod, 'TaintManagerEviction', why);
    deletePod(this.#context, pod);
  }

  recover(number: number): void {
    this.#current[number] = false;
    const node = this.#nodes[number]!;
    const { name } = node.metadata;
    const left = this.#failures.get(name)! - 1;
    this.#failures.set(name, left);
    if (left > 0) return;
    this.#setDown(node, false);
    this.#context.record('warning', node, 'Rebooted', `Node ${name} has been rebooted: its containers start anew`);
    this.#kubelet.nodeUp(name);
    node.spec.taints = (node.spec.taints ?? []).filter(({ key }) => key !== UNREACHABLE.key);
    if (this.#exists(node)) this.#setReady(node, true);
  }

  /** An autoscaler may have removed it while it was dead and empty. */
  #exists(node: Node): boolean {
    return this.#context.store.get('Node', '', node.metadata.name) === node;
  }

  #setReady(node: Node, ready: boolean): void {
    const { engine } = this.#context;
    const reason = ready ? 'KubeletReady' : 'NodeStatusUnknown';
    setCondition(node.status.conditions, 'Ready', ready ? 'True' : 'Unknown', engine.clock[0]!, reason);
    this.#context.store.update(node);
  }

  #in(delay: number, kind: number, number: number): void {
    const { engine } = this.#context;
    engine.due[0] = engine.clock[0]! + delay;
    engine.schedule(kind, number, 0);
  }
}

/** How long a Pod bears that its node is unreachable, seconds. @source pkg/controller/tainteviction; DefaultTolerationSeconds */
function tolerationSeconds({ spec }: Pod): number {
  const own = (spec.tolerations ?? []).filter((toleration) =>
    isTolerated({ ...UNREACHABLE, effect: 'NoExecute' }, [toleration]),
  );
  if (own.length === 0) return DEFAULT_TOLERATION;
  return Math.min(...own.map((toleration) => toleration.tolerationSeconds ?? Infinity));
}
