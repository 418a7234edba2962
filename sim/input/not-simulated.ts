import type { Faults } from './faults.ts';
import type { Manifest } from './manifests/read.ts';
import { type Path, placeOf } from './tree.ts';

/** Kinds that a run keeps but that change nothing in it yet. */
const KINDS: ReadonlySet<string> = new Set(['Gateway', 'HTTPRoute', 'Ingress']);

/** Warns of what a run's traffic does not obey yet, so that nobody takes its silence for an answer. */
export function warnOfNotSimulated(manifests: readonly Manifest[], faults: Faults): void {
  for (const { kind, tree } of manifests) {
    const warn = (path: Path, what: string) =>
      faults.warning(
        placeOf(tree, path),
        path,
        `${what}: accepted; a run does not route by it: \`svclab packet\` does`,
      );
    if (KINDS.has(kind)) warn(['kind'], kind);
  }
}
