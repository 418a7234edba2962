import type { CircuitBreaker as Policy } from '../../input/client-policy.ts';
import { CIRCUIT_OPEN, OK } from '../../trace/outcomes.ts';
import type { Guard } from './guard.ts';
import { isFault } from './http-status.ts';

/**
 * Closed, it lets everything through and counts; open, nothing, for `openFor`; then half-open, so many probes: one that
 * fails opens it again, and when all have succeeded it closes.
 * @source resilience4j.readme.io/docs/circuitbreaker (count-based window); for failures in a row: Polly, Envoy
 * @simplifies resilience4j judges half-open probes by the rate, when all are back
 */
export class CircuitBreaker implements Guard {
  readonly #policy: Policy;
  /** 1 where an attempt failed; a ring. */
  readonly #ring: Uint8Array;
  #counted = 0;
  #failures = 0;
  #inRow = 0;
  /** Of the last time that it opened, ns. */
  #opensUntil = Number.NEGATIVE_INFINITY;
  /** Half-open: probes that may still be sent, and that have to come back well; -1: it is closed. */
  #probesLeft = -1;
  #probesToSucceed = 0;

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#ring = new Uint8Array(policy.window);
  }

  get isClosed(): boolean {
    return this.#probesLeft < 0;
  }

  admits(now: number): number {
    if (this.isClosed) return OK;
    return now >= this.#opensUntil && this.#probesLeft > 0 ? OK : CIRCUIT_OPEN;
  }

  began(): void {
    if (!this.isClosed) this.#probesLeft--;
  }

  ended(now: number, result: number): void {
    const failed = isFault(result);
    if (!this.isClosed) return this.#probed(now, failed);
    this.#inRow = failed ? this.#inRow + 1 : 0;
    const { consecutive, errorRate, window, minimum } = this.#policy;
    const place = this.#counted++ % window;
    this.#failures += (failed ? 1 : 0) - this.#ring[place]!;
    this.#ring[place] = failed ? 1 : 0;
    const counted = Math.min(this.#counted, window);
    if (consecutive === null) {
      if (counted >= minimum && this.#failures >= errorRate * counted) this.#open(now);
    } else if (this.#inRow >= consecutive) this.#open(now);
  }

  /** What was sent before it opened comes back too; while it is open that tells nothing. */
  #probed(now: number, failed: boolean): void {
    if (now < this.#opensUntil) return;
    if (failed) this.#open(now);
    else if (--this.#probesToSucceed === 0) this.#close();
  }

  #open(now: number): void {
    this.#opensUntil = now + this.#policy.openFor;
    this.#probesLeft = this.#policy.probes;
    this.#probesToSucceed = this.#policy.probes;
  }

  #close(): void {
    this.#probesLeft = -1;
    this.#counted = 0;
    this.#failures = 0;
    this.#inRow = 0;
    this.#ring.fill(0);
  }
}
