import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Node } from '../cluster/api/node.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { Service } from '../cluster/api/service.ts';
import type { Registry } from '../cluster/registry.ts';
import { ApiServer } from './api-server.ts';
import { HorizontalPodAutoscalerController, type Metrics } from './autoscaling/hpa-controller.ts';
import type { ControlContext } from './context.ts';
import { EndpointSliceController } from './endpoints/endpointslice-controller.ts';
import { EndpointSliceMirroring } from './endpoints/mirroring.ts';
import { GarbageCollector } from './garbage-collector.ts';
import { LoadBalancers } from './load-balancers.ts';
import { ClusterAutoscaler } from './nodes/cluster-autoscaler.ts';
import type { ContainerRuntime, ContainerWatcher } from './nodes/container-runtime.ts';
import { DisruptionBudgets } from './nodes/disruption-budgets.ts';
import { Drainer } from './nodes/drain.ts';
import { Kubelet } from './nodes/kubelet.ts';
import { NodeCapacity } from './nodes/node-capacity.ts';
import { NodeFactory } from './nodes/node-factory.ts';
import { NodeFailures } from './nodes/node-failure.ts';
import { NodePressure } from './nodes/node-pressure.ts';
import { PodAddresses } from './nodes/pod-addresses.ts';
import { Scheduler } from './nodes/scheduler.ts';
import { DaemonSetController } from './workloads/daemonset-controller.ts';
import { DeploymentController } from './workloads/deployment-controller.ts';
import { JobController } from './workloads/job-controller.ts';
import { PodFactory } from './workloads/pod-factory.ts';
import { ReplicaSetController } from './workloads/replicaset-controller.ts';
import { StatefulSetController } from './workloads/statefulset-controller.ts';

/** What the control plane works against: simulated containers, or something simpler. */
export interface Machines {
  runtime: ContainerRuntime;
  metrics: Metrics;
  /** Tells the network that a node's Pods are silent, or answer again. */
  setDown(node: Node, down: boolean): void;
  /** Told of each start of a Pod's containers. */
  onStart?(pod: Pod): void;
}

/** Every controller, the scheduler and the kubelets of one cluster, wired in the order in which they hear of changes. */
export class ControlPlane {
  readonly api: ApiServer;
  readonly drainer: Drainer;
  readonly failures: NodeFailures;
  readonly pressure: NodePressure;
  readonly #context: ControlContext;
  readonly #kubelet: Kubelet;
  readonly #slices: EndpointSliceController;

  constructor(context: ControlContext, pods: Registry<'Pod'>, machines: Machines) {
    const { store, settings } = context;
    this.#context = context;
    const nodes = new NodeFactory(store, settings);
    this.api = new ApiServer(context, () => nodes.nextCIDR());
    const addresses = new PodAddresses(settings.podIPReuse, settings.podCIDRv6);
    this.#kubelet = new Kubelet(context, pods, addresses, (pod) => machines.onStart?.(pod));
    this.#kubelet.attach(machines.runtime);
    const capacity = new NodeCapacity(store);
    new Scheduler(context, capacity);
    const factory = new PodFactory(context);
    new ReplicaSetController(context, factory);
    new DeploymentController(context);
    new StatefulSetController(context, factory);
    new DaemonSetController(context, factory);
    new JobController(context, factory);
    this.#slices = new EndpointSliceController(context);
    new EndpointSliceMirroring(context);
    if (settings.loadBalancer !== null) new LoadBalancers(context, settings.loadBalancer);
    new HorizontalPodAutoscalerController(context, machines.metrics);
    const budgets = new DisruptionBudgets(context);
    this.drainer = new Drainer(context, budgets);
    new GarbageCollector(context);
    if (settings.autoscaler !== null) new ClusterAutoscaler(context, capacity, this.drainer, nodes);
    this.failures = new NodeFailures(context, this.#kubelet, machines.setDown);
    this.pressure = new NodePressure(context, this.#kubelet);
    nodes.addInitial();
  }

  /** Whom the containers tell of what they do. */
  get watcher(): ContainerWatcher {
    return this.#kubelet;
  }

  /** The input's objects; what belongs together comes in one call, so that excerpts of a cluster are known as such. */
  load(objects: readonly KubernetesObject[]): void {
    for (const object of inOrder(objects)) this.api.apply(object);
    this.#slices.freezeExcerpts();
  }

  /** As `kubectl apply`. */
  apply(objects: readonly KubernetesObject[]): void {
    const { index } = this.#context;
    for (const object of inOrder(objects)) {
      this.api.apply(object);
      const { namespace, name } = object.metadata;
      const stored = this.#context.store.get(object.kind as Kind, namespace, name)!;
      if (stored.kind === 'Service') this.#slices.thaw(stored as Service);
      if (stored.kind === 'Pod') for (const service of index.servicesOf(stored as Pod)) this.#slices.thaw(service);
    }
  }
}

/** Nodes first, so that Pods find theirs; Services before Pods, so that containers are told of them. */
const FIRST: readonly string[] = ['Namespace', 'Node', 'Service', 'EndpointSlice', 'Endpoints'];

function inOrder(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const rank = ({ kind }: KubernetesObject) => (FIRST.includes(kind) ? FIRST.indexOf(kind) : FIRST.length);
  return objects.toSorted((a, b) => rank(a) - rank(b));
}
