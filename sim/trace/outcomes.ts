/**
 * The closed list of outcomes, exhaustive and exclusive: every attempt ends in exactly one of the first `ATTEMPT_OUTCOME_COUNT`, every
 * user request in one of the whole list. Traces hold indices into it, so a place never changes its meaning; new ones go to the end of a new major version.
 */
export const OUTCOMES = [
  'ok',
  'httpError',
  'refused',
  'reset',
  'unreachable',
  'connectTimeout',
  'requestTimeout',
  'poolTimeout',
  'dnsFailure',
  'circuitOpen',
  'budgetExhausted',
  'cancelled',
  'wrongBackend',
  'inFlight',
  'okAfterRetry',
  'abandoned',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** Outcomes below this index can end an attempt; those from it on (`okAfterRetry`, `abandoned`) only a request. */
export const ATTEMPT_OUTCOME_COUNT = 14;

export const OK = 0;
export const HTTP_ERROR = 1;
export const REFUSED = 2;
export const RESET = 3;
export const UNREACHABLE = 4;
export const CONNECT_TIMEOUT = 5;
export const REQUEST_TIMEOUT = 6;
export const POOL_TIMEOUT = 7;
export const DNS_FAILURE = 8;
/** Not sent: too much failed of late, or there was no room to wait. */
export const CIRCUIT_OPEN = 9;
/** Not sent: the client's own limit or throttling. */
export const BUDGET_EXHAUSTED = 10;
export const CANCELLED = 11;
export const WRONG_BACKEND = 12;
/** Not ended when the run did; neither a success nor a failure. */
export const IN_FLIGHT = 13;
export const OK_AFTER_RETRY = 14;
/** The user gave up waiting. */
export const ABANDONED = 15;

/** Did whoever asked get a right answer? */
export function isSuccess(outcome: number): boolean {
  return outcome === OK || outcome === OK_AFTER_RETRY;
}
