import type { Backoff, RetryCondition } from '../../input/client-policy.ts';
import {
  CONNECT_TIMEOUT,
  DNS_FAILURE,
  HTTP_ERROR,
  POOL_TIMEOUT,
  REFUSED,
  REQUEST_TIMEOUT,
  RESET,
  UNREACHABLE,
} from '../../trace/outcomes.ts';
import { outcomeOf, statusOf } from './http-status.ts';

const OUTCOMES_OF: Record<Exclude<RetryCondition, number | 'serverError'>, readonly number[]> = {
  connect: [REFUSED, RESET, UNREACHABLE, CONNECT_TIMEOUT, DNS_FAILURE],
  timeout: [REQUEST_TIMEOUT, POOL_TIMEOUT],
  refused: [REFUSED],
  reset: [RESET],
  unreachable: [UNREACHABLE],
  connectTimeout: [CONNECT_TIMEOUT],
  requestTimeout: [REQUEST_TIMEOUT],
  poolTimeout: [POOL_TIMEOUT],
  dnsFailure: [DNS_FAILURE],
};

/** After which ends of an attempt a policy tries again, in a form that is quick to ask. */
export class RetryConditions {
  /** A bit for each outcome other than an error answer. */
  readonly #outcomes: number;
  readonly #isServerError: boolean;
  readonly #statuses: readonly number[];

  constructor(on: readonly RetryCondition[]) {
    const groups = on.flatMap((each) => (typeof each === 'string' && each !== 'serverError' ? OUTCOMES_OF[each] : []));
    this.#outcomes = groups.reduce((bits, outcome) => bits | (1 << outcome), 0);
    this.#isServerError = on.includes('serverError');
    this.#statuses = on.filter((each) => typeof each === 'number');
  }

  /** @param result of the attempt, as `http-status.ts` has it */
  include(result: number): boolean {
    const outcome = outcomeOf(result);
    if (outcome !== HTTP_ERROR) return ((this.#outcomes >>> outcome) & 1) === 1;
    const status = statusOf(result);
    return (this.#isServerError && status >= 500) || this.#statuses.includes(status);
  }
}

/**
 * The pause before the next attempt, ns: capped exponential, min(max, base x factor^(attempt-1)), with jitter; or decorrelated,
 * min(max, uniform from base to 3 x the last pause), the first of which is `base`. Exponential: min(max, an exponential time) with that mean.
 * @param attempt the one that failed; the first is 1
 * @param draw uniform in (0, 1), that belongs to the attempt of the number given
 * @source aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter (full: 0 to the value; equal: half to all of it)
 */
export function retryDelay(backoff: Backoff, attempt: number, draw: (attempt: number) => number): number {
  const { base, factor, max, jitter } = backoff;
  if (jitter === 'decorrelated') {
    let pause = base;
    for (let n = 1; n <= attempt; n++) pause = Math.min(max, base + (3 * pause - base) * draw(n));
    return Math.round(pause);
  }
  const whole = Math.min(max, base * Math.min(factor ** (attempt - 1), Number.MAX_VALUE));
  if (jitter === 'full') return Math.round(whole * draw(attempt));
  if (jitter === 'equal') return Math.round((whole * (1 + draw(attempt))) / 2);
  if (jitter === 'exponential') return Math.round(Math.min(max, -whole * Math.log(draw(attempt))));
  return Math.round(whole);
}
