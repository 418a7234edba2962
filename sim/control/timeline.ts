import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Node } from '../cluster/api/node.ts';
import type { Deployment } from '../cluster/api/workloads.ts';
import { clone } from '../cluster/clone.ts';
import { formatDuration } from '../cluster/duration.ts';
import { zoneOf } from '../cluster/zone.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { ObjectReference, TimelineEntry } from '../input/scenario.ts';
import type { ClusterFault } from '../input/timeline-faults.ts';
import type { ApiServer } from './api-server.ts';
import type { ClusterFaults } from './cluster-faults.ts';
import type { ControlContext } from './context.ts';
import type { Drainer } from './nodes/drain.ts';
import type { NodeFailures } from './nodes/node-failure.ts';
import type { NodePressure } from './nodes/node-pressure.ts';
import { isTrafficFault, type TrafficFaults } from './traffic-faults.ts';

type OnNode = Extract<TimelineEntry, { action: 'drain' | 'fail' | 'pressure' }>;

const BY_OPERATORS: ReadonlySet<TimelineEntry['action']> = new Set(['scale', 'restart', 'drain', 'apply', 'delete']);

const kinds = {
  'timeline.act': { a: 'entry', b: '-', run: (timeline, entry) => timeline.act(entry) },
} satisfies Kinds<Timeline>;

/** What the timeline acts through. */
export interface Hands {
  drainer: Drainer;
  failures: NodeFailures;
  pressure: NodePressure;
  /** As `kubectl apply`. */
  apply(objects: readonly KubernetesObject[]): void;
  api: Pick<ApiServer, 'delete'>;
}

/** What people and fate do to the cluster at given times: the scenario's `timeline`. */
export class Timeline {
  readonly #context: ControlContext;
  readonly #entries: readonly TimelineEntry[];
  readonly #hands: Hands;
  readonly #faults: { traffic: TrafficFaults; cluster: ClusterFaults };

  constructor(
    context: ControlContext,
    entries: readonly TimelineEntry[],
    hands: Hands,
    faults: { traffic: TrafficFaults; cluster: ClusterFaults },
  ) {
    this.#faults = faults;
    this.#context = context;
    this.#entries = entries;
    this.#hands = hands;
    const kind = context.engine.define<Timeline, typeof kinds>(this, kinds)['timeline.act'];
    entries.forEach((entry, i) => {
      context.engine.due[0] = entry.at;
      context.engine.schedule(kind, i, 0);
    });
  }

  act(number: number): void {
    const entry = this.#entries[number]!;
    if (BY_OPERATORS.has(entry.action)) this.#context.disturbances.whenUp(() => this.#operate(entry));
    else if (entry.action === 'fail' || entry.action === 'pressure')
      for (const node of this.#nodesOf(entry)) this.#onNode(entry, node);
    else if (isTrafficFault(entry)) this.#faults.traffic.begin(entry);
    else this.#faults.cluster.begin(entry as ClusterFault);
  }

  /** Without an API server they try until it answers. */
  #operate(entry: TimelineEntry): void {
    const { store, record } = this.#context;
    if (entry.action === 'scale') {
      const deployment = this.#deployment(entry.deployment);
      if (deployment === undefined) return; // deleted, or not yet applied
      record('warning', deployment, 'Scale', `An operator scales ${entry.deployment} to ${entry.replicas} replicas`);
      deployment.spec.replicas = entry.replicas;
      deployment.metadata.generation++;
      store.update(deployment);
    } else if (entry.action === 'restart') {
      const deployment = this.#deployment(entry.deployment);
      if (deployment !== undefined) this.#restart(deployment, entry.deployment);
    } else if (entry.action === 'apply') {
      this.#apply(entry.objects);
    } else if (entry.action === 'delete') {
      this.#delete(entry.object);
    } else if (entry.action === 'drain') {
      for (const node of this.#nodesOf(entry)) this.#onNode(entry, node);
    }
  }

  /** As `kubectl apply`. */
  #apply(objects: readonly KubernetesObject[]): void {
    const { store, record } = this.#context;
    // A run never changes its input: another run may share it.
    this.#hands.apply(objects.map(clone));
    for (const { kind, metadata } of objects) {
      const object = store.get(kind as Kind, metadata.namespace, metadata.name);
      if (object !== undefined) record('warning', object, 'Apply', `An operator applies ${nameOf(object)}`);
    }
  }

  /** As `kubectl delete`. */
  #delete({ kind, namespace, name }: ObjectReference): void {
    const { store, record } = this.#context;
    const object = store.get(kind, namespace, name);
    if (object === undefined) return;
    record('warning', object, 'Delete', `An operator deletes ${nameOf(object)}`);
    this.#hands.api.delete(kind, namespace, name);
  }

  /** An autoscaler may have removed them. */
  #nodesOf(entry: OnNode): Node[] {
    const { store } = this.#context;
    if ('zone' in entry) return [...store.list('Node')].filter((node) => zoneOf(node) === entry.zone);
    const node = store.get('Node', '', entry.node);
    return node === undefined ? [] : [node];
  }

  #onNode(entry: OnNode, node: Node): void {
    const { drainer, failures, pressure } = this.#hands;
    if (entry.action === 'drain') return drainer.drain(node, 'an operator drains it');
    if (entry.action === 'pressure') return pressure.begin(node, entry.evict, entry.duration);
    const { name } = node.metadata;
    this.#context.record('error', node, 'NodeFailure', `${name} dies, for ${formatDuration(entry.duration)}`);
    failures.fail(node, entry.duration);
  }

  /** As `kubectl rollout restart`: a new annotation in the template makes a new ReplicaSet. */
  #restart(deployment: Deployment, name: string): void {
    const { store, record, engine } = this.#context;
    record('warning', deployment, 'RolloutRestart', `An operator restarts every Pod of ${name} (rollout restart)`);
    const { template } = deployment.spec;
    const restartedAt = { 'kubectl.kubernetes.io/restartedAt': formatDuration(engine.clock[0]!) };
    const annotations = { ...template.metadata.annotations, ...restartedAt };
    deployment.spec.template = { ...template, metadata: { ...template.metadata, annotations } };
    deployment.metadata.generation++;
    store.update(deployment);
  }

  #deployment(key: string): Deployment | undefined {
    return this.#context.store.withKey('Deployment', key);
  }
}

function nameOf({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
