import type { Backoff, Retries } from '../input/scenario.ts';
import {
  CONNECT_TIMEOUT,
  DNS_FAILURE,
  HTTP_ERROR,
  POOL_TIMEOUT,
  REFUSED,
  REQUEST_TIMEOUT,
  RESET,
  UNREACHABLE,
} from '../trace/outcomes.ts';

/** Is an attempt that ended so tried again under this policy? */
export function retryable(retries: Retries, outcome: number): boolean {
  switch (outcome) {
    case REFUSED:
    case RESET:
    case UNREACHABLE:
    case CONNECT_TIMEOUT:
    case DNS_FAILURE:
      return retries.on.includes('connect');
    case REQUEST_TIMEOUT:
    case POOL_TIMEOUT:
      return retries.on.includes('timeout');
    case HTTP_ERROR:
      return retries.on.includes('serverError');
    default:
      return false;
  }
}

/**
 * The pause before the next attempt, ns: capped exponential, min(max, base x factor^(attempt-1)), with jitter.
 * @param attempt the one that failed; the first is 1
 * @param u uniform in (0, 1)
 * @source aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter (full: 0 to the value; equal: half to all of it)
 */
export function retryDelay(backoff: Backoff, attempt: number, u: number): number {
  const whole = Math.min(backoff.max, backoff.base * backoff.factor ** (attempt - 1));
  if (backoff.jitter === 'full') return Math.round(whole * u);
  if (backoff.jitter === 'equal') return Math.round((whole * (1 + u)) / 2);
  return Math.round(whole);
}
