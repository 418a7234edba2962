import { type Faults, knownNames } from './faults.ts';
import { type Manifest, readManifests } from './manifests/read.ts';
import { isWordFor } from './references.ts';
import { type Setting, withSettings } from './variant.ts';

const SECTION = 'manifests.';

/** Does the path lead into a manifest: `manifests.deployment/checkout.spec.replicas`? An index leads to the section's list. */
export function isManifestSetting({ path }: Setting): boolean {
  return path.startsWith(SECTION) && path.includes('/');
}

/**
 * The manifests with fields of some of them set; those are read anew, so a wrong value is a fault as it is in a file. An object is
 * named `KIND/NAME`, or `NAMESPACE/KIND/NAME` in another namespace than the scenario's.
 */
export function withManifestSettings(
  manifests: readonly Manifest[],
  settings: readonly Setting[],
  namespace: string,
  faults: Faults,
): Manifest[] {
  const changed = [...manifests];
  for (const setting of settings) {
    const path = setting.path.slice(SECTION.length);
    // Names may have dots: the longest that fits is meant.
    const fits = changed
      .map((manifest, i) => ({
        i,
        name: namesOf(manifest, namespace).find((name) => path.startsWith(`${name}.`)) ?? '',
      }))
      .filter(({ name }) => name !== '')
      .sort((a, b) => b.name.length - a.name.length)[0];
    if (fits === undefined) {
      const asked = /^[^.]*\/[^.]*/.exec(path)?.[0] ?? path;
      const known = changed.map((manifest) => namesOf(manifest, namespace)[0]!);
      faults.error(
        setting.place,
        setting.at,
        `there is no ${asked} in the manifests`,
        knownNames(asked, known, 'an object of the manifests'),
      );
      continue;
    }
    const { tree } = changed[fits.i]!;
    if (tree.type === 'mapping' && tree.entries.size === 0) {
      faults.error(
        setting.place,
        setting.at,
        `${fits.name} comes from a dump of more than 8 MiB: its fields cannot be set`,
        {
          fix: 'put it into a file of its own',
        },
      );
      continue;
    }
    const own = withSettings(tree, [{ ...setting, path: path.slice(fits.name.length + 1) }], faults);
    changed[fits.i] = readManifests(own, namespace, faults)[0]!;
  }
  return changed;
}

/** `deployment/checkout`, with other words for the kind, and with its namespace. */
function namesOf({ kind, namespace: own, name }: Manifest, namespace: string): string[] {
  const words = [
    kind.toLowerCase(),
    ...['deploy', 'svc', 'sts', 'ds', 'hpa', 'netpol', 'pdb', 'no', 'po', 'rs', kind].filter((word) =>
      isWordFor(word, kind),
    ),
  ];
  return words.flatMap((word) => [
    ...(own === namespace || own === '' ? [`${word}/${name}`] : []),
    `${own}/${word}/${name}`,
  ]);
}
