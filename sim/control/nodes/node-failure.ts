import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { setCondition } from '../../cluster/conditions.ts';
import { setPodReady } from '../../cluster/pod-state.ts';
import type { Kinds } from '../../engine/kinds.ts';
import { type ControlContext, SECOND } from '../context.ts';
import { DEFAULT_TOLERATION } from '../default-tolerations.ts';
import { deletePod } from '../pod-deletion.ts';
import type { Kubelet } from './kubelet.ts';
import { isTolerated } from './node-fit.ts';

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
  /** The node runs on, and is only not heard. */
  readonly #cutOff: boolean[] = [];
  readonly #evictions: { pod: Pod; failure: number }[] = [];
  /** By name of a node: how many failures keep it silent, and how many of them keep it dead. */
  readonly #silent = new Map<string, number>();
  readonly #dead = new Map<string, number>();

  /** @param setDown tells the network that the node's Pods are silent, or answer again */
  constructor(context: ControlContext, kubelet: Kubelet, setDown: (node: Node, down: boolean) => void) {
    this.#context = context;
    this.#kubelet = kubelet;
    this.#setDown = setDown;
    this.#kind = context.engine.define<NodeFailures, typeof kinds>(this, kinds);
  }

  /** The node loses power. @param duration ns until it is back */
  fail(node: Node, duration: number): void {
    const { name } = node.metadata;
    this.#dead.set(name, (this.#dead.get(name) ?? 0) + 1);
    this.#setDown(node, true);
    this.#kubelet.nodeDown(name);
    this.#begin(node, duration, false);
  }

  /** The node's kubelet cannot reach the API server, for `duration` ns. What runs there runs on. */
  cutOff(node: Node, duration: number): void {
    this.#kubelet.cutOff(node.metadata.name);
    this.#begin(node, duration, true);
  }

  #begin(node: Node, duration: number, cutOff: boolean): void {
    const number = this.#nodes.push(node) - 1;
    const { name } = node.metadata;
    this.#current.push(true);
    this.#cutOff.push(cutOff);
    this.#silent.set(name, (this.#silent.get(name) ?? 0) + 1);
    this.#in(this.#context.settings.nodeMonitorGracePeriod, this.#kind['node.notReady'], number);
    this.#in(duration, this.#kind['node.recover'], number);
  }

  /** Without an API server no lease could be renewed: the grace period begins anew when it is back. */
  notReady(number: number): void {
    const node = this.#nodes[number]!;
    if (!this.#current[number] || !this.#exists(node)) return;
    const { disturbances, settings } = this.#context;
    if (disturbances.isDown) {
      const again = () => this.#in(settings.nodeMonitorGracePeriod, this.#kind['node.notReady'], number);
      return disturbances.whenUp(again);
    }
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
    this.#context.disturbances.whenUp(() => this.#evict(eviction));
  }

  #evict(eviction: number): void {
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
    const silent = this.#silent.get(name)! - 1;
    this.#silent.set(name, silent);
    if (this.#cutOff[number]) {
      this.#context.record('warning', node, 'NodeReconnected', `${name} reaches the API server again`);
      this.#kubelet.reconnected(name);
    } else this.#reboot(node);
    if (silent === 0) this.#context.disturbances.whenUp(() => this.#heard(node));
  }

  /** A node with two failures is back after both. */
  #reboot(node: Node): void {
    const { name } = node.metadata;
    const left = this.#dead.get(name)! - 1;
    this.#dead.set(name, left);
    if (left > 0) return;
    this.#setDown(node, false);
    this.#context.record('warning', node, 'Rebooted', `Node ${name} has been rebooted: its containers start anew`);
    this.#kubelet.nodeUp(name);
  }

  #heard(node: Node): void {
    if (this.#silent.get(node.metadata.name)! > 0) return;
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

/** How long a Pod bears that its node is unreachable, seconds: one of a dump that says nothing, as new ones do. @source pkg/controller/tainteviction */
function tolerationSeconds({ spec }: Pod): number {
  const own = (spec.tolerations ?? []).filter((toleration) =>
    isTolerated({ ...UNREACHABLE, effect: 'NoExecute' }, [toleration]),
  );
  if (own.length === 0) return DEFAULT_TOLERATION;
  return Math.min(...own.map((toleration) => toleration.tolerationSeconds ?? Infinity));
}
