import type { Pod } from '../cluster/api/pod.ts';
import { workloadOf } from '../cluster/owner.ts';
import type { Registry } from '../cluster/registry.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { ClusterObjects } from '../discovery/cluster-objects.ts';
import { containerEnvironment } from '../discovery/environment.ts';
import type { Edge } from './edge.ts';
import type { ServiceTargets } from './service-targets.ts';

/**
 * What containers were told of Services in their environment: a snapshot at their start. A Service that comes later is not in
 * it until the container starts again; of one that was deleted and created anew, the old address is.
 * @simplifies only the first container of a Pod is looked at
 */
export class ServiceEnvironment {
  readonly #store: ObjectStore;
  readonly #pods: Registry<'Pod'>;
  readonly #targets: ServiceTargets;
  readonly #edgesOf: (workload: string) => readonly Edge[];
  /** By Pod slot, then edge: the slot of the Service whose address the variable had; -1: it was empty. */
  readonly #known = new Map<number, Map<number, number>>();

  constructor(
    world: { store: ObjectStore; pods: Registry<'Pod'>; targets: ServiceTargets },
    edgesOf: (workload: string) => readonly Edge[],
  ) {
    this.#store = world.store;
    this.#pods = world.pods;
    this.#targets = world.targets;
    this.#edgesOf = edgesOf;
  }

  /** The kubelet starts a Pod's containers, and makes their environment. */
  onStart(pod: Pod): void {
    const edges = this.#edgesOf(workloadOf(this.#store, pod)).filter((edge) => (edge.discovery.env ?? 0) > 0);
    if (edges.length === 0) return;
    const slots = new Map(edges.map((edge) => [edge.index, this.#targets.slotOfAddress(this.#hostOf(pod, edge))]));
    this.#known.set(this.#pods.slotOf(pod), slots);
  }

  /** @returns the slot of the Service that the Pod's containers were told of; -1: of none */
  slotOf(pod: number, edge: Edge): number {
    return this.#known.get(pod)?.get(edge.index) ?? -1;
  }

  /** The value of `CHECKOUT_SERVICE_HOST`; empty: there is no such variable. */
  #hostOf(pod: Pod, edge: Edge): string {
    const store = this.#store;
    const [namespace, name] = edge.service.split('/') as [string, string];
    const service = store.get('Service', namespace, name);
    // Of the thousands that there may be, one is asked for.
    const view: ClusterObjects = {
      get: (kind, ns, each) => store.get(kind, ns, each),
      list: (kind) => (kind === 'Service' ? ((service === undefined ? [] : [service]) as never) : store.list(kind)),
    };
    const variable = `${name.replaceAll('-', '_').toUpperCase()}_SERVICE_HOST`;
    const environment = containerEnvironment(pod, pod.spec.containers[0]!, view);
    return environment.find((each) => each.name === variable)?.value ?? '';
  }
}
