import type { Endpoint, EndpointSlice } from '../cluster/api/endpoint-slice.ts';
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL } from '../cluster/api/endpoint-slice.ts';
import { API_VERSIONS } from '../cluster/api/kinds.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { Service } from '../cluster/api/service.ts';
import { isPodReady } from '../cluster/pod-state.ts';
import { matches } from '../cluster/selector.ts';
import { keyOfObject } from '../cluster/store.ts';
import { zoneOf } from '../cluster/zone.ts';
import type { ControlContext } from './context.ts';
import { suffix } from './names.ts';
import { WorkQueue } from './work-queue.ts';

/** @source kube-controller-manager --max-endpoints-per-slice */
const MAX_ENDPOINTS = 100;

/** Besides the batch period: the controller's queue, computation and API write. */
const SYNC_DELAY = 10e6;

/**
 * Publishes the Pods that a Service selects, with their conditions, in slices of at most 100.
 * @source kubernetes pkg/controller/endpointslice; staging endpointslice/utils.go podToEndpoint
 * @simplifies slices are filled in Pod order, not packed with the fewest writes; IPv4 only; every selected Pod resolves
 *   a named port to the same number
 */
export class EndpointSliceController {
  readonly #context: ControlContext;
  readonly #queue: WorkQueue;

  constructor(context: ControlContext) {
    this.#context = context;
    const delay = SYNC_DELAY + context.settings.endpointSlices.batchPeriod;
    this.#queue = new WorkQueue(context.engine, delay, (key) => this.#sync(key));
    context.store.watch('Service', (_, service) => this.#queue.add(keyOfObject(service)));
    context.store.watch('Pod', (_, pod) => {
      for (const service of context.store.list('Service')) {
        if (selects(service, pod)) this.#queue.add(keyOfObject(service));
      }
    });
  }

  #sync(key: string): void {
    const [namespace, name] = key.split('/') as [string, string];
    const { store } = this.#context;
    const service = store.get('Service', namespace, name);
    const old = [...store.list('EndpointSlice')].filter(
      (slice) => slice.metadata.labels[SERVICE_NAME_LABEL] === name && slice.metadata.namespace === namespace,
    );
    const pods =
      service === undefined
        ? []
        : [...store.list('Pod')].filter((pod) => selects(service, pod) && pod.status.podIP !== undefined);
    const endpoints = pods.map((pod) => this.#endpoint(service!, pod));
    const count = service === undefined ? 0 : Math.max(1, Math.ceil(endpoints.length / MAX_ENDPOINTS));
    for (let i = 0; i < Math.max(count, old.length); i++) {
      const part = endpoints.slice(i * MAX_ENDPOINTS, (i + 1) * MAX_ENDPOINTS);
      const slice = old[i];
      if (i >= count) store.remove(slice!);
      else if (slice === undefined) store.add(this.#slice(service!, pods, part, i));
      else if (JSON.stringify(slice.endpoints) !== JSON.stringify(part)) {
        slice.endpoints = part;
        slice.ports = portsOf(service!, pods);
        store.update(slice);
      }
    }
  }

  #slice(service: Service, pods: Pod[], endpoints: Endpoint[], number: number): EndpointSlice {
    const { name, namespace } = service.metadata;
    return {
      apiVersion: API_VERSIONS.EndpointSlice,
      kind: 'EndpointSlice',
      metadata: this.#context.store.meta({
        name: `${name}-${suffix(name, number, 5)}`,
        namespace,
        labels: {
          [SERVICE_NAME_LABEL]: name,
          [MANAGED_BY_LABEL]: 'endpointslice-controller.k8s.io',
        },
      }),
      addressType: 'IPv4',
      ports: portsOf(service, pods),
      endpoints,
    };
  }

  #endpoint(service: Service, pod: Pod): Endpoint {
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    const serving = isPodReady(pod);
    return {
      addresses: [pod.status.podIP!],
      conditions: {
        ready: service.spec.publishNotReadyAddresses || (serving && !terminating),
        serving,
        terminating,
      },
      nodeName: pod.spec.nodeName!,
      zone: zoneOf(this.#context.store.get('Node', '', pod.spec.nodeName!)),
      targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    };
  }
}

/** A Service selects Pods of its own namespace whose labels match; one without a selector selects none. */
export function selects(service: Service, pod: Pod): boolean {
  return (
    service.metadata.namespace === pod.metadata.namespace &&
    Object.keys(service.spec.selector ?? {}).length > 0 &&
    matches(service.spec.selector!, pod.metadata.labels)
  );
}

/** The port numbers behind a Service; a named targetPort is what the Pods' containers call so. */
function portsOf(service: Service, pods: Pod[]): EndpointSlice['ports'] {
  const containerPorts = pods.flatMap((pod) => pod.spec.containers.flatMap((container) => container.ports ?? []));
  return (service.spec.ports ?? []).flatMap(({ name = '', protocol, targetPort }) => {
    const port =
      typeof targetPort === 'number'
        ? targetPort
        : containerPorts.find((port) => port.name === targetPort && port.protocol === protocol)?.containerPort;
    return port === undefined ? [] : [{ name, protocol, port }];
  });
}
