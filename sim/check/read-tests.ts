import type { KubernetesObject } from '../cluster/api/meta.ts';
import { Faults, knownNames } from '../input/faults.ts';
import type { Files } from '../input/files.ts';
import type { Message } from '../input/scenario.ts';
import { API_VERSION } from '../input/scenario-schema.ts';
import { reportIssues } from '../input/schema-faults.ts';
import { child, type Place, placeOf, type Tree, textAt, toValue } from '../input/tree.ts';
import { readYaml } from '../input/yaml.ts';
import { ObjectReader } from './object-reader.ts';
import { readSteps } from './read-steps.ts';
import type { MalformedTest, TestDocument } from './test-document.ts';
import { testSection } from './test-schema.ts';

/** What one file holds. */
export interface TestFile {
  tests: (TestDocument | MalformedTest)[];
  warnings: Message[];
}

/**
 * Reads every Test of a file, with its manifests (relative to it). What is wrong with one document does not hide the
 * others; a file that cannot be read, or has no document, is one malformed test.
 */
export function readTestFile(file: string, files: Files): TestFile {
  const start: Place = { file, line: 1, column: 1 };
  const faults = new Faults();
  let trees: Tree[] = [];
  try {
    trees = readYaml(file, files.read(file), faults);
  } catch (error) {
    faults.error(start, [], `cannot read ${file}: ${(error as Error).message}`);
  }
  if (trees.length === 0 && faults.count === 0) {
    faults.error(start, [], 'the file is empty', { expected: `apiVersion: ${API_VERSION} and kind: Test` });
  }
  if (trees.length === 0) return { tests: [{ file, name: file, place: start, errors: faults.errors }], warnings: [] };
  const read = trees.map((tree) => readTest(tree, files));
  return { tests: read.map(({ test }) => test), warnings: [...faults.warnings, ...read.flatMap((r) => r.warnings)] };
}

function readTest(tree: Tree, files: Files): { test: TestDocument | MalformedTest; warnings: Message[] } {
  const { file } = tree.place;
  const faults = new Faults();
  faults.opened(file);
  const name = textAt(tree, 'metadata', 'name') ?? `${file}:${tree.place.line}`;
  const malformed = (errors: Message[]) => ({
    test: { file, name, place: tree.place, errors },
    warnings: faults.warnings,
  });
  if (!isTest(tree, faults)) return malformed(faults.errors);

  const checked = testSection.safeParse(toValue(tree));
  if (!checked.success) reportIssues(checked.error.issues, tree, faults);
  const validation = child(child(tree, 'cluster'), 'validation');
  const isOff = validation?.type === 'scalar' && validation.value === false;
  const objects = new ObjectReader(files, textAt(tree, 'metadata', 'namespace') ?? 'default', !isOff);
  const manifests = readManifestSection(tree, objects, faults);
  const steps = readSteps(tree, objects, faults);
  if (faults.count > 0 || !checked.success) return malformed([...faults.errors, ...objects.refusals]);
  const expectsRefusal = steps.every((step) => step.action === 'check' && step.check.refused !== undefined);
  if (objects.refusals.length > 0 && !expectsRefusal) return malformed(objects.refusals);
  const { cluster } = checked.data;
  return {
    test: { file, name, place: tree.place, cluster, objects: manifests, steps, refusals: objects.refusals },
    warnings: [...faults.warnings, ...objects.warnings],
  };
}

function isTest(tree: Tree, faults: Faults): boolean {
  const kind = textAt(tree, 'kind');
  const isOurs = (textAt(tree, 'apiVersion') ?? '').startsWith('svclab.dev/');
  if (tree.type === 'mapping' && kind === 'Test' && isOurs) return true;
  const text = kind === undefined ? 'this is no Test' : `this is no Test, but "${kind}"`;
  faults.error(placeOf(tree, ['kind']), kind === undefined ? [] : ['kind'], text, {
    expected: `apiVersion: ${API_VERSION} and kind: Test`,
    fix:
      kind === undefined || isOurs
        ? knownNames(kind ?? '', ['Test'], '').fix
        : 'name its file under manifests: of a Test',
  });
  return false;
}

/** A name twice is an error, as the second would silently replace the first. */
function readManifestSection(tree: Tree, reader: ObjectReader, faults: Faults): KubernetesObject[] {
  const section = child(tree, 'manifests');
  if (section?.type !== 'list') return []; // the schema says so
  const seen = new Map<string, Place>();
  return section.items.flatMap((item, i) =>
    reader.read(item, ['manifests', i], faults).flatMap(({ kind, namespace, name, object, place }) => {
      const key = `${kind} ${namespace}/${name}`;
      const first = seen.get(key);
      seen.set(key, place);
      if (first !== undefined) {
        const fix = `it is also at ${first.file}:${first.line}`;
        faults.error(place, ['metadata', 'name'], `${kind} "${name}" is here twice`, { fix });
      }
      return object === null ? [] : [object];
    }),
  );
}
