import type { PodSpec } from '../../cluster/api/pod.ts';
import { isTerminal } from '../../cluster/pod-state.ts';
import { type Resources, requestOf } from '../../cluster/resources.ts';
import type { ObjectStore } from '../../cluster/store.ts';

const NOTHING: Resources = { cpuMilli: 0, memoryBytes: 0, pods: 0 };

/** What the Pods bound to each node have requested, kept by watching; Pods that terminate count until they are gone. */
export class NodeCapacity {
  readonly #usage = new Map<string, Resources>();
  readonly #counted = new Set<string>();

  constructor(store: ObjectStore) {
    store.watch('Pod', (change, pod) => {
      const { uid } = pod.metadata;
      if (pod.spec.nodeName === undefined) return;
      if (change === 'deleted' || isTerminal(pod)) {
        if (this.#counted.delete(uid)) this.#add(pod.spec.nodeName, pod.spec, -1);
      } else if (!this.#counted.has(uid)) {
        this.#counted.add(uid);
        this.#add(pod.spec.nodeName, pod.spec, 1);
      }
    });
  }

  used(node: string): Readonly<Resources> {
    return this.#usage.get(node) ?? NOTHING;
  }

  #add(node: string, spec: PodSpec, sign: number): void {
    let used = this.#usage.get(node);
    if (used === undefined) {
      used = { ...NOTHING };
      this.#usage.set(node, used);
    }
    const asked = requestOf(spec);
    used.cpuMilli += sign * asked.cpuMilli;
    used.memoryBytes += sign * asked.memoryBytes;
    used.pods += sign;
  }
}
