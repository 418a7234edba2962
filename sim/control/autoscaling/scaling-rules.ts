import type { ScalingRules } from '../../cluster/api/autoscaling.ts';
import { SECOND } from '../context.ts';

/** A change of replicas in the past; time in ns. */
export interface ScaleEvent {
  at: number;
  change: number;
}

/** What the metrics asked for in the past; time in ns. */
export interface Recommendation {
  at: number;
  replicas: number;
}

export interface Behavior {
  scaleUp: ScalingRules;
  scaleDown: ScalingRules;
}

/** Without a behavior: the controller manager's --horizontal-pod-autoscaler-downscale-stabilization, s. */
const DOWNSCALE_STABILIZATION = 300;
/** Without a behavior: the replicas may double, and reach this number at once. */
const ALWAYS_REACHABLE = 4;

/**
 * Brings what the metrics ask for within the windows: up, to the lowest that was asked for in the up window; down, to the
 * highest in the down window. An autoscaler without a behavior takes the highest of the last five minutes, be it more
 * than there are.
 * @source kubernetes pkg/controller/podautoscaler/horizontal.go stabilizeRecommendationWithBehaviors, stabilizeRecommendation
 */
export function stabilise(
  desired: number,
  current: number,
  recommendations: readonly Recommendation[],
  behavior: Behavior | undefined,
  now: number,
): number {
  const within = (seconds: number) =>
    recommendations.filter(({ at }) => at > now - seconds * SECOND).map(({ replicas }) => replicas);
  if (behavior === undefined) return Math.max(desired, ...within(DOWNSCALE_STABILIZATION));
  const { scaleUp, scaleDown } = behavior;
  const up = Math.min(desired, ...within(scaleUp.stabilizationWindowSeconds));
  const down = Math.max(desired, ...within(scaleDown.stabilizationWindowSeconds));
  return Math.min(Math.max(current, up), down);
}

/** Why the answer is not what was asked for: the reason of the condition ScalingLimited. */
export type LimitReason =
  | 'DesiredWithinRange'
  | 'ScaleUpLimit'
  | 'ScaleDownLimit'
  | 'TooManyReplicas'
  | 'TooFewReplicas';

export interface Bounds {
  minReplicas: number;
  maxReplicas: number;
  behavior?: Behavior;
}

/**
 * How far the replicas may move now: first by the policies' rates, then by the bounds.
 * @param ups, downs earlier changes
 * @source horizontal.go convertDesiredReplicasWithBehaviorRate
 */
export function limitRate(
  desired: number,
  current: number,
  { minReplicas, maxReplicas, behavior }: Bounds,
  ups: readonly ScaleEvent[],
  downs: readonly ScaleEvent[],
  now: number,
): { replicas: number; reason: LimitReason } {
  if (behavior === undefined) return limitAtOnce(desired, current, minReplicas, maxReplicas);
  if (desired > current) {
    const limit = policyLimit(behavior.scaleUp, 'up', current, ups, downs, now);
    const most = Math.min(maxReplicas, limit);
    if (desired > most) return { replicas: most, reason: maxReplicas > limit ? 'ScaleUpLimit' : 'TooManyReplicas' };
  } else if (desired < current) {
    const limit = policyLimit(behavior.scaleDown, 'down', current, ups, downs, now);
    const least = Math.max(minReplicas, limit);
    if (desired < least) return { replicas: least, reason: minReplicas < limit ? 'ScaleDownLimit' : 'TooFewReplicas' };
  }
  return { replicas: desired, reason: 'DesiredWithinRange' };
}

/**
 * Without a behavior, how far the replicas may move: at most to twice as many, and down at once.
 * @source horizontal.go convertDesiredReplicasWithRules, calculateScaleUpLimit
 */
function limitAtOnce(
  desired: number,
  current: number,
  minReplicas: number,
  maxReplicas: number,
): { replicas: number; reason: LimitReason } {
  const limit = Math.max(2 * current, ALWAYS_REACHABLE);
  if (desired < minReplicas) return { replicas: minReplicas, reason: 'TooFewReplicas' };
  if (desired > Math.min(limit, maxReplicas)) {
    return maxReplicas > limit
      ? { replicas: limit, reason: 'ScaleUpLimit' }
      : { replicas: maxReplicas, reason: 'TooManyReplicas' };
  }
  return { replicas: desired, reason: 'DesiredWithinRange' };
}

/**
 * How far the policies allow the replicas to move now, given the changes within each policy's period.
 * @source horizontal.go calculateScaleUpLimitWithScalingRules, …Down…
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
    return policy.type === 'Pods' ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  const widest = direction === 'up' ? Math.max : Math.min;
  const narrowest = direction === 'up' ? Math.min : Math.max;
  const limit = (rules.selectPolicy === 'Max' ? widest : narrowest)(...limits);
  return direction === 'up' ? Math.max(current, limit) : Math.min(current, limit);
}
