import type { Node } from './api/node.ts';
import type { Pod } from './api/pod.ts';
import { conditionOf, isTrue, setCondition } from './conditions.ts';

/** The Ready condition: all its containers are ready. */
export function isPodReady(pod: Pod): boolean {
  return isTrue(pod.status.conditions, 'Ready');
}

/** ns of the Ready condition's last change; -1: it never had one. */
export function readySince(pod: Pod): number {
  const condition = conditionOf(pod.status.conditions, 'Ready');
  return condition === undefined ? -1 : (condition.lastTransitionTime ?? 0);
}

/** Sets the Ready condition and the one that says so of the containers. @param now ns @returns whether it changed */
export function setPodReady(pod: Pod, ready: boolean, now: number): boolean {
  const { conditions } = pod.status;
  if (isTrue(conditions, 'Ready') === ready && conditionOf(conditions, 'Ready') !== undefined) return false;
  const reason = ready ? undefined : 'ContainersNotReady';
  setCondition(conditions, 'ContainersReady', ready ? 'True' : 'False', now, reason);
  return setCondition(conditions, 'Ready', ready ? 'True' : 'False', now, reason);
}

/** Has every container ended for good? */
export function isTerminal(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/** Neither ended nor asked to end: what a controller counts. @source pkg/controller/controller_utils.go IsPodActive */
export function isActive(pod: Pod): boolean {
  return !isTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** Ready for at least `minReadySeconds`. @param now ns @source pkg/api/v1/pod/util.go IsPodAvailable */
export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  return isPodReady(pod) && (minReadySeconds === 0 || readySince(pod) + minReadySeconds * 1e9 <= now);
}

/** Of all containers. */
export function restartsOf(pod: Pod): number {
  let restarts = 0;
  for (const { restartCount } of pod.status.containerStatuses ?? []) restarts += restartCount;
  return restarts;
}

/** Why the scheduler could not place it; undefined: it has not said so. */
export function unschedulableReason(pod: Pod): string | undefined {
  const condition = conditionOf(pod.status.conditions, 'PodScheduled');
  return condition?.status === 'False' && condition.reason === 'Unschedulable' ? (condition.message ?? '') : undefined;
}

export function isNodeReady(node: Node): boolean {
  return isTrue(node.status.conditions, 'Ready');
}
