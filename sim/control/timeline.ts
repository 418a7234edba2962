import type { Node } from '../cluster/api/node.ts';
import type { Deployment } from '../cluster/api/workloads.ts';
import { formatDuration } from '../cluster/duration.ts';
import { zoneOf } from '../cluster/zone.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { TimelineEntry } from '../input/scenario.ts';
import type { ControlContext } from './context.ts';
import type { Drainer } from './nodes/drain.ts';
import type { NodeFailures } from './nodes/node-failure.ts';
import type { NodePressure } from './nodes/node-pressure.ts';

type OnNode = Extract<TimelineEntry, { action: 'drain' | 'fail' | 'pressure' }>;

const kinds = {
  'timeline.act': { a: 'entry', b: '-', run: (timeline, entry) => timeline.act(entry) },
} satisfies Kinds<Timeline>;

/** What the timeline acts through. */
export interface Hands {
  drainer: Drainer;
  failures: NodeFailures;
  pressure: NodePressure;
}

/** What people and fate do to the cluster at given times: the scenario's `timeline`. */
export class Timeline {
  readonly #context: ControlContext;
  readonly #entries: readonly TimelineEntry[];
  readonly #hands: Hands;

  constructor(context: ControlContext, entries: readonly TimelineEntry[], hands: Hands) {
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
    const { store, record } = this.#context;
    if (entry.action === 'scale') {
      const deployment = this.#deployment(entry.deployment);
      record('warning', deployment, 'Scale', `An operator scales ${entry.deployment} to ${entry.replicas} replicas`);
      deployment.spec.replicas = entry.replicas;
      deployment.metadata.generation++;
      store.update(deployment);
    } else if (entry.action === 'restart') {
      this.#restart(this.#deployment(entry.deployment), entry.deployment);
    } else {
      for (const node of this.#nodesOf(entry)) this.#onNode(entry, node);
    }
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

  #deployment(key: string): Deployment {
    const [namespace, name] = key.split('/') as [string, string];
    return this.#context.store.get('Deployment', namespace, name)!;
  }
}
