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

/**
 * Brings what the metrics ask for within the windows: up, to the lowest that was asked for in the up window; down, to the
 * highest in the down window.
 * @source kubernetes pkg/controller/podautoscaler/horizontal.go stabilizeRecommendationWithBehaviors
 */
export function stabilise(
  desired: number,
  current: number,
  recommendations: readonly Recommendation[],
  { scaleUp, scaleDown }: Behavior,
  now: number,
): number {
  const within = (seconds: number) => recommendations.filter(({ at }) => at > now - seconds * SECOND);
  const up = Math.min(desired, ...within(scaleUp.stabilizationWindowSeconds).map(({ replicas }) => replicas));
  const down = Math.max(desired, ...within(scaleDown.stabilizationWindowSeconds).map(({ replicas }) => replicas));
  return Math.min(Math.max(current, up), down);
}

/** Why the answer is not what was asked for: the reason of the condition ScalingLimited. */
export type LimitReason =
  | 'DesiredWithinRange'
  | 'ScaleUpLimit'
  | 'ScaleDownLimit'
  | 'TooManyReplicas'
  | 'TooFewReplicas';

/**
 * How far the replicas may move now: first by the policies' rates, then by the bounds.
 * @param ups, downs earlier changes
 * @source horizontal.go convertDesiredReplicasWithBehaviorRate
 */
export function limitRate(
  desired: number,
  current: number,
  { minReplicas, maxReplicas, behavior }: { minReplicas: number; maxReplicas: number; behavior: Behavior },
  ups: readonly ScaleEvent[],
  downs: readonly ScaleEvent[],
  now: number,
): { replicas: number; reason: LimitReason } {
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
