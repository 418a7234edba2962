import type { ScalingRules } from '../cluster/objects.ts';
import { SECOND } from './context.ts';

export interface PodMetric {
  ready: boolean;
  /** Thousandths of a core; null: no metric yet. */
  usageMilli: number | null;
  requestMilli: number;
}

export interface ReplicaProposal {
  replicas: number;
  /** Of requests, in percent, over the Pods that have a metric. */
  utilization: number;
}

/**
 * The replicas that bring CPU utilisation to the target, by the Pods that count. Pods without a metric are assumed to
 * use nothing when scaling up and all they asked for when scaling down; Pods not ready are assumed to use nothing when
 * scaling up. If these assumptions turn the direction, nothing changes.
 * @source kubernetes pkg/controller/podautoscaler/replica_calculator.go calcPlainMetricReplicas
 * @param target percent of the requests
 * @param tolerance share, e.g. 0.1
 */
export function proposeReplicas(
  pods: readonly PodMetric[],
  current: number,
  target: number,
  tolerance: number,
): ReplicaProposal {
  const ready = pods.filter((pod) => pod.ready && pod.usageMilli !== null);
  const missing = pods.filter((pod) => pod.usageMilli === null);
  const unready = pods.filter((pod) => !pod.ready && pod.usageMilli !== null);
  const ratioOf = (counted: readonly PodMetric[], use: (pod: PodMetric) => number) => {
    const requests = counted.reduce((sum, pod) => sum + pod.requestMilli, 0);
    const usage = counted.reduce((sum, pod) => sum + use(pod), 0);
    return requests === 0 ? 0 : (usage * 100) / requests;
  };
  const utilization = ratioOf(ready, (pod) => pod.usageMilli!);
  if (ready.length === 0) return { replicas: current, utilization };
  const ratio = utilization / target;
  if (missing.length === 0 && (unready.length === 0 || ratio <= 1)) {
    if (Math.abs(ratio - 1) <= tolerance) return { replicas: current, utilization };
    return { replicas: Math.ceil(ratio * ready.length), utilization };
  }
  const up = ratio > 1;
  const counted = [...ready, ...missing, ...(up ? unready : [])];
  const use = (pod: PodMetric) => {
    if (pod.usageMilli === null) return up ? 0 : (pod.requestMilli * Math.max(100, target)) / 100;
    return pod.ready ? pod.usageMilli : 0;
  };
  const adjusted = ratioOf(counted, use) / target;
  const turned = (ratio < 1 && adjusted > 1) || (ratio > 1 && adjusted < 1);
  if (Math.abs(adjusted - 1) <= tolerance || turned) return { replicas: current, utilization };
  const replicas = Math.ceil(adjusted * counted.length);
  // Assumptions must not turn the direction of the change either.
  if ((adjusted < 1 && replicas > current) || (adjusted > 1 && replicas < current)) {
    return { replicas: current, utilization };
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
