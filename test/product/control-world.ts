import type { KubernetesObject } from '../../sim/cluster/api/meta.ts';
import type { Pod } from '../../sim/cluster/api/pod.ts';
import { ClusterIndex } from '../../sim/cluster/cluster-index.ts';
import { Registry } from '../../sim/cluster/registry.ts';
import { keyOfObject, ObjectStore } from '../../sim/cluster/store.ts';
import type { ControlContext } from '../../sim/control/context.ts';
import { ControlPlane } from '../../sim/control/control-plane.ts';
import { Disturbances } from '../../sim/control/disturbances.ts';
import type { ContainerRuntime, ContainerWatcher } from '../../sim/control/nodes/container-runtime.ts';
import { Engine } from '../../sim/engine/engine.ts';
import { Faults } from '../../sim/input/faults.ts';
import { readManifests } from '../../sim/input/manifests/read.ts';
import { clusterSection, clusterSettings } from '../../sim/input/scenario-cluster.ts';
import { readYaml } from '../../sim/input/yaml.ts';

/** Containers whose health the test decides: those of `sick` Pods fail every probe; SIGTERM takes 100 ms to obey. */
class Containers implements ContainerRuntime {
  readonly sick = new Set<string>();
  watcher!: ContainerWatcher;
  readonly #pods: Registry<'Pod'>;
  readonly #engine: Engine;
  readonly #kind: number;

  constructor(engine: Engine, pods: Registry<'Pod'>) {
    this.#pods = pods;
    this.#engine = engine;
    const kinds = { 'test.exit': { a: 'pod', b: '-', run: (c: Containers, pod: number) => c.watcher.exited(pod) } };
    this.#kind = engine.define<Containers, typeof kinds>(this, kinds)['test.exit'];
  }

  probe(pod: number, probe: number): void {
    this.watcher.answered(pod, probe, !this.sick.has(this.#pods.at(pod).metadata.name));
  }

  terminate(pod: number): void {
    this.#engine.due[0] = this.#engine.clock[0]! + 100e6;
    this.#engine.schedule(this.#kind, pod, 0);
  }

  start(): void {}
  kill(): void {}
  powerLost(): void {}
  addressTaken(): void {}
  addressReleased(): void {}
}

/** A control plane with real delays and no traffic, to be driven step by step. */
export function controlWorld(manifests: string, settings: object = {}) {
  const engine = new Engine();
  const store = new ObjectStore(engine.clock);
  const pods = new Registry(store, 'Pod');
  const events: { at: number; object: string; reason: string }[] = [];
  const context: ControlContext = {
    engine,
    store,
    index: new ClusterIndex(store),
    settings: clusterSettings(clusterSection.parse({ nodes: { count: 6, zones: ['a', 'b'] }, ...settings }), 0, {
      addIssue: (issue: unknown) => {
        throw new Error(JSON.stringify(issue));
      },
    } as never),
    settling: true,
    disturbances: new Disturbances(),
    record: (_, object, reason) =>
      void events.push({ at: store.now, object: `${object.kind} ${keyOfObject(object)}`, reason }),
  };
  const containers = new Containers(engine, pods);
  const control = new ControlPlane(context, pods, {
    runtime: containers,
    metrics: { cpu: () => null, custom: () => null },
    setDown: () => {},
  });
  containers.watcher = control.watcher;
  control.load(objectsOf(manifests));
  engine.run(0);
  context.settling = false;
  const wait = (seconds: number) => engine.run(engine.clock[0]! + seconds * 1e9);
  const apply = (text: string) => control.apply(objectsOf(text));
  const livePods = (): Pod[] => [...store.list('Pod')];
  return { engine, store, context, control, containers, events, wait, apply, livePods };
}

/** @throws Error where the manifests are not what the API server would take */
export function objectsOf(text: string): KubernetesObject[] {
  const faults = new Faults();
  const manifests = readYaml('test.yaml', text, faults).flatMap((tree) => readManifests(tree, 'shop', faults));
  faults.throwIfAny();
  return manifests.map(({ object }) => object!);
}
