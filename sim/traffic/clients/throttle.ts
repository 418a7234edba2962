import type { Throttling } from '../../input/client-policy.ts';
import { BUDGET_EXHAUSTED, HTTP_ERROR, OK } from '../../trace/outcomes.ts';
import type { Guard } from './guard.ts';
import { isFault, outcomeOf } from './http-status.ts';
import { RollingCounts } from './rolling-counts.ts';

/**
 * Client-side throttling: an attempt is rejected with probability max(0, (requests - K x accepts) / (requests + 1)). Requests
 * are counted before they are sent, rejected ones too; accepted is what was answered without a 429 or a 5xx.
 * @source sre.google/sre-book/handling-overload
 */
export class Throttle implements Guard {
  readonly #multiplier: number;
  /** Requests, and accepts. */
  readonly #counts: RollingCounts;

  constructor({ multiplier, window }: Throttling) {
    this.#multiplier = multiplier;
    this.#counts = new RollingCounts(window);
  }

  admits(now: number, draw: number): number {
    const counts = this.#counts;
    counts.moveTo(now);
    const excess = (counts.first - this.#multiplier * counts.second) / (counts.first + 1);
    counts.add(1, 0);
    return draw < excess ? BUDGET_EXHAUSTED : OK;
  }

  began(): void {}

  ended(now: number, result: number): void {
    const outcome = outcomeOf(result);
    if ((outcome !== OK && outcome !== HTTP_ERROR) || isFault(result)) return;
    this.#counts.moveTo(now);
    this.#counts.add(0, 1);
  }
}
