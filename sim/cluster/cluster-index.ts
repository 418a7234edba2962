import { SERVICE_NAME_LABEL } from './api/endpoint-slice.ts';
import type { Labels } from './api/meta.ts';
import type { Pod } from './api/pod.ts';
import type { Service } from './api/service.ts';
import { LabelIndex } from './label-index.ts';
import { ObjectIndex } from './object-index.ts';
import { controllerOf } from './owner.ts';
import { matches } from './selector.ts';
import type { ObjectStore } from './store.ts';

/** What controllers of a large cluster look up instead of walking all objects. Must be made before they watch the store. */
export class ClusterIndex {
  /** By node name. */
  readonly podsByNode: ObjectIndex<'Pod'>;
  /** By the uid of what controls them; '' those that nothing controls. */
  readonly podsByController: ObjectIndex<'Pod'>;
  readonly podsByNamespace: ObjectIndex<'Pod'>;
  readonly podsByLabel: LabelIndex<'Pod'>;
  /** By the uid of what controls them; '' those that nothing controls. */
  readonly replicaSetsByController: ObjectIndex<'ReplicaSet'>;
  /** By `namespace/name` of the Service. */
  readonly slicesByService: ObjectIndex<'EndpointSlice'>;
  /** By `namespace/key=value` of one of the labels that they select by. */
  readonly #servicesByTerm: ObjectIndex<'Service'>;

  constructor(store: ObjectStore) {
    this.podsByNode = new ObjectIndex(store, 'Pod', (pod) => pod.spec.nodeName, 'settled');
    this.podsByController = new ObjectIndex(store, 'Pod', (pod) => controllerOf(pod)?.uid ?? '');
    this.podsByNamespace = new ObjectIndex(store, 'Pod', (pod) => pod.metadata.namespace, 'settled');
    this.podsByLabel = new LabelIndex(store, 'Pod');
    this.replicaSetsByController = new ObjectIndex(store, 'ReplicaSet', (set) => controllerOf(set)?.uid ?? '');
    this.slicesByService = new ObjectIndex(store, 'EndpointSlice', ({ metadata }) => {
      const service = metadata.labels[SERVICE_NAME_LABEL];
      return service === undefined ? undefined : `${metadata.namespace}/${service}`;
    });
    this.#servicesByTerm = new ObjectIndex(store, 'Service', termOf);
  }

  /** The Services that select a Pod, now. */
  servicesOf({ metadata: { namespace, labels } }: Pod): Service[] {
    return this.servicesSelecting(namespace, labels);
  }

  servicesSelecting(namespace: string, labels: Labels): Service[] {
    const found: Service[] = [];
    for (const key in labels) {
      for (const service of this.#servicesByTerm.get(`${namespace}/${key}=${labels[key]}`)) {
        if (matches(service.spec.selector!, labels)) found.push(service);
      }
    }
    return found;
  }
}

/** A Service selects Pods of its own namespace whose labels match; one without a selector selects none. */
export function selects(service: Service, pod: Pod): boolean {
  const { selector = {} } = service.spec;
  return (
    service.metadata.namespace === pod.metadata.namespace &&
    Object.keys(selector).length > 0 &&
    matches(selector, pod.metadata.labels)
  );
}

/** One label suffices to find the candidates; the last named is usually the most telling (`app`, then `tier`). */
function termOf({ metadata, spec }: Service): string | undefined {
  const [key, value] = Object.entries(spec.selector ?? {}).at(-1) ?? [];
  return key === undefined ? undefined : `${metadata.namespace}/${key}=${value}`;
}
