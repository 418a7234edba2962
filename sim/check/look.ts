import { Faults } from '../input/faults.ts';
import { type Files, loadScenario } from '../input/load.ts';
import { checkManifests } from '../input/manifests/cross-checks.ts';
import { readManifests } from '../input/manifests/read.ts';
import type { Message, Scenario } from '../input/scenario.ts';
import { type Tree, textAt } from '../input/tree.ts';
import { readYaml } from '../input/yaml.ts';
import { type TestCluster, testCluster } from './cluster.ts';
import { createWorld } from './create-world.ts';
import type { TestWorld } from './world.ts';

/**
 * The cluster of some manifests, or of one Scenario, at time 0.
 * @throws InputError
 */
export function lookAtFiles(paths: readonly string[], files: Files): { world: TestWorld; warnings: Message[] } {
  const faults = new Faults();
  const trees = paths.map((path) => readFile(path, files, faults));
  faults.throwIfAny();
  const scenarioAt = trees.findIndex((documents) => documents.some(isScenario));
  if (scenarioAt >= 0 && paths.length > 1) {
    faults.error(trees[scenarioAt]!.find(isScenario)!.place, [], 'a Scenario names its manifests itself', {
      fix: 'give this file alone',
    });
    faults.throwIfAny();
  }
  if (scenarioAt >= 0) {
    const { base, warnings } = loadScenario(paths[0]!, files);
    return { world: createWorld(settingsOf(base), base.objects), warnings };
  }
  const manifests = trees.flat().flatMap((document) => readManifests(document, 'default', faults));
  checkManifests(manifests, faults);
  faults.throwIfAny();
  const objects = manifests.flatMap(({ object }) => (object === null ? [] : [object]));
  return { world: createWorld(testCluster.parse({}), objects), warnings: faults.warnings };
}

function readFile(path: string, files: Files, faults: Faults): Tree[] {
  try {
    return readYaml(path, files.read(path), faults);
  } catch (error) {
    faults.error({ file: path, line: 1, column: 1 }, [], `cannot read ${path}: ${(error as Error).message}`);
    return [];
  }
}

function isScenario(tree: Tree): boolean {
  return textAt(tree, 'kind') === 'Scenario' && (textAt(tree, 'apiVersion') ?? '').startsWith('svclab.dev/');
}

/** What a Scenario says of its cluster, and the defaults of what only tests and looks ask for. */
function settingsOf({ cluster }: Scenario): TestCluster {
  const { podCIDR, serviceCIDR, dns } = cluster;
  const defaults = testCluster.parse({});
  return { ...defaults, podCIDR, serviceCIDR, dns: { ...defaults.dns, ...dns } };
}
