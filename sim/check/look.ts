import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { Faults } from '../input/faults.ts';
import { chunksOf, type Files } from '../input/files.ts';
import { loadScenario } from '../input/load.ts';
import { checkManifests } from '../input/manifests/cross-checks.ts';
import type { Manifest } from '../input/manifests/read.ts';
import { readManifestStream } from '../input/manifests/stream.ts';
import type { ClusterSettings, Message } from '../input/scenario.ts';
import { holdsScenario } from '../input/scenario-file.ts';
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
  const scenario = paths.find((path) => holdsScenario(path, files));
  if (scenario !== undefined && paths.length > 1) {
    faults.error({ file: scenario, line: 1, column: 1 }, [], 'a Scenario names its manifests itself', {
      fix: 'give this file alone',
    });
    faults.throwIfAny();
  }
  const { dns } = testCluster.parse({});
  if (scenario !== undefined) {
    const { base, warnings } = loadScenario(scenario, files);
    const { cluster } = base;
    return { ...settled(cluster, base.objects), cluster, dns: { ...dns, ...cluster.dns }, warnings };
  }
  const manifests = paths.flatMap((path) => readFile(path, files, faults));
  if (manifests.length === 0 && faults.count === 0) {
    const place = { file: paths[0] ?? '', line: 1, column: 1 };
    faults.error(place, [], 'there is nothing in it', { expected: 'Kubernetes objects, or one Scenario' });
  }
  checkManifests(manifests, faults);
  faults.throwIfAny();
  const objects = manifests.flatMap(({ object }) => (object === null ? [] : [object]));
  const hasNodes = objects.some(({ kind }) => kind === 'Node');
  const settings = settingsOf(testCluster.parse(hasNodes ? {} : { nodes: {} }));
  return { ...settled(settings, objects), cluster: settings, dns, warnings: faults.warnings };
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

function readFile(path: string, files: Files, faults: Faults): Manifest[] {
  try {
    return readManifestStream(path, chunksOf(files, path), 'default', faults);
  } catch (error) {
    faults.error({ file: path, line: 1, column: 1 }, [], `cannot read ${path}: ${(error as Error).message}`);
    return [];
  }
}
