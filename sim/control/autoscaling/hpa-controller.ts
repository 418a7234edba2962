import type { HorizontalPodAutoscaler, MetricSpec } from '../../cluster/api/autoscaling.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import type { Deployment, ReplicaSet, StatefulSet } from '../../cluster/api/workloads.ts';
import { setCondition } from '../../cluster/conditions.ts';
import { isPodReady, isTerminal } from '../../cluster/pod-state.ts';
import { parseQuantityMilli } from '../../cluster/quantity.ts';
import { requestOf } from '../../cluster/resources.ts';
import { selectorMatches } from '../../cluster/selector.ts';
import { keyOfObject } from '../../cluster/store.ts';
import type { Kinds } from '../../engine/kinds.ts';
import { type ControlContext, SECOND } from '../context.ts';
import {
  type CpuSample,
  NoMetrics,
  type PodMetric,
  proposeByAverage,
  proposeByUtilization,
  proposeByValue,
  proposeByValuePerPod,
  type ReplicaProposal,
  standingOf,
  type Tolerance,
} from './replica-calculator.ts';
import { type LimitReason, limitRate, type Recommendation, type ScaleEvent, stabilise } from './scaling-rules.ts';

/** Where the figures come from: the simulated containers, read through the metrics pipeline. */
export interface Metrics {
  /** The newest sample of CPU use; null while there is none of the Pod's present process. */
  cpu(pod: Pod): CpuSample | null;
  /** Thousandths of a Pods, Object or External metric; null: nobody knows it. */
  custom(metric: MetricSpec, namespace: string): number | null;
}

type Scalable = Deployment | ReplicaSet | StatefulSet;
const SCALABLE = ['Deployment', 'ReplicaSet', 'StatefulSet'] as const;

const kinds = {
  'hpa.observe': { a: '-', b: '-', run: (controller) => controller.observe() },
  'hpa.sync': { a: '-', b: '-', run: (controller) => controller.sync() },
} satisfies Kinds<HorizontalPodAutoscalerController>;

interface History {
  ups: ScaleEvent[];
  downs: ScaleEvent[];
  recommendations: Recommendation[];
}

/** Of the condition ScalingLimited, by its reason. @source horizontal.go normalizeDesiredReplicasWithBehaviors */
const LIMITS: Readonly<Record<LimitReason, string>> = {
  DesiredWithinRange: 'the desired count is within the acceptable range',
  TooFewReplicas: 'the desired replica count is less than the minimum replica count',
  TooManyReplicas: 'the desired replica count is more than the maximum replica count',
  ScaleUpLimit: 'the desired replica count is increasing faster than the maximum scale rate',
  ScaleDownLimit: 'the desired replica count is decreasing faster than the maximum scale rate',
};

/** Keep what the longest window or period (an hour at most, by validation) can ask for. */
const KEEP = 3600 * SECOND;

/**
 * Sets the replicas of each autoscaled workload by its metrics, every sync period: the largest answer of all counts.
 * @source kubernetes pkg/controller/podautoscaler/horizontal.go; kubernetes.io horizontal-pod-autoscale
 * @simplifies of Resource metrics CPU alone is measured; a metric without a figure is as if its API did not answer
 */
export class HorizontalPodAutoscalerController {
  readonly #context: ControlContext;
  readonly #metrics: Metrics;
  readonly #kind;
  readonly #histories = new Map<string, History>();

  constructor(context: ControlContext, metrics: Metrics) {
    this.#context = context;
    this.#metrics = metrics;
    this.#kind = context.engine.define<HorizontalPodAutoscalerController, typeof kinds>(this, kinds);
    if (context.settling) this.#in(0, this.#kind['hpa.observe']);
    this.#next();
  }

  /** What is there from the start has been looked at long before. */
  observe(): void {
    for (const hpa of this.#context.store.list('HorizontalPodAutoscaler')) {
      const target = this.#targetOf(hpa);
      if (target === undefined || hpa.status.currentReplicas > 0) continue;
      hpa.status.currentReplicas = target.spec.replicas;
      hpa.status.desiredReplicas = target.spec.replicas;
      this.#tellScaleIsKnown(hpa);
      this.#context.store.update(hpa);
    }
  }

  sync(): void {
    const { store, disturbances } = this.#context;
    if (!disturbances.isDown) for (const hpa of store.list('HorizontalPodAutoscaler')) this.#scale(hpa);
    this.#next();
  }

