import { API_VERSIONS } from '../../cluster/api/kinds.ts';
import type { Deployment, ReplicaSet } from '../../cluster/api/workloads.ts';
import { conditionOf, setCondition } from '../../cluster/conditions.ts';
import { controlledBy, controllerOf } from '../../cluster/owner.ts';
import { selectorMatches } from '../../cluster/selector.ts';
import { keyOfObject } from '../../cluster/store.ts';
import { type ControlContext, SECOND } from '../context.ts';
import { WorkQueue } from '../work-queue.ts';
import { templateHash } from './pod-factory.ts';
import {
  isComplete,
  mostUnavailable,
  type RolledSet,
  rolloutBounds,
  rolloutPass,
  UnreadableShare,
} from './rolling-update.ts';

export const REVISION = 'deployment.kubernetes.io/revision';

/** Reasons of the condition Progressing. @source deployment/util/deployment_util.go */
const ROLLED_OUT = 'NewReplicaSetAvailable';
const TIMED_OUT = 'ProgressDeadlineExceeded';

/** Seconds; the largest int32. @source deployment_util.go HasProgressDeadline */
const NO_DEADLINE = 2 ** 31 - 1;

/**
 * Rolls a Deployment's template out through ReplicaSets, one for each template.
 * @source kubernetes pkg/controller/deployment: deployment_controller.go, rolling.go, recreate.go, progress.go
 * @simplifies the proportional scaling of several sets in the middle of a rollout goes through the same passes
 */
export class DeploymentController {
  readonly #context: ControlContext;
  readonly #queue: WorkQueue;
  /** By uid: when a rollout last moved, ns. */
  readonly #progressedAt = new Map<string, number>();

  constructor(context: ControlContext) {
    this.#context = context;
    this.#queue = new WorkQueue(context, context.settings.controllerSync, (key) => this.#try(key));
    context.store.watch('Deployment', (change, deployment) => {
      if (change !== 'deleted') this.#queue.add(keyOfObject(deployment));
    });
    context.store.watch('ReplicaSet', (_, replicaSet) => {
      const owner = controllerOf(replicaSet);
      if (owner?.kind === 'Deployment') this.#queue.add(`${replicaSet.metadata.namespace}/${owner.name}`);
    });
    // Recreate waits for old Pods to be gone. @source deployment_controller.go deletePod
    context.store.watch('Pod', (change, pod) => {
      if (change !== 'deleted') return;
      const { namespace } = pod.metadata;
      const owner = controllerOf(pod);
      const replicaSet = owner && context.store.get('ReplicaSet', namespace, owner.name);
      const deployment = replicaSet && controllerOf(replicaSet);
      if (deployment?.kind === 'Deployment') this.#queue.add(`${namespace}/${deployment.name}`);
    });
  }

