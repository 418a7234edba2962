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
  'PodDisruptionBudget',
  'StatefulSet',
]);

/** Warns of what a run's traffic does not obey yet, so that nobody takes its silence for an answer. */
export function warnOfNotSimulated(manifests: readonly Manifest[], faults: Faults): void {
  for (const { kind, tree } of manifests) {
    const warn = (path: Path, what: string) =>
      faults.warning(placeOf(tree, path), path, `${what}: accepted; not simulated yet`);
    if (KINDS.has(kind)) warn(['kind'], kind);
  }
}
