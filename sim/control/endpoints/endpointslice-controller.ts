import {
  type Endpoint,
  type EndpointPort,
  type EndpointSlice,
  MANAGED_BY_LABEL,
} from '../../cluster/api/endpoint-slice.ts';
import { API_VERSIONS } from '../../cluster/api/kinds.ts';
import type { Labels } from '../../cluster/api/meta.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import type { Service } from '../../cluster/api/service.ts';
import { selects } from '../../cluster/cluster-index.ts';
import { familyOf } from '../../cluster/ip.ts';
import { controlledBy } from '../../cluster/owner.ts';
import { keyOfObject } from '../../cluster/store.ts';
import { formatTimeNano } from '../../cluster/time.ts';
import type { ControlContext } from '../context.ts';
import { suffix } from '../names.ts';
import { WorkQueue } from '../work-queue.ts';
import { belongsInEndpoints, endpointOf, portsOf } from './pod-endpoint.ts';
import { keyOfEndpoint, type PlannedSlice, packSlices, type SlicePlan } from './reconcile.ts';
import { labelsChanged, SLICE_CONTROLLER, sliceLabels } from './slice-labels.ts';
import { addTopologyHints, asksForHints, cpuShares } from './topology-hints.ts';
import { addTrafficDistributionHints } from './traffic-distribution.ts';
import { TRIGGER_TIME_ANNOTATION, TriggerTimes } from './trigger-times.ts';

/**
 * Publishes the Pods that a Service selects, with their conditions, in slices.
 * @source kubernetes pkg/controller/endpointslice; staging/src/k8s.io/endpointslice/reconciler.go
 */
export class EndpointSliceController {
  readonly #context: ControlContext;
  readonly #queue: WorkQueue;
  /** Services whose slices are kept as they came, though some of their Pods are not here. */
  readonly #frozen = new Set<string>();
  readonly #triggers = new TriggerTimes();
  #shares: ReturnType<typeof cpuShares> | undefined;
  #named = 0;

  constructor(context: ControlContext) {
    this.#context = context;
    const { syncTime, batchPeriod } = context.settings.endpointSlices;
    this.#queue = new WorkQueue(context, syncTime + batchPeriod, (key) => this.#sync(key), 'endpointSlices');
    context.store.watch('Service', (_, service) => {
      this.#triggers.changed(keyOfObject(service), context.store.now);
      this.#queue.add(keyOfObject(service));
    });
    const { index } = context;
    context.store.watch('Pod', (_, pod) => {
      for (const service of index.servicesOf(pod)) this.#queue.add(keyOfObject(service));
      // Services that selected it by the labels that it had are to hear of it too.
      const { before } = index.podsByLabel;
      if (before === undefined) return;
      for (const service of index.servicesSelecting(pod.metadata.namespace, before))
        this.#queue.add(keyOfObject(service));
    });
    context.store.watch('Node', (change, node) => this.#nodeChanged(change !== 'modified', node.metadata.name));
    context.store.watch('EndpointSlice', (change, slice) => {
      if (change === 'deleted' && slice.metadata.labels[MANAGED_BY_LABEL] === SLICE_CONTROLLER) this.#resync(slice);
    });
  }

  /**
   * A managed slice with an endpoint whose Pod is not in the input is somebody's excerpt of a cluster: it stays as it is,
   * until its Service or a matching Pod is applied. To be called once, when the input is in the store.
   */
  freezeExcerpts(): void {
    const { store, index } = this.#context;
    for (const service of store.list('Service')) {
      const key = keyOfObject(service);
      const { namespace } = service.metadata;
      const addresses = new Set<string>();
      for (const pod of index.podsByNamespace.get(namespace))
        for (const { ip } of pod.status.podIPs ?? []) addresses.add(ip);
      const hasPod = ({ targetRef, addresses: own }: Endpoint) =>
        targetRef?.name === undefined
          ? own.some((address) => addresses.has(address))
          : store.get('Pod', targetRef.namespace ?? namespace, targetRef.name) !== undefined;
      if (this.#slicesOf(key).some(({ endpoints }) => !endpoints.every(hasPod))) this.#frozen.add(key);
    }
  }

  /** The Service, or a Pod that it selects, was applied. */
  thaw(service: Service): void {
    if (this.#frozen.delete(keyOfObject(service))) this.#queue.add(keyOfObject(service));
  }

  /** A node that comes or goes changes who may be published; one that changes, shares and zones. */
  #nodeChanged(cameOrWent: boolean, name: string): void {
    const before = this.#shares;
    this.#shares = undefined;
    const { store, index } = this.#context;
    if (cameOrWent)
      for (const pod of index.podsByNode.get(name))
        for (const service of index.servicesOf(pod)) this.#queue.add(keyOfObject(service));
    if (before === undefined) return;
    for (const service of store.list('Service'))
      if (asksForHints(service.metadata.annotations)) this.#queue.add(keyOfObject(service));
  }

  #resync({ metadata }: EndpointSlice): void {
    const { store } = this.#context;
    const service = store.get('Service', metadata.namespace, metadata.labels['kubernetes.io/service-name'] ?? '');
    if (service !== undefined) this.#queue.add(keyOfObject(service));
  }

  /** That this controller manages. */
  #slicesOf(key: string): EndpointSlice[] {
    return [...this.#context.index.slicesByService.get(key)].filter(
      ({ metadata }) => metadata.labels[MANAGED_BY_LABEL] === SLICE_CONTROLLER,
    );
  }

