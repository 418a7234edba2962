import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Deployment } from '../cluster/api/workloads.ts';
import { clone } from '../cluster/clone.ts';
import { formatDuration } from '../cluster/duration.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { ObjectReference, TimelineEntry } from '../input/scenario.ts';
import type { ControlContext } from './context.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Drainer } from './nodes/drain.ts';
import type { NodeFailures } from './nodes/node-failure.ts';

const kinds = {
  'timeline.act': { a: 'entry', b: '-', run: (timeline, entry) => timeline.act(entry) },
} satisfies Kinds<Timeline>;

/** What people and fate do to the cluster at given times: the scenario's `timeline`. */
export class Timeline {
  readonly #context: ControlContext;
  readonly #entries: readonly TimelineEntry[];
  readonly #drainer: Drainer;
  readonly #failures: NodeFailures;
  readonly #objects: Pick<ControlPlane, 'apply' | 'api'>;

  constructor(
    context: ControlContext,
    entries: readonly TimelineEntry[],
    control: Pick<ControlPlane, 'apply' | 'api' | 'drainer' | 'failures'>,
  ) {
    this.#context = context;
    this.#entries = entries;
    this.#drainer = control.drainer;
    this.#failures = control.failures;
    this.#objects = control;
    const kind = context.engine.define<Timeline, typeof kinds>(this, kinds)['timeline.act'];
    entries.forEach((entry, i) => {
      context.engine.due[0] = entry.at;
      context.engine.schedule(kind, i, 0);
    });
  }

  act(number: number): void {
    const entry = this.#entries[number]!;
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
    } else {
      const node = store.get('Node', '', entry.node);
      // An autoscaler may have removed it.
      if (node === undefined) return;
      if (entry.action === 'drain') return this.#drainer.drain(node, 'an operator drains it');
      record('error', node, 'NodeFailure', `${entry.node} dies, for ${formatDuration(entry.duration)}`);
      this.#failures.fail(node, entry.duration);
    }
  }

  /** As `kubectl apply`. */
  #apply(objects: readonly KubernetesObject[]): void {
    const { store, record } = this.#context;
    // A run never changes its input: another run may share it.
    this.#objects.apply(objects.map(clone));
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
    this.#objects.api.delete(kind, namespace, name);
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
    const [namespace, name] = key.split('/') as [string, string];
    return this.#context.store.get('Deployment', namespace, name);
  }
}

function nameOf({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}
