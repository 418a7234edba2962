import type { Kind, KindMap } from './api/kinds.ts';
import type { KubernetesObject, ObjectMeta } from './api/meta.ts';

export type ChangeType = 'added' | 'modified' | 'deleted';

/** A watcher is told of each write, in order, at the instant of the write; delays are the watcher's own. */
export type Watcher<K extends Kind> = (change: ChangeType, object: KindMap[K]) => void;

/** What the caller gives of the metadata; the store fills the rest in. */
export type NewMeta = Pick<ObjectMeta, 'name'> & Partial<ObjectMeta>;

/**
 * The objects of one cluster: one place, a resourceVersion that grows with every write, watches per kind.
 * It is the API server's storage without the API; defaults and validation are `input/`'s.
 */
export class ObjectStore {
  readonly #clock: Float64Array;
  readonly #byKind = new Map<Kind, Map<string, KubernetesObject>>();
  readonly #watchers = new Map<Kind, Watcher<never>[]>();
  /** Objects that were in the store; one that never was has no resourceVersion. */
  readonly #removed = new WeakSet<KubernetesObject>();
  #resourceVersion = 0;
  #uid = 0;

  /** @param clock [0] is now, ns */
  constructor(clock: Float64Array) {
    this.#clock = clock;
  }

  /** ns. */
  get now(): number {
    return this.#clock[0]!;
  }

  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  /** Complete metadata of an object that is about to be added. */
  meta(given: NewMeta): ObjectMeta {
    return {
      namespace: '',
      labels: {},
      annotations: {},
      generation: 1,
      ...given,
      uid: given.uid || `uid-${++this.#uid}`,
      resourceVersion: 0,
      creationTimestamp: given.creationTimestamp ?? this.#clock[0]!,
    };
  }

  /** @throws Error if an object of that kind, namespace and name is there already: a controller that does so is wrong. */
  add<K extends Kind>(object: KindMap[K] & { kind: K }): void {
    const objects = this.#kind(object.kind);
    const key = keyOfObject(object);
    if (objects.has(key)) throw new Error(`${object.kind} "${key}" already exists`);
    objects.set(key, object);
    this.#removed.delete(object);
    this.#written(object, 'added');
  }

  /** Tells watchers that the caller has changed `object`, which must be in the store. */
  update<K extends Kind>(object: KindMap[K] & { kind: K }): void {
    if (!this.#has(object)) {
      throw new Error(`${object.kind} "${keyOfObject(object)}" is not in the store`);
    }
    this.#written(object, 'modified');
  }

  remove<K extends Kind>(object: KindMap[K] & { kind: K }): void {
    if (!this.#has(object)) return;
    this.#removed.add(object);
    this.#kind(object.kind).delete(keyOfObject(object));
    this.#written(object, 'deleted');
  }

  get<K extends Kind>(kind: K, namespace: string, name: string): KindMap[K] | undefined {
    return this.#kind(kind).get(namespace === '' ? name : `${namespace}/${name}`);
  }

  /** @param key as `keyOfObject` says it */
  withKey<K extends Kind>(kind: K, key: string): KindMap[K] | undefined {
    return this.#kind(kind).get(key);
  }

  /** All of a kind, in the order in which they were added. */
  list<K extends Kind>(kind: K): IterableIterator<KindMap[K]> {
    return this.#kind(kind).values();
  }

  /** Of which there are objects. */
  kinds(): Kind[] {
    return [...this.#byKind].flatMap(([kind, objects]) => (objects.size > 0 ? [kind] : []));
  }

  count(kind: Kind): number {
    return this.#kind(kind).size;
  }

  /** Watchers of a kind are called in the order in which they subscribed. */
  watch<K extends Kind>(kind: K, watcher: Watcher<K>): void {
    const watchers = this.#watchers.get(kind) ?? [];
    watchers.push(watcher as Watcher<never>);
    this.#watchers.set(kind, watchers);
  }

  #has(object: KubernetesObject): boolean {
    return object.metadata.resourceVersion > 0 && !this.#removed.has(object);
  }

  #kind<K extends Kind>(kind: K): Map<string, KindMap[K]> {
    let objects = this.#byKind.get(kind);
    if (objects === undefined) {
      objects = new Map();
      this.#byKind.set(kind, objects);
    }
    return objects as Map<string, KindMap[K]>;
  }

  #written(object: KubernetesObject, change: ChangeType): void {
    object.metadata.resourceVersion = ++this.#resourceVersion;
    for (const watcher of this.#watchers.get(object.kind as Kind) ?? []) watcher(change, object as never);
  }
}

/** `namespace/name`, or the name alone for cluster-scoped kinds. */
export function keyOfObject(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  return namespace === '' ? name : `${namespace}/${name}`;
}
