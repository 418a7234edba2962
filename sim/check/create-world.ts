import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { EnvVar, Pod } from '../cluster/api/pod.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { containerEnvironment } from '../discovery/environment.ts';
import { Cluster, type ClusterEvent } from '../run/cluster.ts';
import { CannotCheck } from './check.ts';
import { settingsOf, type TestCluster } from './cluster.ts';
import type { ObjectRef, TestWorld } from './world.ts';

/** The world that a Test asks for. */
export function createWorld(settings: TestCluster, objects: readonly KubernetesObject[]): TestWorld {
  return new ClusterWorld(settings, objects);
}

class ClusterWorld implements TestWorld {
  readonly settings: TestCluster;
  readonly #cluster: Cluster;
  /** By Pod uid: what each container was started with. */
  readonly #environments = new Map<string, Map<string, EnvVar[]>>();
  /** What steps have deleted: `kind/namespace/name`. */
  readonly #deleted = new Set<string>();

  constructor(settings: TestCluster, objects: readonly KubernetesObject[]) {
    this.settings = settings;
    const started: Pod[] = [];
    let store: ObjectStore | undefined;
    this.#cluster = new Cluster(settingsOf(settings), objects, {
      controllers: settings.controllers,
      settled: false,
      onStart: (pod) => (store === undefined ? started.push(pod) : this.#start(pod)),
    });
    store = this.#cluster.store;
    for (const pod of started) this.#start(pod);
    // The world holds only its input, but there is always a default namespace.
    if (store.get('Namespace', '', 'default') === undefined) {
      const metadata = store.meta({ name: 'default', labels: { 'kubernetes.io/metadata.name': 'default' } });
      store.add({ apiVersion: 'v1', kind: 'Namespace', metadata });
    }
  }

  get store(): ObjectStore {
    return this.#cluster.store;
  }

  get now(): number {
    return this.#cluster.store.now;
  }

  get events(): readonly ClusterEvent[] {
    return this.#cluster.events;
  }

  apply(objects: readonly KubernetesObject[]): void {
    this.#cluster.apply(objects);
  }

  delete(refs: readonly ObjectRef[]): void {
    for (const ref of refs) {
      const { kind, namespace, name } = ref;
      if (!this.#cluster.delete(kind as Kind, namespace, name)) {
        throw new CannotCheck(`there is no ${kind} ${namespace}/${name} to delete`);
      }
      this.#deleted.add(keyOf(ref));
    }
  }

  wasDeleted(ref: ObjectRef): boolean {
    return this.#deleted.has(keyOf(ref));
  }

  wait(duration: number): void {
    this.#cluster.wait(duration);
  }

  environmentOf(pod: Pod, container: string): readonly EnvVar[] | null {
    return this.#environments.get(pod.metadata.uid)?.get(container) ?? null;
  }

  #start(pod: Pod): void {
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    const environment = (container: (typeof containers)[number]) => containerEnvironment(pod, container, this.store);
    this.#environments.set(pod.metadata.uid, new Map(containers.map((each) => [each.name, environment(each)])));
  }
}

function keyOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind}/${namespace}/${name}`;
}