  #next(): void {
    this.#in(this.#context.settings.hpa.syncPeriod, this.#kind['hpa.sync']);
  }

  #in(delay: number, kind: number): void {
    const { engine } = this.#context;
    engine.due[0] = engine.clock[0]! + delay;
    engine.schedule(kind, 0, 0);
  }

  /** Conditions and figures are written once for each sync, and only where they differ. */
  #scale(hpa: HorizontalPodAutoscaler): void {
    const before = JSON.stringify(hpa.status);
    this.#reconcile(hpa);
    if (JSON.stringify(hpa.status) !== before) this.#context.store.update(hpa);
  }

  #tell(hpa: HorizontalPodAutoscaler, type: string, status: 'True' | 'False', reason: string, message: string): void {
    setCondition(hpa.status.conditions, type, status, this.#context.engine.clock[0]!, reason, message);
  }

  #tellScaleIsKnown(hpa: HorizontalPodAutoscaler): void {
    const why = "the HPA controller was able to get the target's current scale";
    this.#tell(hpa, 'AbleToScale', 'True', 'SucceededGetScale', why);
  }

  #reconcile(hpa: HorizontalPodAutoscaler): void {
    const { engine } = this.#context;
    const target = this.#targetOf(hpa);
    if (target === undefined) {
      const { kind, name } = hpa.spec.scaleTargetRef;
      const why = `the HPA controller was unable to get the target's current scale: ${kind} "${name}" not found`;
      return this.#tell(hpa, 'AbleToScale', 'False', 'FailedGetScale', why);
    }
    const now = engine.clock[0]!;
    const current = target.spec.replicas;
    hpa.status.currentReplicas = current;
    this.#tellScaleIsKnown(hpa);
    if (current === 0 && hpa.spec.minReplicas > 0) {
      hpa.status.desiredReplicas = 0;
      const why = 'scaling is disabled since the replica count of the target is zero';
      return this.#tell(hpa, 'ScalingActive', 'False', 'ScalingDisabled', why);
    }
    const { minReplicas, maxReplicas, behavior } = hpa.spec;
    const history = this.#historyOf(hpa, now, current);
    let desired = current;
    if (current > maxReplicas) desired = maxReplicas;
    else if (current < minReplicas) desired = minReplicas;
    else {
      const asked = this.#byMetrics(hpa, target, current);
      if (asked === null) return;
      const stable = stabilise(asked, current, history.recommendations, behavior, now);
      this.#tellStability(hpa, asked, stable);
      history.recommendations.push({ at: now, replicas: asked });
      const limited = limitRate(stable, current, hpa.spec, history.ups, history.downs, now);
      desired = limited.replicas;
      const status = limited.reason === 'DesiredWithinRange' ? 'False' : 'True';
      this.#tell(hpa, 'ScalingLimited', status, limited.reason, LIMITS[limited.reason]);
    }
    this.#set(hpa, target, current, desired, history, now);
  }

  /** @source horizontal.go stabilizeRecommendationWithBehaviors */
  #tellStability(hpa: HorizontalPodAutoscaler, asked: number, stable: number): void {
    if (stable === asked) {
      this.#tell(hpa, 'AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size');
    } else if (stable < asked) {
      const why = 'recent recommendations were lower than current one, applying the lowest recent recommendation';
      this.#tell(hpa, 'AbleToScale', 'True', 'ScaleUpStabilized', why);
    } else {
      const why = 'recent recommendations were higher than current one, applying the highest recent recommendation';
      this.#tell(hpa, 'AbleToScale', 'True', 'ScaleDownStabilized', why);
    }
  }

  /** @returns null: no metric has an answer, or one has none and the others would scale down */
  #byMetrics(hpa: HorizontalPodAutoscaler, target: Scalable, current: number): number | null {
    const pods = this.#podsOf(target);
    let best: number | null = null;
    let failed: NoMetrics | null = null;
    const currentMetrics: HorizontalPodAutoscaler['status']['currentMetrics'] = [];
    for (const metric of hpa.spec.metrics) {
      try {
        const proposal = this.#byMetric(hpa, metric, pods, current);
        best = Math.max(best ?? 0, proposal.replicas);
        const utilization =
          metric.resource?.target.averageUtilization === undefined ? {} : { averageUtilization: proposal.current };
        currentMetrics.push({
          type: metric.type,
          ...(metric.resource && { resource: { name: metric.resource.name, current: utilization } }),
        });
      } catch (error) {
        if (!(error instanceof NoMetrics)) throw error;
        failed ??= error;
        currentMetrics.push({ type: metric.type });
      }
    }
    hpa.status.currentMetrics = currentMetrics;
    if (best === null || (failed !== null && best < current)) {
      const why = `the HPA was unable to compute the replica count: ${failed?.message ?? 'there is no metric'}`;
      this.#tell(hpa, 'ScalingActive', 'False', 'FailedGetResourceMetric', why);
      return null;
    }
    const what = 'the HPA was able to successfully calculate a replica count from its metrics';
    this.#tell(hpa, 'ScalingActive', 'True', 'ValidMetricFound', what);
    return best;
  }

  #byMetric(hpa: HorizontalPodAutoscaler, metric: MetricSpec, pods: Pod[], current: number): ReplicaProposal {
    const { type, resource, pods: perPod, object, external } = metric;
    const tolerance = this.#toleranceOf(hpa);
    if (type === 'Resource' && resource?.name === 'cpu') {
      const { averageUtilization, averageValue } = resource.target;
      const rows = pods.map((pod) => this.#cpuRow(pod));
      return averageUtilization === undefined
        ? proposeByAverage(rows, current, milli(averageValue), tolerance)
        : proposeByUtilization(rows, current, averageUtilization, tolerance);
    }
    const value = this.#metrics.custom(metric, hpa.metadata.namespace);
    if (value === null) throw new NoMetrics(`no figure for a ${type} metric`);
    const { target } = (perPod ?? object ?? external)!;
    if (type === 'Pods') {
      const rows = pods.map((): PodMetric => ({ standing: 'ready', usageMilli: value, requestMilli: 0 }));
      return proposeByAverage(rows, current, milli(target.averageValue), tolerance);
    }
    if (target.averageValue !== undefined) {
      return proposeByValuePerPod(value, milli(target.averageValue), current, tolerance);
    }
    const ready = pods.filter((pod) => pod.status.phase === 'Running' && isPodReady(pod)).length;
    return proposeByValue(value, milli(target.value), current, ready, tolerance);
  }

  #cpuRow(pod: Pod): PodMetric {
    const sample = this.#metrics.cpu(pod);
    return {
      standing: standingOf(pod, sample, this.#context.engine.clock[0]!),
      usageMilli: sample?.usageMilli ?? 0,
      requestMilli: requestOf(pod.spec).cpuMilli,
    };
  }

  #toleranceOf({ spec }: HorizontalPodAutoscaler): Tolerance {
    const { tolerance } = this.#context.settings.hpa;
    const share = (own: string | number | undefined) => (own === undefined ? tolerance : milli(own) / 1000);
    return { up: share(spec.behavior?.scaleUp.tolerance), down: share(spec.behavior?.scaleDown.tolerance) };
  }

  /** Those that are neither failed nor being deleted. */
  #podsOf(target: Scalable): Pod[] {
    const pods: Pod[] = [];
    for (const pod of this.#context.index.podsByNamespace.get(target.metadata.namespace)) {
      if (pod.metadata.deletionTimestamp !== undefined || isTerminal(pod)) continue;
      if (selectorMatches(target.spec.selector, pod.metadata.labels)) pods.push(pod);
    }
    return pods;
  }

  #targetOf(hpa: HorizontalPodAutoscaler): Scalable | undefined {
    const { kind, name } = hpa.spec.scaleTargetRef;
    const known = SCALABLE.find((each) => each === kind);
    return known && this.#context.store.get(known, hpa.metadata.namespace, name);
  }

  #set(
    hpa: HorizontalPodAutoscaler,
    target: Scalable,
    current: number,
    desired: number,
    history: History,
    now: number,
  ): void {
    const { store, record } = this.#context;
    hpa.status.desiredReplicas = desired;
    if (desired === current) return;
    hpa.status.lastScaleTime = now;
    const able = `the HPA controller was able to update the target scale to ${desired}`;
    this.#tell(hpa, 'AbleToScale', 'True', 'SucceededRescale', able);
    (desired > current ? history.ups : history.downs).push({ at: now, change: Math.abs(desired - current) });
    const utilization = hpa.status.currentMetrics[0]?.resource?.current.averageUtilization;
    const what = utilization === undefined ? 'metric' : `cpu resource utilization (percentage of request)`;
    const why = `${what} ${desired > current ? 'above' : 'below'} target`;
    const how = utilization === undefined ? '' : ` (${utilization}%)`;
    record('info', hpa, 'SuccessfulRescale', `New size: ${desired}; reason: ${why}${how}`);
    target.spec.replicas = desired;
    target.metadata.generation++;
    store.update(target as never);
  }

  #historyOf(hpa: HorizontalPodAutoscaler, now: number, current: number): History {
    const key = keyOfObject(hpa);
    // The size at the start counts as the first recommendation, so that a window holds it. @source horizontal.go recordInitialRecommendation
    const history = this.#histories.get(key) ?? {
      ups: [],
      downs: [],
      recommendations: [{ at: now, replicas: current }],
    };
    this.#histories.set(key, history);
    history.ups = history.ups.filter(({ at }) => at > now - KEEP);
    history.downs = history.downs.filter(({ at }) => at > now - KEEP);
    history.recommendations = history.recommendations.filter(({ at }) => at > now - KEEP);
    return history;
  }
}

function milli(quantity: string | number | undefined): number {
  return parseQuantityMilli(String(quantity ?? 0));
}
