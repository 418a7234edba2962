/** A level counts as whole with 100 / 1.4 = 71.4 % of its hosts healthy. @source envoy api, overprovisioning_factor */
export const OVERPROVISIONING = 140;

/**
 * How Envoy spreads load over priorities: each level takes what its health allows, in their order; if all together are not whole, in
 * proportion to their health, and what rounding leaves goes to the first that has any.
 * @param healthy hosts of each level that are, of so many `hosts` of each
 * @returns percent of the load of each level; all 0 if nobody is healthy
 * @source envoy load_balancer_impl.cc, recalculatePerPriorityState, distributeLoad
 * @simplifies degraded hosts; panic, in which load follows the number of hosts
 */
export function priorityLoad(
  healthy: readonly number[],
  hosts: readonly number[],
  overprovisioning = OVERPROVISIONING,
): number[] {
  const availability = healthy.map((count, level) =>
    count === 0 ? 0 : Math.min(100, Math.floor((overprovisioning * count) / hosts[level]!)),
  );
  const total = Math.min(
    100,
    availability.reduce((sum, percent) => sum + percent, 0),
  );
  if (total === 0) return availability;
  let left = 100;
  const load = availability.map((percent) => {
    const mine = Math.min(left, Math.floor((percent * 100) / total));
    left -= mine;
    return mine;
  });
  load[availability.findIndex((percent) => percent > 0)]! += left;
  return load;
}

/**
 * Whether Envoy ignores health, as too few hosts of the only level are healthy.
 * @param threshold percent; 0: never
 * @source envoy load_balancer_impl.cc, recalculatePerPriorityPanic, isHostSetInPanic
 */
export function isInPanic(healthy: number, hosts: number, threshold: number): boolean {
  if (hosts === 0) return false;
  const whole = Math.floor((OVERPROVISIONING * healthy) / hosts) >= 100;
  return !whole && (100 * healthy) / hosts < threshold;
}
