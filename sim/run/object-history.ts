import { API_VERSIONS, type Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import { controllerOf } from '../cluster/owner.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { ObjectRecorder } from '../trace/object-recorder.ts';
import type { TraceWriter } from '../trace/writer.ts';

/** Keeps the history of every object in the trace: all that are there when it begins, then each write. */
export class ObjectHistory {
  readonly #store: ObjectStore;
  readonly #recorder: ObjectRecorder;
  #begun = false;

  /** Must be made before whoever writes when told of a write: so it hears of the writes in their order. */
  constructor(trace: TraceWriter, store: ObjectStore) {
    this.#store = store;
    this.#recorder = new ObjectRecorder(trace);
    for (const kind of Object.keys(API_VERSIONS) as Kind[]) {
      store.watch(kind, (change, object) => {
        if (!this.#begun) return;
        if (change === 'deleted') this.#recorder.remove(object);
        else this.#recorder.write(object, familyOf(object));
      });
    }
  }

  /** The cluster has settled: how it came to be so is nobody's history. */
  begin(): void {
    this.#begun = true;
    for (const kind of this.#store.kinds()) {
      for (const object of this.#store.list(kind)) this.#recorder.write(object, familyOf(object));
    }
  }
}

/** Objects of one owner are much alike. */
function familyOf(object: KubernetesObject): string {
  return `${object.kind} ${controllerOf(object)?.uid ?? object.metadata.namespace}`;
}
