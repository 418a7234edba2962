import type { KubernetesObject, Labels, ObjectMeta } from '../../cluster/objects.ts';
import { checkLabels, checkName, DNS_1123_LABEL } from './names.ts';
import type { Validation } from './validation.ts';

export interface RawMeta {
  name?: string;
  namespace?: string;
  uid?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  ownerReferences?: { kind?: string; name?: string; uid?: string; controller?: boolean }[];
}

/** What every object has; the body of one kind is added by its reader. */
export interface RawObject {
  apiVersion: string;
  metadata?: RawMeta;
}

/**
 * Metadata of an object that the store does not know yet. A namespaced object without namespace is in `namespace`.
 * A `deletionTimestamp` means that deletion was asked at time 0, whatever its date.
 * @param nameRule of the kind's names
 */
export function readMeta(
  raw: RawMeta = {},
  nameRule: Parameters<typeof checkName>[3],
  namespace: string,
  v: Validation,
): ObjectMeta {
  const path = ['metadata'];
  if (raw.name === undefined || raw.name === '') v.required([...path, 'name'], 'name or generateName is required');
  else checkName(v, [...path, 'name'], raw.name, nameRule);
  if (raw.namespace !== undefined && namespace === '') v.forbidden([...path, 'namespace'], 'not allowed on this type');
  else if (raw.namespace) checkName(v, [...path, 'namespace'], raw.namespace, DNS_1123_LABEL);
  checkLabels(v, [...path, 'labels'], raw.labels);
  const owner = raw.ownerReferences?.find(({ controller }) => controller === true);
  return {
    name: raw.name ?? '',
    namespace: namespace === '' ? '' : raw.namespace || namespace,
    uid: raw.uid ?? '',
    resourceVersion: 0,
    generation: raw.generation ?? 1,
    labels: raw.labels ?? {},
    annotations: raw.annotations ?? {},
    creationTimestamp: -1,
    ...(raw.deletionTimestamp !== undefined && { deletionTimestamp: 0 }),
    ...(raw.deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds: raw.deletionGracePeriodSeconds }),
    ...(owner !== undefined && {
      ownerReference: { kind: owner.kind ?? '', name: owner.name ?? '', uid: owner.uid ?? '' },
    }),
  };
}

/** `app=checkout,tier=web` */
export function printLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** Reads one kind. @returns null if the object is accepted but has nothing that a model reads */
export type ManifestReader = (raw: never, v: Validation, namespace: string) => KubernetesObject | null;
