import { EngineError } from '../errors.ts';
import type { Arrivals } from './arrivals.ts';

/** Arrivals at given times, such as those of an access log. */
export class ReplayArrivals implements Arrivals {
  readonly #times: Float64Array;
  #next = 0;

  /** @param times ns, integers, at least 0, in order; several at one instant are allowed */
  constructor(times: ArrayLike<number>) {
    this.#times = Float64Array.from(times);
    for (let i = 0; i < this.#times.length; i++) {
      const [time, before] = [this.#times[i]!, this.#times[i - 1] ?? 0];
      if (!Number.isSafeInteger(time) || time < before) {
        throw new EngineError('parameter', `arrival ${i} of a replay is at ${time} ns, after one at ${before} ns`);
      }
    }
  }

  next(due: Float64Array): boolean {
    if (this.#next === this.#times.length) return false;
    due[0] = this.#times[this.#next++]!;
    return true;
  }
}
