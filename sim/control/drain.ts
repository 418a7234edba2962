import type { Node } from '../cluster/api/node.ts';
import { keyOfObject } from '../cluster/store.ts';
import type { ControlContext } from './context.ts';
import { deletePod } from './replicaset.ts';

/**
 * Cordons a node and evicts its Pods, as `kubectl drain` and autoscalers do; says when the last one is gone.
 * @source kubernetes.io safely-drain-node
 * @simplifies without PodDisruptionBudgets: every eviction is granted
 */
export class Drainer {
  readonly #context: ControlContext;
  /** By node, while Pods are left on it: whom to tell when none is. */
  readonly #drained = new Map<string, (() => void)[]>();

  constructor(context: ControlContext) {
    this.#context = context;
    context.store.watch('Pod', (change, pod) => {
      if (change === 'deleted' && pod.spec.nodeName !== undefined) this.#look(pod.spec.nodeName);
    });
  }

  drain(node: Node, why: string, whenEmpty: () => void = () => {}): void {
    const { store, record } = this.#context;
    node.spec.unschedulable = true;
    store.update(node);
    record('warning', node, 'Drain', `${node.metadata.name} is cordoned and drained: ${why}`);
    for (const pod of [...store.list('Pod')]) {
      if (pod.spec.nodeName !== node.metadata.name || pod.metadata.deletionTimestamp !== undefined) continue;
      record('warning', pod, 'Evicted', `${keyOfObject(pod)} is evicted from ${node.metadata.name}`);
      deletePod(this.#context, pod);
    }
    const { name } = node.metadata;
    this.#drained.set(name, [...(this.#drained.get(name) ?? []), whenEmpty]);
    this.#look(name);
  }

  #look(name: string): void {
    const waiting = this.#drained.get(name);
    if (waiting === undefined) return;
    for (const pod of this.#context.store.list('Pod')) if (pod.spec.nodeName === name) return;
    this.#drained.delete(name);
    for (const whenEmpty of waiting) whenEmpty();
  }
}
