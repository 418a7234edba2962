import { CANCELLED, HTTP_ERROR, OK } from '../../trace/outcomes.ts';

/*
 * The result of an attempt in one number: its outcome, and above it, of an answer that is an error, the status.
 */

/** An answer with an error status. */
export function httpError(status: number): number {
  return HTTP_ERROR + (status << 8);
}

export function outcomeOf(result: number): number {
  return result & 0xff;
}

/** 0: it has none. */
export function statusOf(result: number): number {
  return result >>> 8;
}

export const INTERNAL_ERROR = httpError(500);
export const UNAVAILABLE = httpError(503);
export const NOT_FOUND = httpError(404);
export const TOO_MANY_REQUESTS = httpError(429);

/** Did the other end say that it has too much to do? */
export function isRefusal(result: number): boolean {
  return result === UNAVAILABLE || result === TOO_MANY_REQUESTS;
}

/** Did the other end fail, as far as a client that counts failures can tell? A 4xx is the caller's own fault; a 429 is not. */
export function isFault(result: number): boolean {
  const outcome = outcomeOf(result);
  if (outcome === OK || outcome === CANCELLED) return false;
  const status = statusOf(result);
  return status === 0 || status >= 500 || status === 429;
}
