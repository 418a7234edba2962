import type { Kind, KindMap } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Node } from '../cluster/api/node.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { Service } from '../cluster/api/service.ts';
import { keyOfObject } from '../cluster/store.ts';
import type { ControlContext } from './context.ts';
import { withDefaultTolerations } from './default-tolerations.ts';
import { deletePod } from './pod-deletion.ts';
import { ServiceAllocator } from './service-allocator.ts';

/**
 * Writes that come from outside: `kubectl apply` and `kubectl delete`. It gives objects what the real API server gives
 * them (uid, generation, cluster IPs, node ports, a Pod CIDR) and makes the namespaces that they name.
 * @simplifies validation was the reader's; finalizers are honoured only in that an object which has one stays, marked
 */
export class ApiServer {
  readonly #context: ControlContext;
  readonly #allocator: ServiceAllocator;
  readonly #nextPodCIDR: () => string;

  constructor(context: ControlContext, nextPodCIDR: () => string) {
    this.#context = context;
    this.#allocator = new ServiceAllocator(context.settings);
    this.#nextPodCIDR = nextPodCIDR;
  }

  /**
   * Creates or replaces. What was allocated survives a replacement, and so does a status where none is given. The store
   * takes the object itself: the caller must not use it for anything else.
   */
  apply(object: KubernetesObject): void {
    const { store } = this.#context;
    const kind = object.kind as Kind;
    const { namespace, name } = object.metadata;
    if (namespace !== '' && store.get('Namespace', '', namespace) === undefined) this.#addNamespace(namespace);
    if (object.kind === 'Pod' && !saysItsStatus(object)) {
      const { spec } = object as Pod;
      spec.tolerations = withDefaultTolerations(spec);
    }
    const old = store.get(kind, namespace, name);
    if (old === undefined) this.#create(object);
    else this.#replace(old, object);
  }

  /** @returns whether there was such an object */
  delete(kind: Kind, namespace: string, name: string): boolean {
    const { store } = this.#context;
    const object = store.get(kind, namespace, name);
    if (object === undefined) return false;
    if (object.kind === 'Pod') deletePod(this.#context, object);
    else if ((object.metadata.finalizers ?? []).length > 0) {
      object.metadata.deletionTimestamp ??= store.now;
      store.update(object as never);
    } else {
      if (object.kind === 'Service') this.#allocator.release(object);
      if (object.kind === 'Namespace') this.#deleteContent(name);
      store.remove(object as never);
    }
    return true;
  }

  #create(object: KubernetesObject): void {
    const { store } = this.#context;
    object.metadata = store.meta(object.metadata);
    if (object.kind === 'Service') this.#allocator.allocate(object as Service);
    if (object.kind === 'Node') {
      const node = object as Node;
      node.spec.podCIDR ||= this.#nextPodCIDR();
    }
    store.add(object as never);
  }

  #replace(old: KindMap[Kind], object: KubernetesObject): void {
    if (object.kind === 'Service') this.#allocator.allocate(object as Service, old as Service);
    const { labels, annotations, finalizers, ownerReferences } = object.metadata;
    const before = specOf(old);
    // A binding is not undone by applying the manifest again, and cannot be changed.
    const nodeName = old.kind === 'Pod' ? (old as Pod).spec.nodeName : undefined;
    if (nodeName !== undefined) (object as Pod).spec.nodeName = nodeName;
    const { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = old.metadata;
    const status = (old as { status?: unknown }).status;
    Object.assign(old, object, {
      metadata: {
        ...object.metadata,
        uid,
        resourceVersion,
        creationTimestamp,
        labels,
        annotations,
        ...(deletionTimestamp !== undefined && { deletionTimestamp }),
        ...(finalizers && { finalizers }),
        ...((ownerReferences ?? old.metadata.ownerReferences) && {
          ownerReferences: ownerReferences ?? old.metadata.ownerReferences,
        }),
        generation: specOf(object) === before ? generation : generation + 1,
      },
    });
    if (status !== undefined && !saysItsStatus(object)) Object.assign(old, { status });
    this.#context.store.update(old as never);
  }

  #addNamespace(name: string): void {
    const { store } = this.#context;
    const metadata = store.meta({ name, labels: { 'kubernetes.io/metadata.name': name } });
    store.add({ apiVersion: 'v1', kind: 'Namespace', metadata });
  }

  /** All that is in a namespace goes with it. */
  #deleteContent(namespace: string): void {
    const { store } = this.#context;
    for (const kind of store.kinds()) {
      for (const object of [...store.list(kind)]) {
        if (object.metadata.namespace !== namespace) continue;
        const [, name] = keyOfObject(object).split('/') as [string, string];
        this.delete(kind, namespace, name);
      }
    }
  }
}

/** Everything but metadata and status: what a generation counts. */
function specOf(object: KubernetesObject): string {
  const { metadata: _, status: __, ...rest } = object as KubernetesObject & { status?: unknown };
  return JSON.stringify(rest);
}

/** A reader fills an empty status in: only one with something in it is what a file said. */
function saysItsStatus(object: KubernetesObject): boolean {
  const { status } = object as {
    status?: { phase?: string; podIP?: string; conditions?: unknown[]; replicas?: number };
  };
  if (status === undefined) return false;
  if (object.kind === 'Pod') return status.podIP !== undefined || status.phase !== 'Pending';
  if (object.kind === 'Node') return true;
  return (status.conditions ?? []).length > 0 || (status.replicas ?? 0) > 0;
}
