import type { KubernetesObject, OwnerReference } from './api/meta.ts';
import type { Pod } from './api/pod.ts';
import type { ObjectStore } from './store.ts';

/** What manages an object: its one owner reference with `controller: true`. */
export function controllerOf(object: KubernetesObject): OwnerReference | undefined {
  const { ownerReferences } = object.metadata;
  if (ownerReferences !== undefined)
    for (const reference of ownerReferences) if (reference.controller) return reference;
  return undefined;
}

/** The reference that makes `owner` the controller of a new object. */
export function controlledBy(owner: KubernetesObject): OwnerReference[] {
  const { apiVersion, kind, metadata } = owner;
  return [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true }];
}

/** `namespace/name` of the Deployment that a Pod belongs to, through its ReplicaSet; of what owns it, else its own. */
export function workloadOf(store: ObjectStore, pod: Pod): string {
  const { namespace, name } = pod.metadata;
  const owner = controllerOf(pod);
  if (owner === undefined) return `${namespace}/${name}`;
  const replicaSet = owner.kind === 'ReplicaSet' ? store.get('ReplicaSet', namespace, owner.name) : undefined;
  const above = replicaSet === undefined ? undefined : controllerOf(replicaSet);
  return `${namespace}/${above?.name ?? owner.name}`;
}
