import type { Namespace } from '../../cluster/objects.ts';
import { type RawObject, readMeta } from './metadata.ts';
import { DNS_1123_LABEL } from './names.ts';
import type { Validation } from './validation.ts';

export function readNamespace(raw: RawObject, v: Validation): Namespace {
  const metadata = readMeta(raw.metadata, DNS_1123_LABEL, '', v);
  return {
    kind: 'Namespace',
    metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name } },
  };
}
