import type { ConfigMap, Namespace } from '../../cluster/api/kinds.ts';
import { type Raw, readHead } from './metadata.ts';
import { DNS_1123_LABEL, DNS_1123_SUBDOMAIN } from './names.ts';
import type { Validation } from './validation.ts';

/** A namespace is labelled with its own name. @source KEP-2161, stable in Kubernetes 1.22 */
export function readNamespace(raw: Raw<Namespace>, v: Validation): Namespace {
  const head = readHead('Namespace', raw.metadata, DNS_1123_LABEL, '', v);
  const labels = { ...head.metadata.labels, 'kubernetes.io/metadata.name': head.metadata.name };
  return { ...(raw as Namespace), ...head, metadata: { ...head.metadata, labels } };
}

export function readConfigMap(raw: Raw<ConfigMap>, v: Validation, namespace: string): ConfigMap {
  return { ...(raw as ConfigMap), ...readHead('ConfigMap', raw.metadata, DNS_1123_SUBDOMAIN, namespace, v) };
}
