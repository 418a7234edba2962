/** How a new host's share grows. */
export interface SlowStart {
  /** Seconds; 0: there is no slow start. */
  readonly slowStartWindow: number;
  /** 1: in a straight line; above: faster at first. */
  readonly aggression: number;
  /** The least share of its weight that it has. */
  readonly minWeightPercent: number;
}

/** Envoy's own: no window; the others count once there is one. @source envoy api SlowStartConfig; load_balancer_impl.cc */
export const NO_SLOW_START = { slowStartWindow: 0, aggression: 1, minWeightPercent: 10 };

/**
 * @param age since the host became a member, ns: whole milliseconds count, and 1 at least
 * @returns the share of its weight that it has, up to 1
 * @source envoy load_balancer_impl.cc, applySlowStartFactor
 */
export function slowStartFactor(age: number, { slowStartWindow, aggression, minWeightPercent }: SlowStart): number {
  const milliseconds = Math.floor(age / 1e6);
  const window = 1000 * slowStartWindow;
  if (!(milliseconds < window)) return 1;
  const share = Math.max(1, milliseconds) / window;
  return Math.max(aggression === 1 ? share : share ** (1 / aggression), minWeightPercent / 100);
}
