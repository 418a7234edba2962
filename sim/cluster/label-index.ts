import type { Kind, KindMap } from './api/kinds.ts';
import type { Labels } from './api/meta.ts';
import type { ObjectStore } from './store.ts';

/** The objects of a kind by each of their labels, within a namespace: how a selector finds its few among many. */
export class LabelIndex<K extends Kind> {
  readonly #byTerm = new Map<string, Set<KindMap[K]>>();
  /** By uid: the labels under which the object is filed. Objects of one template share theirs. */
  readonly #filed = new Map<string, Labels>();
  /** While watchers hear of a write: the object's labels until now, if they were others. */
  before: Labels | undefined;

  constructor(store: ObjectStore, kind: K) {
    store.watch(kind, (change, object) => {
      const { uid, namespace, labels } = object.metadata;
      const old = this.#filed.get(uid);
      this.before = old === labels ? undefined : old;
      if (change !== 'deleted' && old === labels) return;
      if (old !== undefined) this.#file(object, namespace, old, false);
      if (change === 'deleted') this.#filed.delete(uid);
      else {
        this.#filed.set(uid, labels);
        this.#file(object, namespace, labels, true);
      }
    });
  }

  /** Objects that have all of `selector`'s labels are among these: those of the term with the fewest. */
  candidates(namespace: string, selector: Labels): ReadonlySet<KindMap[K]> {
    let fewest: ReadonlySet<KindMap[K]> | undefined;
    for (const key in selector) {
      const objects = this.#byTerm.get(`${namespace}/${key}=${selector[key]}`) ?? NONE;
      if (fewest === undefined || objects.size < fewest.size) fewest = objects;
    }
    return fewest ?? NONE;
  }

  #file(object: KindMap[K], namespace: string, labels: Labels, isIn: boolean): void {
    for (const key in labels) {
      const term = `${namespace}/${key}=${labels[key]}`;
      let objects = this.#byTerm.get(term);
      if (isIn) {
        if (objects === undefined) {
          objects = new Set();
          this.#byTerm.set(term, objects);
        }
        objects.add(object);
      } else if (objects?.delete(object) && objects.size === 0) this.#byTerm.delete(term);
    }
  }
}

const NONE: ReadonlySet<never> = new Set();
