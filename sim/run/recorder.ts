import { parseIPv4 } from '../cluster/address.ts';
import type { EndpointSlice } from '../cluster/api/endpoint-slice.ts';
import { SERVICE_NAME_LABEL } from '../cluster/api/endpoint-slice.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Node } from '../cluster/api/node.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { Service } from '../cluster/api/service.ts';
import type { Workload } from '../cluster/api/workloads.ts';
import { workloadOf } from '../cluster/owner.ts';
import { isNodeReady, isPodReady, restartsOf } from '../cluster/pod-state.ts';
import type { Registry } from '../cluster/registry.ts';
import { roomOf } from '../cluster/resources.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { zoneOf } from '../cluster/zone.ts';
import type { Severity } from '../control/context.ts';
import { GROUP_LABEL } from '../control/nodes/node-factory.ts';
import type { AddressBook } from '../dataplane/address-book.ts';
import type { TraceWriter } from '../trace/writer.ts';
import type { Targets } from '../traffic/ledger.ts';

const POD_PHASES = ['pending', 'starting', 'notReady', 'ready', 'terminating', 'gone'];
const NODE_PHASES = ['provisioning', 'ready', 'draining', 'gone'];

/** Writes the history of the cluster's objects into the trace, by watching the store. */
export class Recorder implements Targets {
  readonly #trace: TraceWriter;
  readonly #store: ObjectStore;
  readonly #pods: Registry<'Pod'>;
  readonly #objects = new Map<string, number>();
  /** Services that clients ask for and that were not there at the start. */
  readonly #awaited = new Map<string, number>();
  readonly #podObjects: number[] = [];
  readonly #addressObjects: number[] = [];
  /** Last values, by object and field: only changes are written. */
  readonly #last = new Map<number, Map<number, number>>();
  readonly #wasReady = new Set<string>();
  readonly #formerPods = new Map<number, number>();
  readonly #fields;
  #addresses!: AddressBook;

  constructor(trace: TraceWriter, store: ObjectStore, pods: Registry<'Pod'>) {
    this.#trace = trace;
    this.#store = store;
    this.#pods = pods;
    this.#fields = {
      podPhase: trace.field('Pod.phase', 'enum', POD_PHASES),
      podNode: trace.field('Pod.node', 'object'),
      podAddress: trace.field('Pod.address', 'text'),
      podPublished: trace.field('Pod.published', 'number'),
      podRestarts: trace.field('Pod.restarts', 'number'),
      nodePhase: trace.field('Node.phase', 'enum', NODE_PHASES),
      nodeLag: trace.field('Node.lag', 'number'),
      serviceReady: trace.field('Service.readyEndpoints', 'number'),
      workloadDesired: trace.field('Workload.desired', 'number'),
      workloadReady: trace.field('Workload.ready', 'number'),
      hpaDesired: trace.field('HorizontalPodAutoscaler.desired', 'number'),
      hpaUtilisation: trace.field('HorizontalPodAutoscaler.utilisation', 'number'),
    };
    store.watch('Node', (change, node) => this.#node(node, change === 'deleted'));
    store.watch('Service', (_, service) => this.#service(service));
    store.watch('Deployment', (_, set) => this.#workload(set, set.spec.replicas, set.status.readyReplicas));
    store.watch('StatefulSet', (_, set) => this.#workload(set, set.spec.replicas, set.status.readyReplicas));
    store.watch('DaemonSet', (_, set) =>
      this.#workload(set, set.status.desiredNumberScheduled, set.status.numberReady),
    );
    store.watch('HorizontalPodAutoscaler', (_, hpa) => {
      const { namespace, name } = hpa.metadata;
      const attributes = {
        namespace,
        target: hpa.spec.scaleTargetRef.name,
        min: hpa.spec.minReplicas,
        max: hpa.spec.maxReplicas,
      };
      const id = this.#idOf(hpa, () => trace.object('HorizontalPodAutoscaler', name, attributes));
      this.#set(id, this.#fields.hpaDesired, hpa.status.desiredReplicas);
      this.#set(
        id,
        this.#fields.hpaUtilisation,
        (hpa.status.currentMetrics[0]?.resource?.current.averageUtilization ?? 0) * 10,
      );
    });
    store.watch('Pod', (change, pod) => this.#pod(pod, change === 'deleted'));
    store.watch('EndpointSlice', (_, slice) => this.#endpoints(slice));
  }

  #workload(object: Workload, desired: number, ready: number): void {
    const { kind, metadata } = object;
    const { namespace, name } = metadata;
    const id = this.#idOf(object, () => this.#trace.object('Workload', name, { kind, namespace }));
    this.#set(id, this.#fields.workloadDesired, desired);
    this.#set(id, this.#fields.workloadReady, ready);
  }

  attach(addresses: AddressBook): void {
    this.#addresses = addresses;
  }

  /** As `kubectl get events` would list it. */
  readonly record = (severity: Severity, object: KubernetesObject, reason: string, message: string): void => {
    const { name, namespace } = object.metadata;
    const id = this.#idOf(object, () => this.#trace.object(object.kind, name, { namespace }));
    this.#trace.event(severity, id, reason, message);
  };

  /** The trace object of a Kubernetes object that is or was in the store. */
  objectOf(object: KubernetesObject): number {
    return this.#objects.get(object.metadata.uid)!;
  }

  /** The trace object of a Service by `namespace/name`, also of one that is not there yet. */
  serviceNamed(key: string): number {
    const [namespace, name] = key.split('/') as [string, string];
    const service = this.#store.get('Service', namespace, name);
    if (service !== undefined) return this.objectOf(service);
    const known = this.#awaited.get(key);
    if (known !== undefined) return known;
    const object = this.#trace.object('Service', name, { namespace, clusterIP: '', type: 'ClusterIP', port: 0 });
    this.#awaited.set(key, object);
    return object;
  }

  pod(slot: number): number {
    return this.#podObjects[slot]!;
  }

  address(index: number): number {
    this.#addressObjects[index] ??= this.#trace.object('Address', this.#addresses.text(index), {
      ip: this.#addresses.text(index),
      formerPod: this.#formerPods.get(index) ?? null,
    });
    return this.#addressObjects[index]!;
  }

  nodeLag(node: Node, lag: number): void {
    this.#set(this.objectOf(node), this.#fields.nodeLag, Math.round(lag / 1e6));
  }

  #node(node: Node, gone: boolean): void {
    const { name, labels } = node.metadata;
    const room = roomOf(node);
    const attributes = {
      zone: zoneOf(node),
      pool: labels[GROUP_LABEL] ?? '',
      cpu: room.cpuMilli / 1000,
      memory: room.memoryBytes,
    };
    const id = this.#idOf(node, () => this.#trace.object('Node', name, attributes));
    const phase = gone || !isNodeReady(node) ? 3 : node.spec.unschedulable ? 2 : 1;
    this.#set(id, this.#fields.nodePhase, phase);
  }

