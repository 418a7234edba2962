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

/** Of these the history keeps each field apart, so that a change of one costs no look at the others. */
const SPLIT = new Set(['metadata', 'spec', 'status']);

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
  for (const [name, value] of Object.entries(object)) {
    if (!SPLIT.has(name)) visitText(name, value, visit);
    else for (const key in value) if (key !== 'resourceVersion') visitText(`${name}.${key}`, value[key], visit);
    // A section without fields is there all the same.
    if (SPLIT.has(name) && Object.keys(value).length === 0) visit(name, '{}');
  }
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
