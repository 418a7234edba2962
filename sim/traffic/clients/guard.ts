import type { ClientPolicy } from '../../input/client-policy.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { Throttle } from './throttle.ts';

/** What stands between a client and the attempts that it would make. One client's. */
export interface Guard {
  /** @param draw uniform in (0, 1), the attempt's own @returns OK, or the outcome of an attempt that is not sent */
  admits(now: number, draw: number): number;
  /** Every guard has admitted the attempt. */
  began(): void;
  /** An attempt that began has ended. @param result as `http-status.ts` has it @param latency ns */
  ended(now: number, result: number, latency: number): void;
}

/** The guards of a policy, in the order in which they are asked; null: there are none. */
export function guardsOf({ throttling, concurrencyLimit, circuitBreaker }: ClientPolicy): Guard[] | null {
  const guards: Guard[] = [];
  if (throttling !== null) guards.push(new Throttle(throttling));
  if (concurrencyLimit !== null) guards.push(new ConcurrencyLimit(concurrencyLimit));
  if (circuitBreaker !== null) guards.push(new CircuitBreaker(circuitBreaker));
  return guards.length === 0 ? null : guards;
}
