import type { ConcurrencyLimit as Policy } from '../../input/client-policy.ts';
import { BUDGET_EXHAUSTED, OK } from '../../trace/outcomes.ts';
import type { Guard } from './guard.ts';
import { isFault, outcomeOf } from './http-status.ts';

/** Share of a new estimate in the limit. */
const SMOOTHING = 0.2;
/** Attempts over which the long-run latency is averaged. */
const LONG_WINDOW = 600;
/** Latency of late may be so many times that of the long run before the limit falls. */
const TOLERANCE = 1.5;
/** Requests that may queue at the other end. */
const QUEUE = 4;

/**
 * How many requests may be under way, learnt from what comes back. `aimd`: after a fault, or an answer that took longer than
 * `timeout`, times `backoffRatio`; else, when at least half of it is used, one more. `gradient`: times the ratio of long-run to
 * recent latency, between a half and 1, and room for a short queue, smoothed.
 * @source github.com/Netflix/concurrency-limits, AIMDLimit and Gradient2Limit with their defaults
 */
export class ConcurrencyLimit implements Guard {
  readonly #policy: Policy;
  #limit: number;
  #underWay = 0;
  /** ns; 0: none yet. */
  #longRun = 0;

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#limit = policy.initial;
  }

  /** Requests that may be under way now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  admits(): number {
    return this.#underWay < this.limit ? OK : BUDGET_EXHAUSTED;
  }

  began(): void {
    this.#underWay++;
  }

  ended(_now: number, result: number, latency: number): void {
    const underWay = this.#underWay--;
    const { algorithm, min, max } = this.#policy;
    const limit =
      algorithm === 'aimd' ? this.#byRule(underWay, result, latency) : this.#byGradient(underWay, result, latency);
    this.#limit = Math.max(min, Math.min(max, limit));
  }

  #byRule(underWay: number, result: number, latency: number): number {
    const { backoffRatio, timeout } = this.#policy;
    if (isFault(result) || latency > timeout) return this.#limit * backoffRatio;
    return underWay * 2 >= this.#limit ? this.#limit + 1 : this.#limit;
  }

  /** An attempt without an answer tells no latency. */
  #byGradient(underWay: number, result: number, latency: number): number {
    if (outcomeOf(result) !== OK) return this.#limit;
    if (this.#longRun === 0) this.#longRun = latency;
    else this.#longRun += (latency - this.#longRun) * (2 / (LONG_WINDOW + 1));
    // After an overload the long run is far above what comes now: let it fall faster.
    if (this.#longRun > 2 * latency) this.#longRun *= 0.95;
    if (underWay < this.#limit / 2) return this.#limit;
    const gradient = Math.max(0.5, Math.min(1, (TOLERANCE * this.#longRun) / latency));
    return this.#limit * (1 - SMOOTHING) + (this.#limit * gradient + QUEUE) * SMOOTHING;
  }
}
