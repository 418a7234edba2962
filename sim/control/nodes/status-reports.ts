import type { Pod } from '../../cluster/api/pod.ts';
import type { ControlContext } from '../context.ts';

/**
 * What kubelets write to the API server. While it answers nobody, or a node is cut off from it, what a kubelet has to say waits,
 * and the last of it is said when it can be.
 * @simplifies others read a Pod's status from the object itself, so that what they look at on another occasion may be newer than
 *   what was reported
 */
export class StatusReports {
  readonly #context: ControlContext;
  readonly #cutOff = new Map<string, number>();
  /** What waits: true for Pods that have ended and are to go. */
  readonly #waiting = new Map<Pod, boolean>();

  constructor(context: ControlContext) {
    this.#context = context;
    context.disturbances.onUp(() => this.#flush());
  }

  update(pod: Pod): void {
    if (!this.#mustWait(pod)) this.#context.store.update(pod);
    else if (!this.#waiting.has(pod)) this.#waiting.set(pod, false);
  }

  /** The Pod has ended, and its object can go. */
  remove(pod: Pod): void {
    if (this.#mustWait(pod)) this.#waiting.set(pod, true);
    else this.#context.store.remove(pod);
  }

  isCutOff(node: string): boolean {
    return this.#cutOff.has(node);
  }

  cutOff(node: string): void {
    this.#cutOff.set(node, (this.#cutOff.get(node) ?? 0) + 1);
  }

  /** Of several reasons to be cut off one is gone. */
  reconnected(node: string): void {
    const left = this.#cutOff.get(node)! - 1;
    if (left > 0) this.#cutOff.set(node, left);
    else this.#cutOff.delete(node);
    this.#flush();
  }

  #mustWait({ spec }: Pod): boolean {
    return this.#context.disturbances.isDown || this.#cutOff.has(spec.nodeName!);
  }

  #flush(): void {
    const { store } = this.#context;
    for (const [pod, isGone] of [...this.#waiting]) {
      if (this.#mustWait(pod)) continue;
      this.#waiting.delete(pod);
      if (store.get('Pod', pod.metadata.namespace, pod.metadata.name) !== pod) continue;
      if (isGone) store.remove(pod);
      else store.update(pod);
    }
  }
}
