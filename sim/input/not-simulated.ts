import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Service } from '../cluster/api/service.ts';
import type { Faults } from './faults.ts';
import type { Manifest } from './manifests/read.ts';
import { type Path, placeOf } from './tree.ts';

/** Kinds that a run keeps but that change nothing in it yet. */
const KINDS: ReadonlySet<string> = new Set([
  'DaemonSet',
  'Gateway',
  'HTTPRoute',
  'Ingress',
  'Job',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'StatefulSet',
]);

/** Warns of what a run's traffic does not obey yet, so that nobody takes its silence for an answer. */
export function warnOfNotSimulated(manifests: readonly Manifest[], faults: Faults): void {
  for (const { kind, object, tree } of manifests) {
    const warn = (path: Path, what: string) =>
      faults.warning(placeOf(tree, path), path, `${what}: accepted; not simulated yet`);
    if (KINDS.has(kind)) warn(['kind'], kind);
    if (object !== null && isService(object)) {
      const { spec } = object;
      if (spec.sessionAffinity === 'ClientIP') warn(['spec', 'sessionAffinity'], 'ClientIP');
      if (spec.internalTrafficPolicy === 'Local') warn(['spec', 'internalTrafficPolicy'], 'Local');
      if (spec.externalTrafficPolicy === 'Local') warn(['spec', 'externalTrafficPolicy'], 'Local');
    }
  }
}

function isService(object: KubernetesObject): object is Service {
  return object.kind === 'Service';
}