  /** Of a strategy that cannot be read the controller does no more than log an error, as often as it tries. */
  #try(key: string): void {
    try {
      this.#sync(key);
    } catch (error) {
      if (!(error instanceof UnreadableShare)) throw error;
    }
  }

  #sync(key: string): void {
    const deployment = this.#context.store.withKey('Deployment', key);
    if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return;
    const sets = this.#setsOf(deployment);
    const hash = templateHash(deployment.spec.template);
    const known = sets.find(
      ({ spec, metadata }) => metadata.name === `${deployment.metadata.name}-${hash}` || sameTemplate(spec, deployment),
    );
    if (known === undefined && deployment.spec.paused) return this.#updateStatus(deployment, undefined, sets);
    if (known !== undefined) this.#renew(known, sets);
    const newSet = known ?? this.#create(deployment, `${deployment.metadata.name}-${hash}`, hash, sets);
    if (known === undefined) this.#startProgress(deployment, newSet);
    const olds = sets.filter((set) => set !== newSet);
    const { index } = this.#context;
    const oldInUse = olds.filter(
      ({ spec, metadata }) => spec.replicas > 0 || index.podsByController.get(metadata.uid).size > 0,
    );
    if (oldInUse.length === 0) this.#scale(deployment, newSet, deployment.spec.replicas);
    else if (deployment.spec.paused) this.#scaleInProportion(deployment, newSet, oldInUse);
    else if (deployment.spec.strategy.type === 'Recreate') this.#recreate(deployment, newSet, oldInUse);
    else this.#roll(deployment, newSet, oldInUse);
    this.#updateStatus(deployment, newSet, olds);
    this.#cleanUp(deployment, newSet, olds);
  }

  /** Oldest first; adopts those that match and that nobody controls. */
  #setsOf(deployment: Deployment): ReplicaSet[] {
    const { store, index } = this.#context;
    for (const set of [...index.replicaSetsByController.get('')]) {
      if (set.metadata.namespace !== deployment.metadata.namespace) continue;
      if (!selectorMatches(deployment.spec.selector, set.metadata.labels)) continue;
      set.metadata.ownerReferences = [...(set.metadata.ownerReferences ?? []), ...controlledBy(deployment)];
      store.update(set);
    }
    return [...index.replicaSetsByController.get(deployment.metadata.uid)].sort(
      (a, b) => a.metadata.creationTimestamp - b.metadata.creationTimestamp,
    );
  }

  #create(deployment: Deployment, name: string, hash: string, sets: readonly ReplicaSet[]): ReplicaSet {
    const { store } = this.#context;
    const { template, selector, minReadySeconds } = deployment.spec;
    const labels = { ...template.metadata.labels, 'pod-template-hash': hash };
    const revision = 1 + Math.max(0, ...sets.map(({ metadata }) => Number(metadata.annotations[REVISION] ?? 0)));
    const replicaSet: ReplicaSet = {
      apiVersion: API_VERSIONS.ReplicaSet,
      kind: 'ReplicaSet',
      metadata: store.meta({
        name,
        namespace: deployment.metadata.namespace,
        labels,
        annotations: { [REVISION]: String(revision) },
        ownerReferences: controlledBy(deployment),
      }),
      spec: {
        replicas: 0,
        selector: { ...selector, matchLabels: { ...selector.matchLabels, 'pod-template-hash': hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
        minReadySeconds,
      },
      status: {
        observedGeneration: 0,
        replicas: 0,
        fullyLabeledReplicas: 0,
        readyReplicas: 0,
        availableReplicas: 0,
        conditions: [],
      },
    };
    store.add(replicaSet);
    return replicaSet;
  }

  /** A new set is progress: the deadline counts from here. */
  #startProgress(deployment: Deployment, { metadata: { name } }: ReplicaSet): void {
    const { status } = deployment;
    deployment.status = { ...status, conditions: status.conditions.map((condition) => ({ ...condition })) };
    this.#setProgress(deployment, deployment.status, 'NewReplicaSetCreated', `Created new replica set "${name}"`);
    this.#context.store.update(deployment);
  }

  #setProgress(deployment: Deployment, status: Deployment['status'], reason: string, message: string): void {
    const now = this.#context.engine.clock[0]!;
    setCondition(status.conditions, 'Progressing', 'True', now, reason, message);
    this.#progressedAt.set(deployment.metadata.uid, now);
  }

  /** A set that is in use again has the newest revision. @source deployment/sync.go getNewReplicaSet */
  #renew(known: ReplicaSet, sets: readonly ReplicaSet[]): void {
    const revision = ({ metadata }: ReplicaSet) => Number(metadata.annotations[REVISION] ?? 0);
    const newest = Math.max(0, ...sets.filter((set) => set !== known).map(revision));
    if (revision(known) > newest || newest === 0) return;
    known.metadata.annotations = { ...known.metadata.annotations, [REVISION]: String(newest + 1) };
    this.#context.store.update(known);
  }

  /** No new Pod before the last old one is gone, terminating ones too. */
  #recreate(deployment: Deployment, newSet: ReplicaSet, olds: readonly ReplicaSet[]): void {
    for (const old of olds) this.#scale(deployment, old, 0);
    const { index } = this.#context;
    if (olds.some(({ metadata }) => index.podsByController.get(metadata.uid).size > 0)) return;
    this.#scale(deployment, newSet, deployment.spec.replicas);
  }

  #roll(deployment: Deployment, newSet: ReplicaSet, olds: readonly ReplicaSet[]): void {
    const { replicas: desired, strategy } = deployment.spec;
    const { maxSurge, maxUnavailable } = strategy.rollingUpdate!;
    const bounds = rolloutBounds(maxSurge, maxUnavailable, desired);
    const rolled = (set: ReplicaSet): RolledSet => ({
      replicas: set.spec.replicas,
      available: set.status.availableReplicas,
    });
    const next = rolled(newSet);
    const nextOlds = olds.map(rolled);
    if (!rolloutPass(desired, bounds, next, nextOlds)) return;
    this.#scale(deployment, newSet, next.replicas);
    for (const [i, old] of olds.entries()) this.#scale(deployment, old, nextOlds[i]!.replicas);
  }

  /** A paused Deployment still follows its replicas: all sets grow or shrink, the largest first. @source sync.go scale */
  #scaleInProportion(deployment: Deployment, newSet: ReplicaSet, olds: readonly ReplicaSet[]): void {
    const sets = [newSet, ...olds].filter(({ spec }) => spec.replicas > 0);
    const total = sets.reduce((sum, { spec }) => sum + spec.replicas, 0);
    const { replicas, strategy } = deployment.spec;
    const { maxSurge = 0, maxUnavailable = 0 } = strategy.rollingUpdate ?? {};
    const allowed = replicas + rolloutBounds(maxSurge, maxUnavailable, replicas).maxSurge;
    const observed = deployment.status.replicas > 0 ? deployment.status.replicas : total;
    let change = (replicas > observed ? allowed : replicas) - total;
    if (replicas === observed || (change > 0 && replicas <= observed) || (change < 0 && replicas >= observed)) return;
    for (const set of sets.toSorted((a, b) => b.spec.replicas - a.spec.replicas)) {
      const share = Math.round((set.spec.replicas * change) / total);
      const step =
        change > 0 ? Math.min(change, Math.max(share, 1)) : Math.max(change, Math.min(share, -1), -set.spec.replicas);
      this.#scale(deployment, set, set.spec.replicas + step);
      change -= step;
    }
  }

  #scale(deployment: Deployment, replicaSet: ReplicaSet, replicas: number): void {
    const { replicas: before } = replicaSet.spec;
    if (before === replicas) return;
    const { settling, record } = this.#context;
    if (!settling) {
      const which = `replica set ${replicaSet.metadata.name} from ${before} to ${replicas}`;
      record('info', deployment, 'ScalingReplicaSet', `Scaled ${before < replicas ? 'up' : 'down'} ${which}`);
    }
    replicaSet.spec.replicas = replicas;
    replicaSet.metadata.generation++;
    this.#context.store.update(replicaSet);
  }

  #updateStatus(deployment: Deployment, newSet: ReplicaSet | undefined, olds: readonly ReplicaSet[]): void {
    const all = newSet === undefined ? olds : [newSet, ...olds];
    const sum = (of: (status: ReplicaSet['status']) => number) =>
      all.reduce((total, { status }) => total + of(status), 0);
    const old = deployment.status;
    const availableReplicas = sum((status) => status.availableReplicas);
    const status: Deployment['status'] = {
      ...old,
      observedGeneration: deployment.metadata.generation,
      replicas: sum((each) => each.replicas),
      readyReplicas: sum((each) => each.readyReplicas),
      availableReplicas,
      unavailableReplicas: Math.max(0, all.reduce((total, { spec }) => total + spec.replicas, 0) - availableReplicas),
      updatedReplicas: newSet?.status.replicas ?? 0,
      conditions: old.conditions.map((condition) => ({ ...condition })),
    };
    this.#setConditions(deployment, status, newSet);
    if (JSON.stringify(old) === JSON.stringify(status)) return;
    deployment.status = status;
    this.#context.store.update(deployment);
  }

  /** @source deployment/sync.go calculateStatus, progress.go syncRolloutStatus */
  #setConditions(deployment: Deployment, status: Deployment['status'], newSet: ReplicaSet | undefined): void {
    const now = this.#context.engine.clock[0]!;
    const { replicas, strategy } = deployment.spec;
    const { maxSurge = 0, maxUnavailable = 0 } = strategy.rollingUpdate ?? {};
    const least = replicas - mostUnavailable(rolloutBounds(maxSurge, maxUnavailable, replicas), replicas);
    const enough = status.availableReplicas >= least;
    setCondition(
      status.conditions,
      'Available',
      enough ? 'True' : 'False',
      now,
      enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
    );
    this.#estimateProgress(deployment, status, newSet?.metadata.name ?? '');
  }

  /** @source deployment/progress.go syncRolloutStatus, requeueStuckDeployment; util DeploymentTimedOut */
  #estimateProgress(deployment: Deployment, status: Deployment['status'], name: string): void {
    const { paused, replicas, progressDeadlineSeconds } = deployment.spec;
    const old = deployment.status;
    const reason = conditionOf(status.conditions, 'Progressing')?.reason;
    // What has been rolled out stays so, whatever becomes of its Pods, until there is a Pod of another template.
    const isRolledOut = reason === ROLLED_OUT && status.replicas === status.updatedReplicas;
    if (isRolledOut || paused || progressDeadlineSeconds === NO_DEADLINE) return;
    const now = this.#context.engine.clock[0]!;
    const progressed =
      status.updatedReplicas > old.updatedReplicas ||
      status.readyReplicas > old.readyReplicas ||
      status.availableReplicas > old.availableReplicas ||
      status.replicas - status.updatedReplicas < old.replicas - old.updatedReplicas;
    if (isComplete(replicas, status)) {
      const message = `ReplicaSet "${name}" has successfully progressed.`;
      setCondition(status.conditions, 'Progressing', 'True', now, ROLLED_OUT, message);
      return;
    }
    if (progressed || reason === undefined) {
      this.#setProgress(deployment, status, 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`);
    } else if (reason === ROLLED_OUT || reason === TIMED_OUT) return;
    const left = (this.#progressedAt.get(deployment.metadata.uid) ?? now) + progressDeadlineSeconds * SECOND - now;
    if (left > 0) return this.#queue.addAfter(keyOfObject(deployment), left);
    const message = `ReplicaSet "${name}" has timed out progressing.`;
    setCondition(status.conditions, 'Progressing', 'False', now, TIMED_OUT, message);
    this.#context.record('warning', deployment, TIMED_OUT, message);
  }

  /** Old sets beyond the history's limit go, the oldest first. @source sync.go cleanupDeployment */
  #cleanUp(deployment: Deployment, newSet: ReplicaSet, olds: readonly ReplicaSet[]): void {
    if (!isComplete(deployment.spec.replicas, deployment.status)) return;
    const empty = olds.filter(
      ({ spec, status, metadata }) =>
        spec.replicas === 0 && status.replicas === 0 && metadata.deletionTimestamp === undefined,
    );
    const surplus = empty.length - deployment.spec.revisionHistoryLimit;
    for (const set of empty.slice(0, Math.max(0, surplus))) if (set !== newSet) this.#context.store.remove(set);
  }
}

/** Of a set that somebody else named: equal but for the hash that the controller adds. */
function sameTemplate({ template }: ReplicaSet['spec'], deployment: Deployment): boolean {
  const { 'pod-template-hash': _, ...labels } = template.metadata.labels;
  const plain = { ...template, metadata: { ...template.metadata, labels } };
  return JSON.stringify(plain) === JSON.stringify(deployment.spec.template);
}