  #service(service: Service): void {
    const { namespace, name } = service.metadata;
    const { clusterIP = '', type, ports } = service.spec;
    this.#idOf(
      service,
      () =>
        this.#awaited.get(`${namespace}/${name}`) ??
        this.#trace.object('Service', name, { namespace, clusterIP, type, port: ports?.[0]?.port ?? 0 }),
    );
  }

  #pod(pod: Pod, gone: boolean): void {
    const { namespace, name, uid, deletionTimestamp } = pod.metadata;
    const { status, spec } = pod;
    const id = this.#idOf(pod, () => {
      const workload = workloadOf(this.#store, pod).split('/')[1]!;
      const object = this.#trace.object('Pod', name, { namespace, workload });
      this.#podObjects[this.#pods.slotOf(pod)] = object;
      return object;
    });
    if (isPodReady(pod)) this.#wasReady.add(uid);
    if (spec.nodeName !== undefined) {
      const node = this.#store.get('Node', '', spec.nodeName);
      if (node) this.#set(id, this.#fields.podNode, this.objectOf(node));
    }
    if (status.podIP !== undefined) {
      this.#set(id, this.#fields.podAddress, this.#trace.text(status.podIP));
      this.#formerPods.set(this.#addresses.indexOf(parseIPv4(status.podIP)), id);
    }
    let phase = 'pending';
    if (gone) phase = 'gone';
    else if (deletionTimestamp !== undefined) phase = 'terminating';
    else if (isPodReady(pod)) phase = 'ready';
    else if (this.#wasReady.has(uid)) phase = 'notReady';
    else if (spec.nodeName !== undefined) phase = 'starting';
    this.#set(id, this.#fields.podPhase, POD_PHASES.indexOf(phase));
    const restarts = restartsOf(pod);
    if (restarts > 0) this.#set(id, this.#fields.podRestarts, restarts);
    if (gone) {
      this.#set(id, this.#fields.podPublished, 0);
      this.#last.delete(id);
    }
  }

  /** What the control plane publishes: which Pods are ready endpoints, and how many the Service has. */
  #endpoints(changed: EndpointSlice): void {
    const service = this.#store.get(
      'Service',
      changed.metadata.namespace,
      changed.metadata.labels[SERVICE_NAME_LABEL] ?? '',
    );
    if (service === undefined) return;
    let ready = 0;
    for (const slice of this.#store.list('EndpointSlice')) {
      if (
        slice.metadata.labels[SERVICE_NAME_LABEL] !== service.metadata.name ||
        slice.metadata.namespace !== changed.metadata.namespace
      )
        continue;
      for (const endpoint of slice.endpoints) {
        const isReady = endpoint.conditions.ready ?? true;
        if (isReady) ready++;
        const { namespace = '', name = '' } = endpoint.targetRef ?? {};
        const pod = this.#store.get('Pod', namespace, name);
        if (pod) this.#set(this.objectOf(pod), this.#fields.podPublished, isReady ? 1 : 0);
      }
    }
    this.#set(this.objectOf(service), this.#fields.serviceReady, ready);
  }

  #idOf(object: KubernetesObject, create: () => number): number {
    const known = this.#objects.get(object.metadata.uid);
    if (known !== undefined) return known;
    const id = create();
    this.#objects.set(object.metadata.uid, id);
    return id;
  }

  #set(object: number, field: number, value: number): void {
    let values = this.#last.get(object);
    if (values === undefined) {
      values = new Map();
      this.#last.set(object, values);
    }
    if (values.get(field) === value) return;
    values.set(field, value);
    this.#trace.change(object, field, value);
  }
}
