import type { HorizontalPodAutoscaler } from '../cluster/api/autoscaling.ts';
import type { Pod } from '../cluster/api/pod.ts';
import { requestOf } from '../cluster/resources.ts';
import { selectorMatches } from '../cluster/selector.ts';
import { keyOfObject } from '../cluster/store.ts';
import type { Kinds } from '../engine/kinds.ts';
import { type ControlContext, SECOND } from './context.ts';
import {
  type CpuSample,
  type PodMetric,
  policyLimit,
  proposeReplicas,
  type ScaleEvent,
  standingOf,
} from './hpa-algorithm.ts';

/** Where CPU use comes from: the simulated containers, read through the metrics pipeline. */
export interface CpuMeter {
  /** The newest sample; null while there is none of the Pod's present process. */
  sample(pod: Pod): CpuSample | null;
}

const kinds = {
  'hpa.sync': { a: '-', b: '-', run: (controller) => controller.sync() },
} satisfies Kinds<HorizontalPodAutoscalerController>;

interface History {
  ups: ScaleEvent[];
  downs: ScaleEvent[];
  recommendations: { at: number; replicas: number }[];
}

/** Keep what the longest window or period (an hour at most, by validation) can ask for. */
const KEEP = 3600 * SECOND;

/**
 * Sets the replicas of each autoscaled Deployment by the CPU use of its Pods, every sync period.
 * @source kubernetes pkg/controller/podautoscaler; kubernetes.io horizontal-pod-autoscale
 * @simplifies CPU resource metrics with a utilisation target only
 */
export class HorizontalPodAutoscalerController {
  readonly #context: ControlContext;
  readonly #meter: CpuMeter;
  readonly #kind: number;
  readonly #histories = new Map<string, History>();

  constructor(context: ControlContext, meter: CpuMeter) {
    this.#context = context;
    this.#meter = meter;
    this.#kind = context.engine.define<HorizontalPodAutoscalerController, typeof kinds>(this, kinds)['hpa.sync'];
    context.engine.due[0] = context.settings.hpa.syncPeriod;
    context.engine.schedule(this.#kind, 0, 0);
  }

  sync(): void {
    const { engine, store, settings } = this.#context;
    for (const hpa of store.list('HorizontalPodAutoscaler')) this.#scale(hpa);
    engine.due[0] = engine.clock[0]! + settings.hpa.syncPeriod;
    engine.schedule(this.#kind, 0, 0);
  }

  #scale(hpa: HorizontalPodAutoscaler): void {
    const { store, engine, settings, record } = this.#context;
    const { namespace } = hpa.metadata;
    const deployment = store.get('Deployment', namespace, hpa.spec.scaleTargetRef.name);
    // Zero replicas means: autoscaling is switched off.
    if (deployment === undefined || deployment.spec.replicas === 0) return;
    const now = engine.clock[0]!;
    const current = deployment.spec.replicas;
    const metrics: PodMetric[] = [];
    for (const pod of store.list('Pod')) {
      if (pod.metadata.namespace !== namespace || pod.metadata.deletionTimestamp !== undefined) continue;
      if (!selectorMatches(deployment.spec.selector, pod.metadata.labels)) continue;
      const requestMilli = requestOf(pod.spec).cpuMilli;
      const sample = this.#meter.sample(pod);
      metrics.push({
        standing: standingOf(pod, sample, now),
        usageMilli: sample?.usageMilli ?? 0,
        requestMilli,
      });
    }
    const proposal = proposeReplicas(metrics, current, targetUtilisation(hpa), settings.hpa.tolerance);
    const history = this.#historyOf(hpa, now, current);
    history.recommendations.push({ at: now, replicas: proposal.replicas });
    const desired = this.#bounded(hpa, current, this.#stabilised(hpa, current, history, now), history, now);
    const { utilization } = proposal;
    if (hpa.status.desiredReplicas !== desired || currentUtilisation(hpa) !== utilization) {
      const resource = { name: 'cpu', current: { averageUtilization: utilization } };
      hpa.status = { ...hpa.status, desiredReplicas: desired, currentMetrics: [{ type: 'Resource', resource }] };
      store.update(hpa);
    }
    if (desired === current) return;
    (desired > current ? history.ups : history.downs).push({ at: now, change: Math.abs(desired - current) });
    const why = `cpu resource utilization (percentage of request) ${desired > current ? 'above' : 'below'} target`;
    record('info', hpa, 'SuccessfulRescale', `New size: ${desired}; reason: ${why} (${utilization}%)`);
    deployment.spec.replicas = desired;
    deployment.metadata.generation++;
    store.update(deployment);
  }

  /** Down: the highest, up: the lowest recommendation of the direction's window. @source horizontal.go stabilizeRecommendationWithBehaviors */
  #stabilised(hpa: HorizontalPodAutoscaler, current: number, history: History, now: number): number {
    const within = (seconds: number) =>
      history.recommendations.filter(({ at }) => at > now - seconds * SECOND || at === now).map((r) => r.replicas);
    const lowestForUp = Math.min(...within(hpa.spec.behavior.scaleUp.stabilizationWindowSeconds));
    const highestForDown = Math.max(...within(hpa.spec.behavior.scaleDown.stabilizationWindowSeconds));
    return Math.min(Math.max(current, lowestForUp), Math.max(highestForDown, lowestForUp));
  }

  #bounded(hpa: HorizontalPodAutoscaler, current: number, desired: number, history: History, now: number): number {
    const { minReplicas, maxReplicas } = hpa.spec;
    const { scaleUp, scaleDown } = hpa.spec.behavior;
    const { ups, downs } = history;
    let bounded = desired;
    if (desired > current) bounded = Math.min(desired, policyLimit(scaleUp, 'up', current, ups, downs, now));
    if (desired < current) bounded = Math.max(desired, policyLimit(scaleDown, 'down', current, ups, downs, now));
    return Math.min(maxReplicas, Math.max(minReplicas, bounded));
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

/** Percent of the CPU requests. */
function targetUtilisation(hpa: HorizontalPodAutoscaler): number {
  const metric = hpa.spec.metrics.find(({ resource }) => resource?.name === 'cpu');
  return metric?.resource?.target.averageUtilization ?? 80;
}

function currentUtilisation(hpa: HorizontalPodAutoscaler): number {
  return hpa.status.currentMetrics[0]?.resource?.current.averageUtilization ?? 0;
}
