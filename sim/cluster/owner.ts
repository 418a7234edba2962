import type { Pod } from './objects.ts';
import type { ObjectStore } from './store.ts';

/** `namespace/name` of the Deployment that a Pod belongs to, through its ReplicaSet; of what owns it, else its own. */
export function workloadOf(store: ObjectStore, pod: Pod): string {
  const { namespace, name, ownerReference } = pod.metadata;
  if (ownerReference === undefined) return `${namespace}/${name}`;
  const replicaSet = store.get('ReplicaSet', namespace, ownerReference.name);
  return `${namespace}/${replicaSet?.metadata.ownerReference?.name ?? ownerReference.name}`;
}
