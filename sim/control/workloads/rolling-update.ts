import type { IntOrString } from '../../cluster/api/meta.ts';

/** What a rolling update reads of a ReplicaSet, and the new size that it gives it. */
export interface RolledSet {
  /** `spec.replicas`. */
  replicas: number;
  available: number;
}

export interface RolloutBounds {
  maxSurge: number;
  maxUnavailable: number;
}

/** A text where a number or a percentage belongs; the API server refuses it, so that only unchecked objects have it. */
export class UnreadableShare extends Error {}

/**
 * Rounds a strategy's percentages: surge up, unavailable down, and if both come out as 0 then one may be unavailable.
 * @throws UnreadableShare
 * @source kubernetes pkg/controller/deployment/util/deployment_util.go ResolveFenceposts
 */
export function rolloutBounds(maxSurge: IntOrString, maxUnavailable: IntOrString, desired: number): RolloutBounds {
  const surge = resolve(maxSurge, desired, Math.ceil);
  const unavailable = resolve(maxUnavailable, desired, Math.floor);
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/**
 * A number, or a percentage of `total`.
 * @throws UnreadableShare
 * @source apimachinery pkg/util/intstr GetScaledValueFromIntOrPercent
 */
export function resolve(value: IntOrString, total: number, round: (share: number) => number): number {
  if (typeof value === 'number') return value;
  if (!/^\d+%$/.test(value)) throw new UnreadableShare(`invalid value for IntOrString: ${value}`);
  return round((Number(value.slice(0, -1)) * total) / 100);
}

/** How many may be unavailable: never more than there are to be. @source deployment_util.go MaxUnavailable */
export function mostUnavailable({ maxUnavailable }: RolloutBounds, desired: number): number {
  return Math.min(maxUnavailable, desired);
}

/**
 * The size of the new ReplicaSet: as many as the surge has room for.
 * @param total `spec.replicas` of all sets
 * @source deployment_util.go NewRSNewReplicas
 */
export function newSetSize(desired: number, { maxSurge }: RolloutBounds, current: number, total: number): number {
  const room = desired + maxSurge - total;
  return room <= 0 ? current : current + Math.min(room, desired - current);
}

/**
 * One pass of the controller: the new set grows if it can, and else the old ones shrink as far as availability allows,
 * those that are not available first.
 * @param olds in the order of their creation; sizes are changed in place
 * @returns whether any size changed
 * @source kubernetes pkg/controller/deployment/rolling.go rolloutRolling
 */
export function rolloutPass(
  desired: number,
  bounds: RolloutBounds,
  newSet: RolledSet,
  olds: readonly RolledSet[],
): boolean {
  const oldTotal = olds.reduce((sum, { replicas }) => sum + replicas, 0);
  const size =
    newSet.replicas > desired ? desired : newSetSize(desired, bounds, newSet.replicas, oldTotal + newSet.replicas);
  if (size !== newSet.replicas) {
    newSet.replicas = size;
    return true;
  }
  return oldTotal > 0 && shrinkOld(desired, bounds, newSet, olds);
}

function shrinkOld(desired: number, bounds: RolloutBounds, newSet: RolledSet, olds: readonly RolledSet[]): boolean {
  const leastAvailable = desired - mostUnavailable(bounds, desired);
  const total = olds.reduce((sum, { replicas }) => sum + replicas, newSet.replicas);
  const spare = total - leastAvailable - (newSet.replicas - newSet.available);
  if (spare <= 0) return false;
  const cleaned = removeUnhealthy(olds, spare);
  return scaleDownOld(leastAvailable, newSet, olds) + cleaned > 0;
}

/** @returns how many replicas were given up @source rolling.go cleanupUnhealthyReplicas */
export function removeUnhealthy(olds: readonly RolledSet[], most: number): number {
  let cleaned = 0;
  for (const old of olds) {
    const count = Math.min(most - cleaned, Math.max(0, old.replicas - old.available));
    if (count <= 0) continue;
    old.replicas -= count;
    cleaned += count;
  }
  return cleaned;
}

/** @returns how many replicas were given up @source rolling.go scaleDownOldReplicaSetsForRollingUpdate */
export function scaleDownOld(leastAvailable: number, newSet: RolledSet, olds: readonly RolledSet[]): number {
  let spare = olds.reduce((sum, { available }) => sum + available, newSet.available) - leastAvailable;
  let removed = 0;
  for (const old of olds) {
    const count = Math.min(old.replicas, spare);
    if (count <= 0) continue;
    old.replicas -= count;
    spare -= count;
    removed += count;
  }
  return removed;
}

/** @source deployment_util.go DeploymentComplete */
export function isComplete(
  desired: number,
  status: { replicas: number; updatedReplicas: number; availableReplicas: number },
): boolean {
  return status.updatedReplicas === desired && status.replicas === desired && status.availableReplicas === desired;
}
