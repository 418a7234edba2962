import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { isTerminal } from '../../cluster/pod-state.ts';
import { keyOfObject } from '../../cluster/store.ts';
import type { Kinds } from '../../engine/kinds.ts';
import { type ControlContext, SECOND } from '../context.ts';
import { deletePod } from '../pod-deletion.ts';
import type { DisruptionBudgets } from './disruption-budgets.ts';

/** How often an eviction that a budget forbade is asked for again. @source kubectl pkg/drain/drain.go */
const RETRY = 5 * SECOND;

const kinds = {
  'drain.retry': { a: 'drain', b: '-', run: (drainer, number) => drainer.retry(number) },
} satisfies Kinds<Drainer>;

/**
 * Cordons a node and evicts its Pods, as `kubectl drain` and autoscalers do, as fast as disruption budgets allow; says
 * when the last one is gone. Daemons stay.
 * @source kubernetes.io safely-drain-node; kubectl pkg/drain
 */
export class Drainer {
  readonly #context: ControlContext;
  readonly #budgets: DisruptionBudgets;
  readonly #kind;
  readonly #drains: { node: string; why: string }[] = [];
  /** By node, while Pods are left on it: whom to tell when none is. */
  readonly #drained = new Map<string, (() => void)[]>();
  /** Pods whose eviction was refused: told once. */
  readonly #refused = new Set<string>();

  constructor(context: ControlContext, budgets: DisruptionBudgets) {
    this.#context = context;
    this.#budgets = budgets;
    this.#kind = context.engine.define<Drainer, typeof kinds>(this, kinds);
    context.store.watch('Pod', (change, pod) => {
      if (change === 'deleted' && pod.spec.nodeName !== undefined) this.#look(pod.spec.nodeName);
    });
  }

  drain(node: Node, why: string, whenEmpty: () => void = () => {}): void {
    const { store, record } = this.#context;
    const { name } = node.metadata;
    node.spec.unschedulable = true;
    store.update(node);
    record('warning', node, 'Drain', `${name} is cordoned and drained: ${why}`);
    this.#drained.set(name, [...(this.#drained.get(name) ?? []), whenEmpty]);
    this.retry(this.#drains.push({ node: name, why }) - 1);
    this.#look(name);
  }

  retry(number: number): void {
    this.#context.disturbances.whenUp(() => this.#evictAll(number));
  }

  #evictAll(number: number): void {
    const { engine, store } = this.#context;
    const { node } = this.#drains[number]!;
    if (!store.get('Node', '', node)?.spec.unschedulable) return;
    let waiting = false;
    for (const pod of this.#evictable(node)) if (!this.#evict(pod, node)) waiting = true;
    if (!waiting) return;
    engine.due[0] = engine.clock[0]! + RETRY;
    engine.schedule(this.#kind['drain.retry'], number, 0);
  }

  /** @returns whether it was granted */
  #evict(pod: Pod, node: string): boolean {
    const { record } = this.#context;
    const forbidding = this.#budgets.grant(pod);
    if (forbidding !== null) {
      const key = `${pod.metadata.uid} ${forbidding.metadata.uid}`;
      if (!this.#refused.has(key)) {
        this.#refused.add(key);
        const why = `Cannot evict pod as it would violate the pod's disruption budget ${forbidding.metadata.name}`;
        record('warning', pod, 'EvictionRefused', why);
      }
      return false;
    }
    record('warning', pod, 'Evicted', `${keyOfObject(pod)} is evicted from ${node}`);
    deletePod(this.#context, pod);
    return true;
  }

  #evictable(node: string): Pod[] {
    return [...this.#context.index.podsByNode.get(node)].filter(
      (pod) => pod.metadata.deletionTimestamp === undefined && controllerOf(pod)?.kind !== 'DaemonSet',
    );
  }

  #look(name: string): void {
    const waiting = this.#drained.get(name);
    if (waiting === undefined) return;
    for (const pod of this.#context.index.podsByNode.get(name)) {
      if (controllerOf(pod)?.kind !== 'DaemonSet' && !isTerminal(pod)) return;
    }
    this.#drained.delete(name);
    for (const whenEmpty of waiting) whenEmpty();
  }
}
