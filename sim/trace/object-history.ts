import { type ApiObject, objectOfFields } from './object-text.ts';
import type { Trace } from './trace.ts';
import { TraceError } from './trace-error.ts';

/** An object while its history is replayed. */
interface Replayed {
  fields: string[];
  texts: string[];
  /** As its first write left them: what others begin as a copy of. */
  firstFields: readonly string[];
  firstTexts: readonly string[];
  version: number;
  deleted: boolean;
}

/** Has the trace a history of objects? One of format 1.0 has none. */
export function hasObjectHistory(trace: Trace): boolean {
  return trace.tables.writes.object.length > 0;
}

/**
 * The API objects as they were, by replaying what was written to them: texts alone, so a million edits take a second.
 * @param time ns; what was written at that instant has happened
 * @returns in the order of their first write
 * @throws TraceError where the history is none: an edit cuts more than there is, or a text is no JSON
 */
export function objectsAt(trace: Trace, time: number): ApiObject[] {
  const { writes, edits, pieces } = trace.tables;
  const objects: Replayed[] = [];
  let at = 0;
  for (let row = 0; row < writes.time.length && writes.time[row]! <= time; row++) {
    const id = writes.object[row]!;
    const isFirst = id === objects.length;
    if (isFirst) objects.push(copyOf(objects[writes.base[row]!]));
    const object = objects[id]!;
    object.version = writes.version[row]!;
    object.deleted = writes.edits[row]! < 0;
    if (object.deleted) continue;
    if (!isFirst && object.texts === object.firstTexts) {
      object.fields = [...object.fields];
      object.texts = [...object.texts];
    }
    const end = at + writes.edits[row]!;
    for (; at < end; at++) {
      const piece = edits.piece[at]!;
      edit(object, pieces[edits.field[at]!]!, edits.head[at]!, edits.tail[at]!, piece < 0 ? null : pieces[piece]!);
    }
    if (isFirst) {
      object.firstFields = object.fields;
      object.firstTexts = object.texts;
    }
  }
  return objects.filter(({ deleted }) => !deleted).map(parse);
}

function copyOf(base: Replayed | undefined): Replayed {
  const fields = [...(base?.firstFields ?? [])];
  const texts = [...(base?.firstTexts ?? [])];
  return { fields, texts, firstFields: fields, firstTexts: texts, version: 0, deleted: false };
}

function edit({ fields, texts }: Replayed, field: string, head: number, tail: number, piece: string | null): void {
  const i = fields.indexOf(field);
  const old = texts[i] ?? '';
  if (head + tail > old.length) throw new TraceError(`an edit of ${field} keeps more than there is`);
  if (piece === null) {
    if (i < 0) return;
    fields.splice(i, 1);
    texts.splice(i, 1);
    return;
  }
  const text = old.slice(0, head) + piece + old.slice(old.length - tail);
  if (i >= 0) texts[i] = text;
  else {
    fields.push(field);
    texts.push(text);
  }
}

function parse({ fields, texts, version }: Replayed): ApiObject {
  try {
    return objectOfFields(fields, texts, version);
  } catch {
    throw new TraceError('the history of an object is not JSON');
  }
}
