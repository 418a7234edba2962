import {
  type Endpoint,
  type EndpointSlice,
  type EndpointSubset,
  type Endpoints,
  MANAGED_BY_LABEL,
  SERVICE_NAME_LABEL,
} from '../../cluster/api/endpoint-slice.ts';
import { API_VERSIONS } from '../../cluster/api/kinds.ts';
import { familyOf } from '../../cluster/ip.ts';
import { controlledBy } from '../../cluster/owner.ts';
import { keyOfObject } from '../../cluster/store.ts';
import type { ControlContext } from '../context.ts';
import { suffix } from '../names.ts';
import { WorkQueue } from '../work-queue.ts';

const MIRROR = 'endpointslicemirroring-controller.k8s.io';
/** @source kube-controller-manager --mirroring-max-endpoints-per-subset */
const MOST = 1000;

/**
 * Slices for the Endpoints that people write for Services without a selector: proxies read slices alone.
 * @source kubernetes pkg/controller/endpointslicemirroring
 * @simplifies the slices of an Endpoints object are made anew when it changes
 */
export class EndpointSliceMirroring {
  readonly #context: ControlContext;
  readonly #queue: WorkQueue;
  #named = 0;

  constructor(context: ControlContext) {
    this.#context = context;
    const { syncTime } = context.settings.endpointSlices;
    this.#queue = new WorkQueue(context, syncTime, (key) => this.#sync(key), 'endpointSlices');
    context.store.watch('Endpoints', (_, endpoints) => this.#queue.add(keyOfObject(endpoints)));
    context.store.watch('Service', (_, service) => {
      const { namespace, name } = service.metadata;
      if (context.store.get('Endpoints', namespace, name) !== undefined) this.#queue.add(`${namespace}/${name}`);
    });
  }

  #sync(key: string): void {
    const [namespace, name] = key.split('/') as [string, string];
    const { store, index } = this.#context;
    for (const slice of [...index.slicesByService.get(key)]) {
      if (slice.metadata.labels[MANAGED_BY_LABEL] === MIRROR) store.remove(slice);
    }
    const endpoints = store.get('Endpoints', namespace, name);
    const service = store.get('Service', namespace, name);
    if (endpoints === undefined || service === undefined || Object.keys(service.spec.selector ?? {}).length > 0) return;
    const { labels } = endpoints.metadata;
    if (labels['endpointslice.kubernetes.io/skip-mirror'] === 'true') return;
    for (const subset of endpoints.subsets) {
      for (const addressType of ['IPv4', 'IPv6'] as const) {
        const mirrored = mirror(subset, addressType).slice(0, MOST);
        if (mirrored.length > 0) this.#add(endpoints, subset, addressType, mirrored);
      }
    }
  }

  #add(
    owner: Endpoints,
    { ports = [] }: EndpointSubset,
    addressType: EndpointSlice['addressType'],
    endpoints: Endpoint[],
  ): void {
    const { name, namespace, labels } = owner.metadata;
    const { store } = this.#context;
    store.add({
      apiVersion: API_VERSIONS.EndpointSlice,
      kind: 'EndpointSlice',
      metadata: store.meta({
        name: `${name}-${suffix(name, this.#named++, 5)}`,
        generateName: `${name}-`,
        namespace,
        labels: { ...labels, [SERVICE_NAME_LABEL]: name, [MANAGED_BY_LABEL]: MIRROR },
        ownerReferences: controlledBy(owner),
      }),
      addressType,
      endpoints,
      ports: ports.map(({ name = '', ...port }) => ({ name, ...port })),
    });
  }
}

function mirror({ addresses = [], notReadyAddresses = [] }: EndpointSubset, family: string): Endpoint[] {
  const of = (list: typeof addresses, ready: boolean) =>
    list
      .filter(({ ip }) => familyOf(ip) === family)
      .map(
        ({ ip, hostname, nodeName, targetRef }): Endpoint => ({
          addresses: [ip],
          conditions: { ready },
          ...(hostname !== undefined && { hostname }),
          ...(nodeName !== undefined && { nodeName }),
          ...(targetRef !== undefined && { targetRef }),
        }),
      );
  return [...of(addresses, true), ...of(notReadyAddresses, false)];
}
