import type { Kind, KindMap } from './api/kinds.ts';
import type { ObjectStore } from './store.ts';

/**
 * Gives each object of a kind a small integer, in the order in which they came, never reused: what columns are indexed by.
 */
export class Registry<K extends Kind> {
  readonly #slots = new Map<string, number>();
  readonly #objects: KindMap[K][] = [];

  constructor(store: ObjectStore, kind: K) {
    store.watch(kind, (change, object) => {
      if (change !== 'added') return;
      this.#slots.set(object.metadata.uid, this.#objects.length);
      this.#objects.push(object);
    });
  }

  get count(): number {
    return this.#objects.length;
  }

  /** @throws Error if the object was never in the store */
  slotOf(object: KindMap[K]): number {
    const slot = this.#slots.get(object.metadata.uid);
    if (slot === undefined) throw new Error(`${object.kind} "${object.metadata.name}" was never in the store`);
    return slot;
  }

  at(slot: number): KindMap[K] {
    return this.#objects[slot]!;
  }
}
