import type { Node } from '../cluster/api/node.ts';
import { setCondition } from '../cluster/conditions.ts';
import { setPodReady } from '../cluster/pod-state.ts';
import type { Kinds } from '../engine/kinds.ts';
import { type ControlContext, SECOND } from './context.ts';
import type { Kubelet } from './kubelet.ts';
import { deletePod } from './replicaset.ts';

/** @source kube-controller-manager --node-monitor-grace-period (50 s since 1.32) */
const GRACE = 50 * SECOND;
/** @source DefaultTolerationSeconds admission: not-ready and unreachable for 300 s */
const TOLERATION = 300 * SECOND;

const kinds = {
  'node.notReady': { a: 'failure', b: '-', run: (failures, failure) => failures.notReady(failure) },
  'node.evict': { a: 'failure', b: '-', run: (failures, failure) => failures.evict(failure) },
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
    this.#in(GRACE, this.#kind['node.notReady'], number);
    this.#in(GRACE + TOLERATION, this.#kind['node.evict'], number);
    this.#in(duration, this.#kind['node.recover'], number);
  }

  notReady(number: number): void {
    const node = this.#nodes[number]!;
    if (!this.#current[number] || !this.#exists(node)) return;
    const { store, record } = this.#context;
    record('error', node, 'NodeNotReady', `${node.metadata.name}: kubelet stopped posting node status`);
    this.#setReady(node, false);
    for (const pod of [...store.list('Pod')]) {
      if (pod.spec.nodeName !== node.metadata.name) continue;
      if (setPodReady(pod, false, this.#context.engine.clock[0]!)) store.update(pod);
    }
  }

  evict(number: number): void {
    if (!this.#current[number]) return;
    const node = this.#nodes[number]!;
    for (const pod of [...this.#context.store.list('Pod')]) {
      if (pod.spec.nodeName !== node.metadata.name || pod.metadata.deletionTimestamp !== undefined) continue;
      this.#context.record(
        'warning',
        pod,
        'TaintManagerEviction',
        `Marking for deletion: ${node.metadata.name} is gone`,
      );
      deletePod(this.#context, pod);
    }
  }

  recover(number: number): void {
    this.#current[number] = false;
    const node = this.#nodes[number]!;
    const { name } = node.metadata;
    const left = this.#failures.get(name)! - 1;
    this.#failures.set(name, left);
    if (left > 0) return;
    this.#setDown(node, false);
    this.#kubelet.nodeUp(name);
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
