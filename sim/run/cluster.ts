import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Pod } from '../cluster/api/pod.ts';
import { clone } from '../cluster/clone.ts';
import { ClusterIndex } from '../cluster/cluster-index.ts';
import { Registry } from '../cluster/registry.ts';
import { keyOfObject, ObjectStore } from '../cluster/store.ts';
import { ApiServer } from '../control/api-server.ts';
import type { ControlContext, Severity } from '../control/context.ts';
import { ControlPlane } from '../control/control-plane.ts';
import { Disturbances } from '../control/disturbances.ts';
import type { ContainerRuntime, ContainerWatcher } from '../control/nodes/container-runtime.ts';
import { NodeFactory } from '../control/nodes/node-factory.ts';
import { Engine } from '../engine/engine.ts';
import type { ClusterSettings } from '../input/scenario.ts';

/** What happened to an object, as `kubectl get events` lists it. */
export interface ClusterEvent {
  /** ns. */
  at: number;
  severity: Severity;
  kind: string;
  /** `namespace/name`, or the name alone. */
  object: string;
  reason: string;
  message: string;
}

export interface ClusterOptions {
  /** False: objects are what they are; only what the API server itself does happens. */
  controllers: boolean;
  /** What the manifests ask for has been there for long, as in a scenario; else it begins at time 0. */
  settled: boolean;
  /** Told of each start of a Pod's containers, when their environment is made. */
  onStart(pod: Pod): void;
}

/**
 * A cluster without traffic: its control plane, and containers that run, are healthy and do nothing. After each change
 * the controllers have run until nothing is left to do at that instant.
 */
export class Cluster {
  readonly engine = new Engine();
  readonly store = new ObjectStore(this.engine.clock);
  readonly events: ClusterEvent[] = [];
  readonly #api: ApiServer;
  readonly #control: ControlPlane | undefined;

  constructor(settings: ClusterSettings, objects: readonly KubernetesObject[], options: ClusterOptions) {
    const { engine, store } = this;
    const context: ControlContext = {
      engine,
      store,
      index: new ClusterIndex(store),
      settings,
      settling: options.settled,
      disturbances: new Disturbances(),
      record: (severity, object, reason, message) =>
        this.events.push({ at: store.now, severity, kind: object.kind, object: keyOfObject(object), reason, message }),
    };
    const copies = objects.map(clone);
    if (options.controllers) {
      const runtime = new IdleContainers();
      const control = new ControlPlane(context, new Registry(store, 'Pod'), {
        runtime,
        metrics: { cpu: () => null, custom: () => null },
        setDown: () => {},
        onStart: options.onStart,
      });
      runtime.watcher = control.watcher;
      this.#control = control;
      this.#api = control.api;
      control.load(copies);
    } else {
      const nodes = new NodeFactory(store, settings);
      this.#api = new ApiServer(context, () => nodes.nextCIDR());
      store.watch('Pod', (change, pod) => {
        if (change === 'added') options.onStart(pod);
      });
      for (const object of copies) this.#api.apply(object);
    }
    engine.run(0);
    context.settling = false;
  }

  /** As `kubectl apply`. */
  apply(objects: readonly KubernetesObject[]): void {
    const copies = objects.map(clone);
    if (this.#control !== undefined) this.#control.apply(copies);
    else for (const object of copies) this.#api.apply(object);
    this.wait(0);
  }

  /** As `kubectl delete`: gracefully. @returns whether there was such an object */
  delete(kind: Kind, namespace: string, name: string): boolean {
    const found = this.#api.delete(kind, namespace, name);
    this.wait(0);
    return found;
  }

  /** Lets `duration` ns pass. */
  wait(duration: number): void {
    this.engine.run(this.engine.clock[0]! + duration);
  }
}

/** Containers that start at once, answer every probe, and take all of their grace to end. */
class IdleContainers implements ContainerRuntime {
  watcher!: ContainerWatcher;

  probe(pod: number, probe: number): void {
    this.watcher.answered(pod, probe, true);
  }

  start(): void {}
  terminate(): void {}
  kill(): void {}
  powerLost(): void {}
  addressTaken(): void {}
  addressReleased(): void {}
}
