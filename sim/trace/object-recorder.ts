import { eachField } from './object-text.ts';
import type { TraceWriter } from './writer.ts';

/** An object as the trace has it so far. */
interface Recorded {
  readonly id: number;
  fields: readonly string[];
  texts: readonly string[];
}

/** What the recorder reads of an object beside its fields. */
interface Written {
  readonly metadata: { readonly uid: string; readonly resourceVersion: number };
}

/**
 * Writes the history of API objects: each write as the difference to the one before, a new object as the difference to
 * another of its family, so that the 150,000 Pods of a template cost their names, nodes and addresses.
 */
export class ObjectRecorder {
  readonly #trace: TraceWriter;
  readonly #recorded = new Map<string, Recorded>();
  /** By family: the latest new one, as its first write left it. */
  readonly #latest = new Map<string, Recorded>();
  #count = 0;

  constructor(trace: TraceWriter) {
    this.#trace = trace;
  }

  /** The object reads so now. A write that changes nothing, its version neither, is none. @param family of objects that are much alike */
  write(object: Written, family: string): void {
    const { uid, resourceVersion } = object.metadata;
    const known = this.#recorded.get(uid);
    const base = known ?? this.#latest.get(family) ?? NOTHING;
    const next: Recorded = { id: known?.id ?? this.#count++, fields: [], texts: [] };
    const edits = this.#edit(base, next, object);
    this.#recorded.set(uid, next);
    if (known === undefined) this.#latest.set(family, next);
    this.#trace.write(next.id, known === undefined ? base.id : -1, resourceVersion, edits);
  }

  /** @param version that of the deletion */
  remove({ metadata: { uid, resourceVersion } }: Written): void {
    const known = this.#recorded.get(uid);
    if (known === undefined) return;
    this.#recorded.delete(uid);
    this.#trace.write(known.id, -1, resourceVersion, -1);
  }

  /** Writes what differs, and fills `next`. @returns the number of edits */
  #edit(before: Recorded, next: Recorded, object: object): number {
    const texts: string[] = [];
    // Mostly an object has the fields that it had, in their order: then it needs no list of its own.
    let fields: string[] | undefined;
    let edits = 0;
    eachField(object, (field, text) => {
      const place = texts.length;
      const isInPlace = before.fields[place] === field;
      if (!isInPlace) fields ??= before.fields.slice(0, place);
      fields?.push(field);
      const i = isInPlace ? place : before.fields.indexOf(field);
      const old = i < 0 ? '' : before.texts[i]!;
      // The very string that was there: so texts that are alike are in memory once.
      texts.push(old === text ? old : text);
      if (old === text) return;
      const head = commonHead(old, text);
      const tail = commonTail(old, text, head);
      this.#trace.edit(field, head, tail, text.slice(head, text.length - tail));
      edits++;
    });
    if (texts.length < before.fields.length) fields ??= before.fields.slice(0, texts.length);
    for (const field of fields === undefined ? [] : before.fields) {
      if (fields!.includes(field)) continue;
      this.#trace.edit(field, 0, 0, null);
      edits++;
    }
    next.fields = fields ?? before.fields;
    next.texts = texts;
    return edits;
  }
}

const NOTHING: Recorded = { id: -1, fields: [], texts: [] };

function commonHead(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a.charCodeAt(head) === b.charCodeAt(head)) head++;
  return head;
}

function commonTail(a: string, b: string, head: number): number {
  const most = Math.min(a.length, b.length) - head;
  let tail = 0;
  while (tail < most && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail++;
  return tail;
}
