/** A value of JSON. API objects are mappings of it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** An API object in the trace: what the store of the run held, as JSON. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string } & Readonly<
    Record<string, Json>
  >;
  readonly [field: string]: Json;
}

/** Of these the history keeps each field apart, so that a change costs only itself: the names of their fields, by key. */
const SECTIONS = new Map(['metadata', 'spec', 'status'].map((name) => [name, new Map<string, string>()]));

/** Pods of one template share these: whoever changes one makes a new one, so their text is made once. */
const SHARED = new Set([
  'metadata.labels',
  'metadata.annotations',
  'spec.containers',
  'spec.initContainers',
  'spec.template',
]);
const sharedTexts = new WeakMap<object, string>();

/**
 * The JSON text of each field: `kind`, `metadata.name`, `spec.containers`, `endpoints`. Without the resourceVersion,
 * which belongs to the write.
 */
export function eachField(object: object, visit: (field: string, text: string) => void): void {
  for (const name in object) {
    const value = (object as Readonly<Record<string, unknown>>)[name];
    const names = SECTIONS.get(name);
    const isSection = names !== undefined && typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isSection) eachFieldOf(name, names, value, visit);
    else visitText(name, value, visit);
  }
}

function eachFieldOf(
  section: string,
  names: Map<string, string>,
  fields: object,
  visit: (field: string, text: string) => void,
): void {
  let isEmpty = true;
  for (const key in fields) {
    isEmpty = false;
    if (key === 'resourceVersion' && section === 'metadata') continue;
    // Names are made once: a hundred thousand Pods have the same, and strings that are put together are slow to compare.
    let name = names.get(key);
    if (name === undefined) {
      name = `${section}.${key}`;
      names.set(key, name);
    }
    visitText(name, (fields as Readonly<Record<string, unknown>>)[key], visit);
  }
  // A section without fields is there all the same.
  if (isEmpty) visit(section, '{}');
}

/** The object again. @throws SyntaxError where a text is no JSON */
export function objectOfFields(fields: readonly string[], texts: readonly string[], version: number): ApiObject {
  const object: Record<string, Json> = {};
  fields.forEach((field, i) => {
    const value = JSON.parse(texts[i]!) as Json;
    const dot = field.indexOf('.');
    if (dot < 0) object[field] = value;
    else {
      const section = field.slice(0, dot);
      object[section] ??= {};
      (object[section] as Record<string, Json>)[field.slice(dot + 1)] = value;
    }
  });
  (object.metadata as Record<string, Json>).resourceVersion = version;
  return object as ApiObject;
}

function visitText(field: string, value: unknown, visit: (field: string, text: string) => void): void {
  const isShared = SHARED.has(field) && typeof value === 'object' && value !== null;
  const known = isShared ? sharedTexts.get(value) : undefined;
  const text = known ?? JSON.stringify(value);
  if (text === undefined) return;
  if (isShared && known === undefined) sharedTexts.set(value, text);
  visit(field, text);
}
