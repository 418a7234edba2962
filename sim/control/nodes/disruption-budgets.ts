import type { Pod } from '../../cluster/api/pod.ts';
import type { PodDisruptionBudget } from '../../cluster/api/policy.ts';
import { setCondition } from '../../cluster/conditions.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { isActive, isPodReady } from '../../cluster/pod-state.ts';
import { selectorMatches } from '../../cluster/selector.ts';
import { keyOfObject } from '../../cluster/store.ts';
import type { ControlContext } from '../context.ts';
import { WorkQueue } from '../work-queue.ts';
import { resolve } from '../workloads/rolling-update.ts';

/**
 * Keeps the status of PodDisruptionBudgets, and says whether an eviction may go ahead.
 * @source kubernetes pkg/controller/disruption/disruption.go; pkg/registry/core/pod/storage/eviction.go
 */
export class DisruptionBudgets {
  readonly #context: ControlContext;
  readonly #queue: WorkQueue;
  /** By budget: Pods whose eviction was granted and that are still there. */
  readonly #disrupted = new Map<string, Set<string>>();

  constructor(context: ControlContext) {
    this.#context = context;
    this.#queue = new WorkQueue(context, context.settings.controllerSync, (key) => this.#sync(key));
    context.store.watch('PodDisruptionBudget', (change, budget) => {
      if (change === 'deleted') this.#disrupted.delete(keyOfObject(budget));
      else this.#queue.add(keyOfObject(budget));
    });
    context.store.watch('Pod', (_, pod) => {
      for (const budget of this.#budgetsOf(pod)) this.#queue.add(keyOfObject(budget));
    });
  }

  /**
   * May the Pod be evicted now? If so, its budget is charged.
   * @returns the budget that forbids it, or null
   */
  grant(pod: Pod): PodDisruptionBudget | null {
    const budgets = this.#budgetsOf(pod);
    if (!isActive(pod) || pod.status.phase === 'Pending') return null;
    for (const budget of budgets) {
      this.#count(budget);
      const { unhealthyPodEvictionPolicy } = budget.spec;
      const { currentHealthy, desiredHealthy, disruptionsAllowed } = budget.status;
      const unhealthy = !isPodReady(pod);
      if (
        unhealthy &&
        (unhealthyPodEvictionPolicy === 'AlwaysAllow' || (currentHealthy >= desiredHealthy && desiredHealthy > 0))
      )
        continue;
      if (disruptionsAllowed <= 0) return budget;
    }
    for (const budget of budgets) {
      const key = keyOfObject(budget);
      const disrupted = this.#disrupted.get(key) ?? new Set();
      disrupted.add(pod.metadata.uid);
      this.#disrupted.set(key, disrupted);
    }
    return null;
  }

  #budgetsOf(pod: Pod): PodDisruptionBudget[] {
    const { store } = this.#context;
    if (store.count('PodDisruptionBudget') === 0) return [];
    return [...store.list('PodDisruptionBudget')].filter(
      ({ metadata, spec }) =>
        metadata.namespace === pod.metadata.namespace && selectorMatches(spec.selector, pod.metadata.labels),
    );
  }

  #sync(key: string): void {
    const { store } = this.#context;
    const budget = store.withKey('PodDisruptionBudget', key);
    if (budget !== undefined && this.#count(budget)) store.update(budget);
  }

  /** @returns whether the status changed */
  #count(budget: PodDisruptionBudget): boolean {
    const { index, engine } = this.#context;
    const { spec, status, metadata } = budget;
    const pods = [...index.podsByNamespace.get(metadata.namespace)].filter(
      (pod) => isActive(pod) && selectorMatches(spec.selector, pod.metadata.labels),
    );
    const granted = this.#disrupted.get(keyOfObject(budget));
    const here = new Set(pods.map((pod) => pod.metadata.uid));
    for (const uid of granted ?? []) if (!here.has(uid)) granted!.delete(uid);
    const healthy = pods.filter((pod) => isPodReady(pod) && !granted?.has(pod.metadata.uid)).length;
    const expected = this.#expected(pods);
    const desired =
      spec.maxUnavailable === undefined
        ? resolve(spec.minAvailable ?? 0, expected, Math.ceil)
        : Math.max(0, expected - resolve(spec.maxUnavailable, expected, Math.ceil));
    const before = JSON.stringify(status);
    status.expectedPods = expected;
    status.currentHealthy = healthy;
    status.desiredHealthy = desired;
    status.disruptionsAllowed = expected === 0 ? 0 : Math.max(0, healthy - desired);
    status.observedGeneration = metadata.generation;
    const allowed = status.disruptionsAllowed > 0;
    const reason = allowed ? 'SufficientPods' : 'InsufficientPods';
    setCondition(status.conditions, 'DisruptionAllowed', allowed ? 'True' : 'False', engine.clock[0]!, reason);
    return JSON.stringify(status) !== before;
  }

  /** What the Pods' workloads are to have, not what is there. */
  #expected(pods: readonly Pod[]): number {
    const { store } = this.#context;
    let total = 0;
    const seen = new Set<string>();
    for (const pod of pods) {
      const owner = controllerOf(pod);
      if (owner === undefined) total++;
      else if (!seen.has(owner.uid)) {
        seen.add(owner.uid);
        const { namespace } = pod.metadata;
        const set = store.get(owner.kind as 'ReplicaSet' | 'StatefulSet', namespace, owner.name);
        total += set?.spec?.replicas ?? pods.filter((each) => controllerOf(each)?.uid === owner.uid).length;
      }
    }
    return total;
  }
}
