import { Document, type ToStringOptions } from 'yaml';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import { type ApiValue, encodeObject } from '../input/manifests/encode.ts';

/** As kubectl lays YAML out: lists at their key's column, no line broken. */
const LAYOUT: ToStringOptions = { indentSeq: false, lineWidth: 0 };

/** What `kubectl get -o yaml` prints: one object, or a List. */
export function toYaml(objects: readonly KubernetesObject[], asList: boolean): string {
  // YAML 1.1, which kubectl reads, takes `yes` and `1_000` for no strings: they are quoted.
  return new Document(documentOf(objects, asList), { version: '1.1', aliasDuplicateObjects: false }).toString(LAYOUT);
}

/** What `kubectl get -o json` prints. */
export function toJson(objects: readonly KubernetesObject[], asList: boolean): string {
  return `${JSON.stringify(documentOf(objects, asList), null, 4)}\n`;
}

function documentOf(objects: readonly KubernetesObject[], asList: boolean): ApiValue {
  const items = objects.map(encodeObject);
  const list = { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
  return sorted(asList ? list : items[0]!);
}

/** Keys by their bytes, at every depth: Go's maps have no other order. */
function sorted(value: ApiValue): ApiValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
