import { API_VERSIONS, type Kind } from '../../cluster/api/kinds.ts';
import type { KubernetesObject, LabelSelector, Labels, ObjectMeta } from '../../cluster/api/meta.ts';
import type { Path } from '../tree.ts';
import { checkLabels, checkName, DNS_1123_LABEL } from './names.ts';
import type { Validation } from './validation.ts';

/** As decoded from a file: the API's shape, where anything may be absent. */
export type Raw<T> = T extends readonly (infer Item)[]
  ? Raw<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]?: Raw<T[Key]> }
    : T;

/** Reads one kind: fills the API server's defaults in and says what it would refuse. */
export type ManifestReader = (raw: never, v: Validation, namespace: string) => KubernetesObject;

/**
 * `apiVersion`, `kind` and metadata of an object that the store does not know yet; fields of the metadata that no model
 * reads are kept. A namespaced object without namespace is in `namespace`. A `deletionTimestamp` means that deletion was
 * asked at time 0, whatever its date.
 * @param nameRule of the kind's names
 * @param namespace '' for a cluster-scoped kind
 */
export function readHead<K extends Kind>(
  kind: K,
  raw: Raw<ObjectMeta> = {},
  nameRule: Parameters<typeof checkName>[3],
  namespace: string,
  v: Validation,
): { apiVersion: string; kind: K; metadata: ObjectMeta } {
  const path = ['metadata'];
  if (raw.name === undefined || raw.name === '') v.required([...path, 'name'], 'name or generateName is required');
  else checkName(v, [...path, 'name'], raw.name, nameRule);
  if (raw.namespace !== undefined && namespace === '') v.forbidden([...path, 'namespace'], 'not allowed on this type');
  else if (raw.namespace) checkName(v, [...path, 'namespace'], raw.namespace, DNS_1123_LABEL);
  checkLabels(v, [...path, 'labels'], raw.labels as Labels | undefined);
  const metadata = {
    ...raw,
    name: raw.name ?? '',
    namespace: namespace === '' ? '' : raw.namespace || namespace,
    uid: raw.uid ?? '',
    resourceVersion: 0,
    generation: raw.generation ?? 1,
    labels: raw.labels ?? {},
    annotations: raw.annotations ?? {},
    creationTimestamp: raw.creationTimestamp ?? 0,
    ...(raw.deletionTimestamp !== undefined && { deletionTimestamp: 0 }),
  };
  return { apiVersion: API_VERSIONS[kind], kind, metadata: metadata as ObjectMeta };
}

/** `app=checkout,tier=web` */
export function printLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/**
 * @returns the selector as it is; one that is absent matches nothing
 * @source apimachinery pkg/apis/meta/v1/validation ValidateLabelSelector
 */
export function readSelector(
  raw: Raw<LabelSelector> | undefined,
  path: Path,
  v: Validation,
): LabelSelector | undefined {
  if (raw === undefined) return undefined;
  checkLabels(v, [...path, 'matchLabels'], raw.matchLabels as Labels | undefined);
  raw.matchExpressions?.forEach(({ key, operator, values }, i) => {
    const at = [...path, 'matchExpressions', i];
    v.oneOf([...at, 'operator'], operator ?? '', ['DoesNotExist', 'Exists', 'In', 'NotIn']);
    if (!key) v.required([...at, 'key']);
    const isSet = operator === 'In' || operator === 'NotIn';
    if (isSet && (values ?? []).length === 0) {
      v.required([...at, 'values'], "must be specified when `operator` is 'In' or 'NotIn'");
    }
    if (!isSet && (values ?? []).length > 0) {
      v.forbidden([...at, 'values'], "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
  });
  return raw as LabelSelector;
}
