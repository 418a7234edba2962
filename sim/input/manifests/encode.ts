import type { KubernetesObject } from '../../cluster/api/meta.ts';
import { formatTime } from '../../cluster/time.ts';
import { fieldsOf } from './decode.ts';

/** A value as the API gives it away: JSON. */
export type ApiValue = string | number | boolean | null | ApiValue[] | { [name: string]: ApiValue };

/** Kinds whose objects have no generation. */
const WITHOUT_GENERATION = new Set(['Namespace', 'Node', 'Service', 'Endpoints', 'ConfigMap']);

/**
 * An object as the API server would give it: times as RFC 3339 to the second, the resourceVersion a string, nothing that
 * is empty in the metadata. The inverse of reading it.
 */
export function encodeObject(object: KubernetesObject): { [name: string]: ApiValue } {
  const encoded = encode(object, object.kind) as { metadata: { [name: string]: ApiValue } } & {
    [name: string]: ApiValue;
  };
  const { metadata } = encoded;
  metadata.resourceVersion = String(metadata.resourceVersion);
  for (const name of ['labels', 'annotations'])
    if (Object.keys(metadata[name] ?? {}).length === 0) delete metadata[name];
  if (metadata.namespace === '') delete metadata.namespace;
  if (WITHOUT_GENERATION.has(object.kind)) delete metadata.generation;
  return encoded;
}

function encode(value: unknown, type: string): ApiValue {
  if (type === 't') return formatTime(value as number);
  if (Array.isArray(value)) {
    const item = type.startsWith('[]') ? type.slice(2) : '*';
    return value.map((each) => encode(each, item));
  }
  if (typeof value !== 'object' || value === null) return value as ApiValue;
  const fields = /^[A-Z]/.test(type) ? fieldsOf(type) : undefined;
  const encoded: { [name: string]: ApiValue } = {};
  for (const [name, each] of Object.entries(value)) {
    if (each !== undefined) encoded[name] = encode(each, fields?.get(name) ?? '*');
  }
  return encoded;
}
