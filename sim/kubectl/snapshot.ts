import { type EndpointSlice, SERVICE_NAME_LABEL } from '../cluster/api/endpoint-slice.ts';
import { API_VERSIONS, type Kind, type KindMap } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { Service } from '../cluster/api/service.ts';
import { selects } from '../cluster/cluster-index.ts';
import { keyOfObject } from '../cluster/store.ts';
import { legacyEndpoints } from '../control/endpoints/legacy-endpoints.ts';
import type { ClusterEvent } from '../run/cluster.ts';

/** A cluster at one instant, whatever it comes from: what kubectl is shown. */
export class Snapshot {
  /** ns. */
  readonly now: number;
  /** Up to now, in their order. */
  readonly events: readonly ClusterEvent[];
  #hasEndpoints = false;
  readonly #byKind = new Map<string, Map<string, KubernetesObject>>();
  readonly #podsByNamespace = new Map<string, Pod[]>();
  readonly #slicesByService = new Map<string, EndpointSlice[]>();

  constructor(now: number, objects: Iterable<KubernetesObject>, events: readonly ClusterEvent[]) {
    this.now = now;
    this.events = events;
    for (const object of objects) this.#add(object);
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): KindMap[K] | undefined {
    const key = namespace === '' ? name : `${namespace}/${name}`;
    return this.#kind(kind).get(key) as KindMap[K] | undefined;
  }

  /** By namespace and name, as the API server lists them. */
  list<K extends Kind>(kind: K): KindMap[K][] {
    const objects = [...this.#kind(kind).values()] as KindMap[K][];
    const key = ({ metadata }: KubernetesObject) => `${metadata.namespace}\0${metadata.name}`;
    return objects.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  podsOf(service: Service): Pod[] {
    return this.podsIn(service.metadata.namespace).filter((pod) => selects(service, pod));
  }

  podsIn(namespace: string): readonly Pod[] {
    return this.#podsByNamespace.get(namespace) ?? [];
  }

  slicesOf({ metadata: { namespace, name } }: Service): readonly EndpointSlice[] {
    return this.#slicesByService.get(`${namespace}/${name}`) ?? [];
  }

  #add(object: KubernetesObject): void {
    if (!Object.hasOwn(API_VERSIONS, object.kind)) return;
    const known = this.#byKind.get(object.kind);
    if (known === undefined) this.#byKind.set(object.kind, new Map([[keyOfObject(object), object]]));
    else known.set(keyOfObject(object), object);
    const { namespace, labels } = object.metadata;
    if (object.kind === 'Pod') grouped(this.#podsByNamespace, namespace).push(object as Pod);
    const service = object.kind === 'EndpointSlice' ? labels[SERVICE_NAME_LABEL] : undefined;
    if (service !== undefined) {
      grouped(this.#slicesByService, `${namespace}/${service}`).push(object as EndpointSlice);
    }
  }

  #kind(kind: string): Map<string, KubernetesObject> {
    let objects = this.#byKind.get(kind);
    if (objects === undefined) {
      objects = new Map();
      this.#byKind.set(kind, objects);
    }
    if (kind === 'Endpoints' && !this.#hasEndpoints) this.#makeEndpoints(objects);
    return objects;
  }

  /** Those that the control plane keeps beside slices are made when somebody looks. */
  #makeEndpoints(objects: Map<string, KubernetesObject>): void {
    this.#hasEndpoints = true;
    for (const service of this.list('Service')) {
      const made = legacyEndpoints(service, this.slicesOf(service));
      if (made !== undefined) objects.set(keyOfObject(made), made);
    }
  }
}

function grouped<T>(groups: Map<string, T[]>, key: string): T[] {
  let group = groups.get(key);
  if (group === undefined) {
    group = [];
    groups.set(key, group);
  }
  return group;
}
