import type { Pod } from '../cluster/api/pod.ts';
import type { Service } from '../cluster/api/service.ts';
import { type ClusterIndex, selects } from '../cluster/cluster-index.ts';
import { isPodReady } from '../cluster/pod-state.ts';
import { keyOfObject, type ObjectStore } from '../cluster/store.ts';
import { explainEndpoints, type ServiceSurroundings } from '../control/endpoints/explain-endpoints.ts';
import { targetPortOn } from '../control/endpoints/pod-endpoint.ts';
import { declaredPorts } from '../dataplane/policy/peer-match.ts';
import { type NodeFirewall, passes } from '../dataplane/port-routes.ts';
import type { Scenario, TrafficSource } from '../input/scenario.ts';
import { listensAt } from '../traffic/target-port.ts';
import type { Recorder } from './recorder.ts';

/**
 * Looks at the Services that traffic asks for, at each time bucket's end, and tells as an event what their objects show to be wrong: no
 * ready endpoint, and why; a target port at which no Pod listens; an address to which nothing leads from outside. Told once, and
 * again when it is another reason.
 */
export class ServiceHealth {
  readonly #store: ObjectStore;
  readonly #around: ServiceSurroundings;
  readonly #record: Recorder['record'];
  readonly #services: readonly string[];
  readonly #users: readonly TrafficSource[];
  readonly #nodeFirewall: NodeFirewall;
  /** By Service and reason: the last message; '' while nothing is wrong. */
  readonly #told = new Map<string, string>();

  /** @param services `namespace/name`, also of those that are not there yet */
  constructor(
    store: ObjectStore,
    index: ClusterIndex,
    record: Recorder['record'],
    services: Iterable<string>,
    { traffic, cluster }: Pick<Scenario, 'traffic' | 'cluster'>,
  ) {
    this.#store = store;
    this.#record = record;
    this.#services = [...new Set(services)];
    this.#users = traffic.filter(({ from }) => from === null);
    this.#nodeFirewall = cluster.nodeFirewall;
    this.#around = {
      podsOf: (service) => this.#podsOf(index, service),
      podsIn: (namespace) => [...index.podsByNamespace.get(namespace)],
      list: (kind) => store.list(kind),
      slicesOf: (service) => [...index.slicesByService.get(keyOfObject(service))],
    };
  }

  read(): void {
    for (const key of this.#services) {
      const service = this.#store.withKey('Service', key);
      if (service === undefined || service.spec.type === 'ExternalName') continue;
      const slices = this.#around.slicesOf(service);
      const hasReady = slices.some(({ endpoints }) => endpoints.some(({ conditions }) => conditions.ready ?? true));
      this.#tell(service, 'NoReadyEndpoints', hasReady ? '' : (explainEndpoints(service, this.#around).why ?? ''));
      this.#tell(service, 'TargetPortClosed', hasReady ? this.#closedPort(service) : '');
      for (const source of this.#users)
        if (source.service === key) this.#tell(service, 'NoWayIn', this.#noWayIn(service, source));
    }
  }

  #podsOf(index: ClusterIndex, service: Service): Pod[] {
    const { selector = {} } = service.spec;
    const candidates = index.podsByLabel.candidates(service.metadata.namespace, selector);
    return [...candidates].filter((pod) => selects(service, pod));
  }

  /** Why users outside do not reach the address that they use. */
  #noWayIn({ spec, status }: Service, { entry, port, protocol }: TrafficSource): string {
    if (entry === 'clusterIP') return `no route leads from outside to the cluster IP ${spec.clusterIP ?? ''}`;
    const hasOther = (status.loadBalancer.ingress ?? []).length > 0 || (spec.externalIPs ?? []).length > 0;
    const own = spec.ports?.find((each) => each.port === port && each.protocol === protocol)?.nodePort;
    if (own === undefined || (hasOther && entry !== 'nodePort') || passes(this.#nodeFirewall, own)) return '';
    const open = this.#nodeFirewall!.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
    return `the nodes' firewall lets ${open} in, and not the node port ${own}`;
  }

  /** Of a Service whose ready Pods all listen elsewhere. */
  #closedPort(service: Service): string {
    const pods = this.#around.podsOf(service).filter(isPodReady);
    for (const port of service.spec.ports ?? []) {
      const numbers = new Set(pods.map((pod) => targetPortOn(pod, port)));
      const isOpen = pods.some((pod) => {
        const number = targetPortOn(pod, port);
        return number !== undefined && listensAt(pod, number, port.protocol);
      });
      if (pods.length === 0 || isOpen) continue;
      const listens = new Set(
        pods.flatMap((pod) =>
          declaredPorts(pod).map(({ name, containerPort, protocol }) =>
            name ? `${protocol} ${containerPort} (${name})` : `${protocol} ${containerPort}`,
          ),
        ),
      );
      return `port ${port.port} leads to ${port.protocol} ${[...numbers].join(', ')} of its Pods, which listen at ${[...listens].join(', ')} alone`;
    }
    return '';
  }

  #tell(service: Service, reason: string, message: string): void {
    const key = `${service.metadata.uid} ${reason}`;
    if ((this.#told.get(key) ?? '') === message) return;
    this.#told.set(key, message);
    if (message !== '') this.#record('warning', service, reason, message);
  }
}
