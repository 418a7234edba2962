import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { ControlContext } from './context.ts';
import { deletePod } from './pod-deletion.ts';

/** Kinds that own others, and the kinds of what they own. */
const OWNED: readonly (readonly [owner: Kind, owned: Kind])[] = [
  ['Deployment', 'ReplicaSet'],
  ['ReplicaSet', 'Pod'],
  ['StatefulSet', 'Pod'],
  ['DaemonSet', 'Pod'],
  ['Job', 'Pod'],
];

/**
 * Deletes what an object owned when it is gone, in the background.
 * @source kubernetes pkg/controller/garbagecollector
 * @simplifies at once, where the real one takes some hundred milliseconds
 */
export class GarbageCollector {
  readonly #context: ControlContext;

  constructor(context: ControlContext) {
    this.#context = context;
    for (const [owner, owned] of OWNED) {
      context.store.watch(owner, (change, object) => {
        if (change === 'deleted') this.#collect(object, owned);
      });
    }
  }

  #collect({ metadata }: KubernetesObject, kind: Kind): void {
    const { store, index } = this.#context;
    if (kind === 'Pod') for (const pod of [...index.podsByController.get(metadata.uid)]) deletePod(this.#context, pod);
    else for (const set of [...index.replicaSetsByController.get(metadata.uid)]) store.remove(set);
  }
}
