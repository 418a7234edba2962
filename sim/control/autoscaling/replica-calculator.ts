import type { Pod } from '../../cluster/api/pod.ts';
import { isPodReady, readySince } from '../../cluster/pod-state.ts';
import { SECOND } from '../context.ts';

/** @source kube-controller-manager --horizontal-pod-autoscaler-cpu-initialization-period, …-initial-readiness-delay */
const CPU_INITIALIZATION = 300 * SECOND;
const INITIAL_READINESS = 30 * SECOND;

/** CPU use of a Pod: the mean over a window; times in ns. */
export interface CpuSample {
  usageMilli: number;
  /** The window's end and length. */
  at: number;
  window: number;
}

/** `unready`: what the Pod uses says nothing of the load. `missing`: nobody knows what it uses. */
export type Standing = 'ready' | 'unready' | 'missing';

/**
 * How a Pod counts for the CPU metric. One that is pending does not; nor, in its first five minutes, one that is not
 * ready or whose sample holds time from before it was; nor later one that never was ready. A Pod that has become unready
 * later counts in full: else those that fail under load would hide that load.
 * @param now ns; Pods that started at time 0 have been there for long
 * @source kubernetes pkg/controller/podautoscaler/replica_calculator.go groupPods
 */
export function standingOf(pod: Pod, sample: CpuSample | null, now: number): Standing {
  const { phase, startTime = 0 } = pod.status;
  const ready = isPodReady(pod);
  const since = readySince(pod);
  if (phase === 'Pending') return 'unready';
  if (sample === null) return 'missing';
  if (startTime === 0) return 'ready';
  if (now < startTime + CPU_INITIALIZATION) {
    return !ready || sample.at < since + sample.window ? 'unready' : 'ready';
  }
  return !ready && since < startTime + INITIAL_READINESS ? 'unready' : 'ready';
}

/** A Pod that is neither failed nor being deleted: those do not count at all. */
export interface PodMetric {
  standing: Standing;
  /** Thousandths of a core or of the metric's unit; not read when missing. */
  usageMilli: number;
  requestMilli: number;
}

/** How near to 1 the ratio of use to target may be for nothing to change: shares, e.g. 0.1. */
export interface Tolerance {
  up: number;
  down: number;
}

export interface ReplicaProposal {
  replicas: number;
  /** Of requests, in whole percent, or the average in thousandths: over the Pods that count as ready. */
  current: number;
}

/** No Pod that counts as ready has a sample, or one asks for none of the resource: there is no answer. */
export class NoMetrics extends Error {}

/**
 * The replicas that bring use to the target, by the Pods that count. Missing ones are assumed to use nothing when
 * scaling up and all they asked for (or the target) when scaling down; unready ones are assumed to use nothing when
 * scaling up. If these assumptions turn the direction, nothing changes.
 * @param ratioOf use to target, and use in the unit of the answer
 * @param assumed use of a missing Pod when scaling down
 * @source kubernetes pkg/controller/podautoscaler/replica_calculator.go GetResourceReplicas, calcPlainMetricReplicas
 */
function propose(
  pods: readonly PodMetric[],
  current: number,
  tolerance: Tolerance,
  ratioOf: (counted: readonly PodMetric[]) => { ratio: number; use: number },
  assumed: (pod: PodMetric) => number,
): ReplicaProposal {
  const ready = pods.filter((pod) => pod.standing === 'ready');
  if (ready.length === 0) throw new NoMetrics('did not receive metrics for any ready pods');
  const { ratio, use } = ratioOf(ready);
  const stays = { replicas: current, current: use };
  const missing = pods.filter((pod) => pod.standing === 'missing');
  const unready = ratio > 1 ? pods.filter((pod) => pod.standing === 'unready') : [];
  if (missing.length === 0 && unready.length === 0) {
    return isWithin(ratio, tolerance) ? stays : { replicas: Math.ceil(ratio * ready.length), current: use };
  }
  const guessed = [
    ...(ratio === 1 ? [] : missing.map((pod) => ({ ...pod, usageMilli: ratio < 1 ? assumed(pod) : 0 }))),
    ...unready.map((pod) => ({ ...pod, usageMilli: 0 })),
  ];
  const counted = [...ready, ...guessed];
  const adjusted = ratioOf(counted).ratio;
  if (isWithin(adjusted, tolerance) || (ratio < 1 && adjusted > 1) || (ratio > 1 && adjusted < 1)) return stays;
  const replicas = Math.ceil(adjusted * counted.length);
  if ((adjusted < 1 && replicas > current) || (adjusted > 1 && replicas < current)) return stays;
  return { replicas, current: use };
}

/**
 * For a Resource metric with a target utilisation.
 * @param target percent of the requests
 * @throws NoMetrics
 */
export function proposeByUtilization(
  pods: readonly PodMetric[],
  current: number,
  target: number,
  tolerance: Tolerance,
): ReplicaProposal {
  if (pods.some((pod) => pod.requestMilli === 0)) throw new NoMetrics('missing request for cpu');
  const ratioOf = (counted: readonly PodMetric[]) => {
    const requests = counted.reduce((sum, pod) => sum + pod.requestMilli, 0);
    const use = Math.trunc((counted.reduce((sum, pod) => sum + pod.usageMilli, 0) * 100) / requests);
    return { ratio: use / target, use };
  };
  return propose(pods, current, tolerance, ratioOf, (pod) =>
    Math.trunc((pod.requestMilli * Math.max(100, target)) / 100),
  );
}

/**
 * For a Pods metric, or a Resource metric with a target average.
 * @param targetMilli per Pod
 * @throws NoMetrics
 */
export function proposeByAverage(
  pods: readonly PodMetric[],
  current: number,
  targetMilli: number,
  tolerance: Tolerance,
): ReplicaProposal {
  const ratioOf = (counted: readonly PodMetric[]) => {
    const use = Math.trunc(counted.reduce((sum, pod) => sum + pod.usageMilli, 0) / counted.length);
    return { ratio: use / targetMilli, use };
  };
  return propose(pods, current, tolerance, ratioOf, () => targetMilli);
}

/**
 * For an Object or External metric with a target value: the ready Pods times the ratio.
 * @param readyPods running and ready
 * @source replica_calculator.go getUsageRatioReplicaCount
 */
export function proposeByValue(
  valueMilli: number,
  targetMilli: number,
  current: number,
  readyPods: number,
  tolerance: Tolerance,
): ReplicaProposal {
  const ratio = valueMilli / targetMilli;
  if (current === 0) return { replicas: Math.ceil(ratio), current: valueMilli };
  return { replicas: isWithin(ratio, tolerance) ? current : Math.ceil(ratio * readyPods), current: valueMilli };
}

/** For an Object or External metric with a target per Pod. @source replica_calculator.go GetExternalPerPodMetricReplicas */
export function proposeByValuePerPod(
  valueMilli: number,
  targetMilli: number,
  current: number,
  tolerance: Tolerance,
): ReplicaProposal {
  const ratio = valueMilli / (targetMilli * current);
  return {
    replicas: isWithin(ratio, tolerance) ? current : Math.ceil(valueMilli / targetMilli),
    current: current === 0 ? valueMilli : Math.ceil(valueMilli / current),
  };
}

function isWithin(ratio: number, { up, down }: Tolerance): boolean {
  return ratio >= 1 - down && ratio <= 1 + up;
}