  #sync(key: string): void {
    if (this.#frozen.has(key)) return;
    const { store } = this.#context;
    const service = store.withKey('Service', key);
    const slices = this.#slicesOf(key);
    if (service === undefined) {
      this.#frozen.delete(key);
      this.#triggers.forget(key);
      for (const slice of slices) store.remove(slice);
      return;
    }
    if (Object.keys(service.spec.selector ?? {}).length === 0 || service.spec.type === 'ExternalName') return;
    const types = addressTypesOf(service);
    for (const slice of slices) if (!types.includes(slice.addressType)) store.remove(slice);
    const pods = this.#podsOf(service);
    const triggeredAt = this.#triggers.take(key, pods, store.now);
    for (const type of types) {
      this.#reconcile(
        service,
        pods,
        triggeredAt,
        slices.filter(({ addressType }) => addressType === type),
        type,
      );
    }
  }

  #podsOf(service: Service): Pod[] {
    const pods: Pod[] = [];
    const { podsByLabel } = this.#context.index;
    for (const pod of podsByLabel.candidates(service.metadata.namespace, service.spec.selector!)) {
      if (belongsInEndpoints(pod) && selects(service, pod)) pods.push(pod);
    }
    return pods;
  }

  #reconcile(
    service: Service,
    pods: readonly Pod[],
    triggeredAt: number,
    existing: EndpointSlice[],
    type: EndpointSlice['addressType'],
  ): void {
    const labels = sliceLabels(service);
    const byName = new Map(existing.map((slice) => [slice.metadata.name, slice]));
    const plan = this.#plan(service, pods, existing, type, ({ name }) =>
      labelsChanged(byName.get(name!)!.metadata.labels, labels),
    );
    this.#addHints(service, plan);
    this.#carryOut(service, plan, { byName, labels, type, triggeredAt });
  }

  #plan(
    service: Service,
    pods: readonly Pod[],
    existing: readonly EndpointSlice[],
    type: EndpointSlice['addressType'],
    labelsChanged: (slice: PlannedSlice) => boolean,
  ): SlicePlan {
    const most = this.#context.settings.endpointSlices.maxEndpointsPerSlice;
    const groups = new Map<string, { ports: EndpointPort[]; desired: Map<string, Endpoint>; slices: PlannedSlice[] }>();
    const groupOf = (ports: EndpointPort[]) => {
      const key = keyOfPorts(ports);
      let group = groups.get(key);
      if (group === undefined) {
        group = { ports, desired: new Map(), slices: [] };
        groups.set(key, group);
      }
      return group;
    };
    for (const pod of pods) {
      const node = this.#context.store.get('Node', '', pod.spec.nodeName ?? '');
      // A Pod on a node that is not there is told only by Services that publish those that are not ready.
      if (pod.spec.nodeName && node === undefined && !service.spec.publishNotReadyAddresses) continue;
      const endpoint = endpointOf(pod, node, service, type);
      if (endpoint !== undefined) groupOf(portsOf(service, pod)).desired.set(keyOfEndpoint(endpoint), endpoint);
    }
    for (const { metadata, ports, endpoints } of existing)
      groupOf(ports).slices.push({ name: metadata.name, ports, endpoints });
    const plan: SlicePlan = { create: [], update: [], remove: [], unchanged: [] };
    for (const { ports, desired, slices } of groups.values()) {
      const part: SlicePlan =
        desired.size === 0
          ? { create: [], update: [], remove: slices.map(({ name }) => name!), unchanged: [] }
          : packSlices(slices, desired, ports, most, labelsChanged);
      for (const field of ['create', 'update', 'remove', 'unchanged'] as const)
        plan[field].push(...(part[field] as never[]));
    }
    keepPlaceholder(plan, existing, labelsChanged);
    return plan;
  }

  #addHints(service: Service, plan: SlicePlan): void {
    const { store, settings, record } = this.#context;
    if (!asksForHints(service.metadata.annotations)) {
      const preferSame = settings.featureGates.PreferSameTrafficDistribution ?? true;
      return addTrafficDistributionHints(plan, service.spec.trafficDistribution, preferSame);
    }
    this.#shares ??= cpuShares(store.list('Node'));
    const hadHints = [...plan.update, ...plan.unchanged].some(({ endpoints }) => endpoints.some(({ hints }) => hints));
    const why = addTopologyHints(plan, this.#shares);
    if (why !== null && hadHints) record('warning', service, 'TopologyAwareHintsDisabled', why);
  }

  /** Slices that were to go are written anew where others were to be made: the same name, one write. */
  #carryOut(
    service: Service,
    plan: SlicePlan,
    {
      byName,
      labels,
      type,
      triggeredAt,
    }: {
      byName: ReadonlyMap<string, EndpointSlice>;
      labels: Labels;
      type: EndpointSlice['addressType'];
      /** ns */
      triggeredAt: number;
    },
  ): void {
    const { store, settling } = this.#context;
    // How a cluster came to be settled is nobody's history.
    const annotations: Labels = settling ? {} : { [TRIGGER_TIME_ANNOTATION]: formatTimeNano(triggeredAt) };
    while (plan.remove.length > 0 && plan.create.length > 0) {
      plan.update.push({ ...plan.create.pop()!, name: plan.remove.shift()! });
    }
    for (const name of plan.remove) {
      const slice = byName.get(name)!;
      slice.metadata.annotations = { ...slice.metadata.annotations, ...annotations };
      store.remove(slice);
    }
    for (const { name, endpoints, ports } of plan.update) {
      const slice = byName.get(name!)!;
      slice.endpoints = endpoints;
      slice.ports = [...ports];
      slice.metadata.labels = labels;
      slice.metadata.annotations = { ...slice.metadata.annotations, ...annotations };
      slice.metadata.generation++;
      store.update(slice);
    }
    if (service.metadata.deletionTimestamp !== undefined) return;
    for (const { endpoints, ports } of plan.create) {
      store.add({
        apiVersion: API_VERSIONS.EndpointSlice,
        kind: 'EndpointSlice',
        metadata: store.meta({
          name: this.#freeName(service),
          generateName: `${service.metadata.name}-`,
          namespace: service.metadata.namespace,
          labels,
          annotations,
          ownerReferences: controlledBy(service),
        }),
        addressType: type,
        endpoints,
        ports: [...ports],
      });
    }
  }

  #freeName({ metadata }: Service): string {
    for (;;) {
      const name = `${metadata.name}-${suffix(metadata.name, this.#named++, 5)}`;
      if (this.#context.store.get('EndpointSlice', metadata.namespace, name) === undefined) return name;
    }
  }
}

