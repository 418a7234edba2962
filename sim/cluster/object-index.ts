import type { Kind, KindMap } from './api/kinds.ts';
import type { ObjectStore } from './store.ts';

/**
 * The objects of a kind by some property of theirs (their node, their owner, their Service), kept by watching: what a
 * controller of a large cluster looks up instead of walking all. Make it before what reads it watches.
 */
export class ObjectIndex<K extends Kind> {
  readonly #byKey = new Map<string, Set<KindMap[K]>>();
  readonly #keyOf = new Map<string, string>();

  /**
   * @param keyOf undefined: the object is in no group
   * @param settled once an object has a key, it keeps it: then the keys themselves need not be known
   */
  constructor(
    store: ObjectStore,
    kind: K,
    keyOf: (object: KindMap[K]) => string | undefined,
    settled: 'settled' | 'changing' = 'changing',
  ) {
    if (settled === 'settled') {
      store.watch(kind, (change, object) => {
        const key = keyOf(object);
        if (key === undefined) return;
        if (change === 'deleted') this.#remove(key, object);
        else this.#add(key, object);
      });
      return;
    }
    store.watch(kind, (change, object) => {
      const { uid } = object.metadata;
      const old = this.#keyOf.get(uid);
      const key = change === 'deleted' ? undefined : keyOf(object);
      if (old === key) return;
      if (old !== undefined) this.#remove(old, object);
      if (key === undefined) this.#keyOf.delete(uid);
      else {
        this.#keyOf.set(uid, key);
        this.#add(key, object);
      }
    });
  }

  /** In the order in which they came under this key. */
  get(key: string): ReadonlySet<KindMap[K]> {
    return this.#byKey.get(key) ?? NONE;
  }

  #add(key: string, object: KindMap[K]): void {
    const group = this.#byKey.get(key);
    if (group === undefined) this.#byKey.set(key, new Set([object]));
    else group.add(object);
  }

  #remove(key: string, object: KindMap[K]): void {
    const group = this.#byKey.get(key);
    if (group?.delete(object) && group.size === 0) this.#byKey.delete(key);
  }
}

const NONE: ReadonlySet<never> = new Set();
