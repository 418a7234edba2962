import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { Faults } from '../input/faults.ts';
import { type Files, loadScenario } from '../input/load.ts';
import { checkManifests } from '../input/manifests/cross-checks.ts';
import { readManifests } from '../input/manifests/read.ts';
import type { ClusterSettings, Message } from '../input/scenario.ts';
import { type Tree, textAt } from '../input/tree.ts';
import { readYaml } from '../input/yaml.ts';
import { Cluster } from '../run/cluster.ts';
import { settingsOf, type TestCluster, testCluster } from './cluster.ts';

/** A cluster at time 0: what its manifests ask for is there. */
export interface Look {
  /** Without traffic; time may pass in it. */
  live: Cluster;
  store: ObjectStore;
  cluster: ClusterSettings;
  dns: TestCluster['dns'];
  warnings: Message[];
}

/**
 * The cluster of some manifests, or of one Scenario. Manifests without a Node get three, as a Scenario does.
 * @throws InputError
 */
export function lookAtFiles(paths: readonly string[], files: Files): Look {
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
  const { dns } = testCluster.parse({});
  if (scenarioAt >= 0) {
    const { base, warnings } = loadScenario(paths[0]!, files);
    const { cluster } = base;
    return { ...settled(cluster, base.objects), cluster, dns: { ...dns, ...cluster.dns }, warnings };
  }
  const manifests = trees.flat().flatMap((document) => readManifests(document, 'default', faults));
  checkManifests(manifests, faults);
  faults.throwIfAny();
  const objects = manifests.flatMap(({ object }) => (object === null ? [] : [object]));
  const hasNodes = objects.some(({ kind }) => kind === 'Node');
  const settings = settingsOf(testCluster.parse(hasNodes ? {} : { nodes: {} }));
  return { ...settled(settings, objects), cluster: settings, dns, warnings: faults.warnings };
}

/** Is a Scenario among the files? Says nothing of files that cannot be read. */
export function holdsScenario(paths: readonly string[], files: Files): boolean {
  const faults = new Faults();
  return paths.some((path) => readFile(path, files, faults).some(isScenario));
}

function settled(settings: ClusterSettings, objects: readonly KubernetesObject[]): Pick<Look, 'live' | 'store'> {
  const live = new Cluster(settings, objects, { controllers: true, settled: true, onStart: () => {} });
  const { store } = live;
  if (store.get('Namespace', '', 'default') === undefined) {
    const metadata = store.meta({ name: 'default', labels: { 'kubernetes.io/metadata.name': 'default' } });
    store.add({ apiVersion: 'v1', kind: 'Namespace', metadata });
  }
  return { live, store };
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