/**
 * The families that a Service's slices have: its own; without any, that of its address, or both where it is headless.
 * @source staging/src/k8s.io/endpointslice/utils.go getAddressTypesForService
 */
export function addressTypesOf({ spec }: Service): readonly EndpointSlice['addressType'][] {
  if (spec.ipFamilies?.length) return spec.ipFamilies;
  const family = familyOf(spec.clusterIP ?? '');
  if (family !== null) return [family];
  return spec.clusterIP === 'None' ? ['IPv4', 'IPv6'] : ['IPv4'];
}

function keyOfPorts(ports: readonly EndpointPort[]): string {
  const texts = ports.map(
    ({ name = '', port, protocol, appProtocol = '' }) => `${name} ${port} ${protocol} ${appProtocol}`,
  );
  return texts.sort().join(',');
}

/** A Service with no endpoint has one empty slice without ports, so that one sees that the controller has been there. */
function keepPlaceholder(
  plan: SlicePlan,
  existing: readonly EndpointSlice[],
  labelsChanged: (slice: PlannedSlice) => boolean,
): void {
  if (plan.create.length > 0 || plan.remove.length !== existing.length) return;
  const [only, ...more] = existing;
  if (only !== undefined && more.length === 0 && only.endpoints.length === 0 && only.ports.length === 0) {
    plan.remove.length = 0;
    const slice = { name: only.metadata.name, ports: [], endpoints: [] };
    (labelsChanged(slice) ? plan.update : plan.unchanged).push(slice);
  } else plan.create.push({ ports: [], endpoints: [] });
}
