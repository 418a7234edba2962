import type { Condition, ConditionStatus } from './api/meta.ts';

export function conditionOf(conditions: readonly Condition[], type: string): Condition | undefined {
  for (const condition of conditions) if (condition.type === type) return condition;
  return undefined;
}

/** Is the condition there, with status True? */
export function isTrue(conditions: readonly Condition[], type: string): boolean {
  return conditionOf(conditions, type)?.status === 'True';
}

/**
 * Sets a condition; its transition time moves when the status changes, and only then.
 * @param now ns
 * @returns whether anything of it changed
 */
export function setCondition(
  conditions: Condition[],
  type: string,
  status: ConditionStatus,
  now: number,
  reason?: string,
  message?: string,
): boolean {
  const old = conditionOf(conditions, type);
  if (old === undefined) {
    conditions.push({
      type,
      status,
      lastTransitionTime: now,
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
    });
    return true;
  }
  if (old.status === status && old.reason === reason && old.message === message) return false;
  if (old.status !== status) old.lastTransitionTime = now;
  old.status = status;
  if (reason === undefined) delete old.reason;
  else old.reason = reason;
  if (message === undefined) delete old.message;
  else old.message = message;
  return true;
}
