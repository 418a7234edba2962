import type { ScalingRules } from '../cluster/api/autoscaling.ts';
import type { Pod } from '../cluster/api/pod.ts';
import { isPodReady, readySince } from '../cluster/pod-state.ts';
import { SECOND } from './context.ts';

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
 * How a Pod counts. One that is pending does not; nor, in its first five minutes, one that is not ready or whose sample
 * holds time from before it was; nor later one that never was ready. A Pod that has become unready later counts in full:
 * else those that fail under load would hide that load.
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

export interface PodMetric {
  standing: Standing;
  /** Thousandths of a core; not read when missing. */
  usageMilli: number;
  requestMilli: number;
}

export interface ReplicaProposal {
  replicas: number;
  /** Of requests, in whole percent, over the Pods that count as ready. */
  utilization: number;
}

/**
 * The replicas that bring CPU utilisation to the target, by the Pods that count. Missing ones are assumed to use nothing
 * when scaling up and all they asked for when scaling down; unready ones are assumed to use nothing when scaling up. If
 * these assumptions turn the direction, nothing changes; nor if a Pod asks for no CPU.
 * @source kubernetes pkg/controller/podautoscaler/replica_calculator.go GetResourceReplicas
 * @param target percent of the requests
 * @param tolerance share, e.g. 0.1
 */
export function proposeReplicas(
  pods: readonly PodMetric[],
  current: number,
  target: number,
  tolerance: number,
): ReplicaProposal {
  const percent = (counted: readonly PodMetric[], use: (pod: PodMetric) => number) => {
    const requests = counted.reduce((sum, pod) => sum + pod.requestMilli, 0);
    const usage = counted.reduce((sum, pod) => sum + use(pod), 0);
    return Math.trunc((usage * 100) / requests);
  };
  const ready = pods.filter((pod) => pod.standing === 'ready');
  if (ready.length === 0 || pods.some((pod) => pod.requestMilli === 0)) return { replicas: current, utilization: 0 };
  const utilization = percent(ready, (pod) => pod.usageMilli);
  const ratio = utilization / target;
  const stays = { replicas: current, utilization };
  const missing = ratio === 1 ? [] : pods.filter((pod) => pod.standing === 'missing');
  const unready = ratio > 1 ? pods.filter((pod) => pod.standing === 'unready') : [];
  const counted = [...ready, ...missing, ...unready];
  const adjusted =
    percent(counted, (pod) => {
      if (pod.standing === 'ready') return pod.usageMilli;
      return ratio < 1 ? (pod.requestMilli * Math.max(100, target)) / 100 : 0;
    }) / target;
  if (adjusted >= 1 - tolerance && adjusted <= 1 + tolerance) return stays;
  const replicas = Math.ceil(adjusted * counted.length);
  if (counted.length > ready.length) {
    // Assumptions must not turn the direction, neither of the ratio nor of the change.
    if ((ratio < 1 && adjusted > 1) || (ratio > 1 && adjusted < 1)) return stays;
    if ((adjusted < 1 && replicas > current) || (adjusted > 1 && replicas < current)) return stays;
  }
  return { replicas, utilization };
}

/** A change of replicas in the past; time in ns. */
export interface ScaleEvent {
  at: number;
  change: number;
}

/**
 * How far the policies allow the replicas to move now, given the changes within each policy's period.
 * @source kubernetes pkg/controller/podautoscaler/horizontal.go calculateScaleUpLimitWithScalingRules, …Down…
 * @returns the limit: at most (up) or at least (down) so many replicas
 */
export function policyLimit(
  rules: ScalingRules,
  direction: 'up' | 'down',
  current: number,
  ups: readonly ScaleEvent[],
  downs: readonly ScaleEvent[],
  now: number,
): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const changed = (events: readonly ScaleEvent[], period: number) =>
    events.reduce((sum, event) => (event.at > now - period * SECOND ? sum + event.change : sum), 0);
  const limits = rules.policies.map((policy) => {
    const added = changed(ups, policy.periodSeconds);
    const removed = changed(downs, policy.periodSeconds);
    const start = current - added + removed;
    if (direction === 'up') {
      return policy.type === 'Pods' ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
    }
    return policy.type === 'Pods' ? start - policy.value : Math.floor(start * (1 - policy.value / 100));
  });
  const widest = direction === 'up' ? Math.max : Math.min;
  const narrowest = direction === 'up' ? Math.min : Math.max;
  const limit = (rules.selectPolicy === 'Max' ? widest : narrowest)(...limits);
  return direction === 'up' ? Math.max(current, limit) : Math.min(current, limit);
}
