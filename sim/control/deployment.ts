import { API_VERSIONS } from '../cluster/api/kinds.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { Deployment, ReplicaSet } from '../cluster/api/workloads.ts';
import { controlledBy, controllerOf } from '../cluster/owner.ts';
import { isPodReady, readySince } from '../cluster/pod-state.ts';
import { keyOfObject } from '../cluster/store.ts';
import { type ControlContext, SECOND } from './context.ts';
import { suffix } from './names.ts';
import { WorkQueue } from './work-queue.ts';

/** From a change to its sync: the controller's own queue and API round trips. */
const SYNC_DELAY = 20e6;

export interface RolloutBounds {
  maxSurge: number;
  maxUnavailable: number;
}

/**
 * Rounds a strategy's percentages: surge up, unavailable down, and if both come out as 0 then one may be unavailable.
 * @source kubernetes pkg/controller/deployment/util ResolveFenceposts
 */
export function rolloutBounds(
  maxSurge: number | string,
  maxUnavailable: number | string,
  replicas: number,
): RolloutBounds {
  const share = (value: number | string, round: (x: number) => number) =>
    typeof value === 'number' ? value : round((Number.parseInt(value, 10) * replicas) / 100);
  const surge = share(maxSurge, Math.ceil);
  const unavailable = share(maxUnavailable, Math.floor);
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/**
 * Keeps each Deployment's newest ReplicaSet at its replicas, and takes the older ones away at the pace of its strategy.
 * @source kubernetes pkg/controller/deployment (rolling.go, recreate.go)
 * @simplifies no progress deadline, pause or rollback; a scale during a rollout goes to the new ReplicaSet first
 */
export class DeploymentController {
  readonly #context: ControlContext;
  readonly #queue: WorkQueue;

  constructor(context: ControlContext) {
    this.#context = context;
    this.#queue = new WorkQueue(context.engine, SYNC_DELAY, (key) => this.#sync(key));
    context.store.watch('Deployment', (change, deployment) => {
      if (change !== 'deleted') this.#queue.add(keyOfObject(deployment));
    });
    context.store.watch('ReplicaSet', (_, replicaSet) => {
      const owner = controllerOf(replicaSet);
      if (owner) this.#queue.add(`${replicaSet.metadata.namespace}/${owner.name}`);
    });
    context.store.watch('Pod', (change, pod) => {
      if (change === 'deleted') this.#podGone(pod);
    });
  }

  /** Recreate waits for it. @source deployment_controller.go deletePod */
  #podGone(pod: Pod): void {
    const { namespace } = pod.metadata;
    const owner = controllerOf(pod);
    const replicaSet = owner && this.#context.store.get('ReplicaSet', namespace, owner.name);
    const deployment = replicaSet && controllerOf(replicaSet);
    if (deployment) this.#queue.add(`${namespace}/${deployment.name}`);
  }

  #sync(key: string): void {
    const [namespace, name] = key.split('/') as [string, string];
    const { store } = this.#context;
    const deployment = store.get('Deployment', namespace, name);
    if (deployment === undefined) return;
    const owned = [...store.list('ReplicaSet')].filter((rs) => controllerOf(rs)?.uid === deployment.metadata.uid);
    const hash = suffix(JSON.stringify(deployment.spec.template), 0, 10);
    const newName = `${name}-${hash}`;
    const newSet = owned.find((rs) => rs.metadata.name === newName) ?? this.#create(deployment, newName, hash);
    const oldSets = owned.filter((rs) => rs !== newSet && (rs.spec.replicas > 0 || rs.status.replicas > 0));
    if (deployment.spec.strategy.type === 'Recreate') this.#recreate(deployment, newSet, owned);
    else if (oldSets.length === 0) this.#scale(newSet, deployment.spec.replicas);
    else this.#roll(deployment, newSet, oldSets);
    this.#updateStatus(deployment, newSet, oldSets);
  }

  #create(deployment: Deployment, name: string, hash: string): ReplicaSet {
    const { store, record } = this.#context;
    const { template } = deployment.spec;
    const labels = { ...template.metadata.labels, 'pod-template-hash': hash };
    const replicaSet: ReplicaSet = {
      apiVersion: API_VERSIONS.ReplicaSet,
      kind: 'ReplicaSet',
      metadata: store.meta({
        name,
        namespace: deployment.metadata.namespace,
        labels,
        ownerReferences: controlledBy(deployment),
      }),
      spec: {
        replicas: 0,
        selector: {
          ...deployment.spec.selector,
          matchLabels: { ...deployment.spec.selector.matchLabels, 'pod-template-hash': hash },
        },
        template: { ...template, metadata: { ...template.metadata, labels } },
        minReadySeconds: deployment.spec.minReadySeconds,
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
    if (this.#context.engine.clock[0]! > 0) {
      record('info', deployment, 'NewReplicaSetCreated', `Created new replica set "${name}"`);
    }
    return replicaSet;
  }

  /** No new Pod before the last old one is gone, terminating ones too. */
  #recreate(deployment: Deployment, newSet: ReplicaSet, owned: ReplicaSet[]): void {
    const old = new Set<string>();
    for (const replicaSet of owned) {
      if (replicaSet === newSet) continue;
      this.#scale(replicaSet, 0);
      old.add(replicaSet.metadata.uid);
    }
    if (old.size > 0) {
      for (const pod of this.#context.store.list('Pod')) if (old.has(controllerOf(pod)?.uid ?? '')) return;
    }
    this.#scale(newSet, deployment.spec.replicas);
  }

  #roll(deployment: Deployment, newSet: ReplicaSet, oldSets: ReplicaSet[]): void {
    const { replicas: desired, strategy } = deployment.spec;
    const bounds = rolloutBounds(strategy.rollingUpdate!.maxSurge, strategy.rollingUpdate!.maxUnavailable, desired);
    const oldTotal = sum(oldSets, (rs) => rs.spec.replicas);
    const room = desired + bounds.maxSurge - newSet.spec.replicas - oldTotal;
    if (newSet.spec.replicas > desired) this.#scale(newSet, desired);
    else if (room > 0) this.#scale(newSet, Math.min(desired, newSet.spec.replicas + room));
    const newUnavailable = newSet.spec.replicas - this.#available(newSet);
    let spare = oldTotal + newSet.spec.replicas - (desired - bounds.maxUnavailable) - newUnavailable;
    // Unhealthy old replicas first: they cost no availability.
    for (const old of oldSets) spare -= this.#scaleDown(old, Math.min(spare, old.spec.replicas - this.#available(old)));
    for (const old of oldSets) spare -= this.#scaleDown(old, Math.min(spare, old.spec.replicas));
  }

  #scaleDown(replicaSet: ReplicaSet, count: number): number {
    if (count <= 0) return 0;
    this.#scale(replicaSet, replicaSet.spec.replicas - count);
    return count;
  }

  #scale(replicaSet: ReplicaSet, replicas: number): void {
    if (replicaSet.spec.replicas === replicas) return;
    replicaSet.spec.replicas = replicas;
    this.#context.store.update(replicaSet);
  }

  /** Ready for at least minReadySeconds; looks again when the next one will be. */
  #available(replicaSet: ReplicaSet): number {
    const wait = replicaSet.spec.minReadySeconds * SECOND;
    if (wait === 0) return replicaSet.status.readyReplicas;
    const now = this.#context.engine.clock[0]!;
    let available = 0;
    for (const pod of this.#context.store.list('Pod')) {
      if (controllerOf(pod)?.uid !== replicaSet.metadata.uid || !isPodReady(pod)) continue;
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      if (readySince(pod) + wait <= now) available++;
      else {
        const owner = controllerOf(replicaSet)!;
        this.#queue.addAfter(`${replicaSet.metadata.namespace}/${owner.name}`, readySince(pod) + wait - now);
      }
    }
    return available;
  }

  #updateStatus(deployment: Deployment, newSet: ReplicaSet, oldSets: ReplicaSet[]): void {
    const all = [newSet, ...oldSets];
    const status = {
      replicas: sum(all, (rs) => rs.status.replicas),
      readyReplicas: sum(all, (rs) => rs.status.readyReplicas),
      updatedReplicas: newSet.status.replicas,
    };
    const old = deployment.status;
    if (
      old.replicas === status.replicas &&
      old.readyReplicas === status.readyReplicas &&
      old.updatedReplicas === status.updatedReplicas
    ) {
      return;
    }
    deployment.status = { ...old, ...status };
    this.#context.store.update(deployment);
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
