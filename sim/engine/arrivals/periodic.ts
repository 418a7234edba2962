import { EngineError } from '../errors.ts';
import type { Stream } from '../random.ts';
import type { Arrivals } from './arrivals.ts';

/**
 * Callers that each come once in every period: all in phase (the thundering herd of a cron line) or evenly spread over it,
 * and each time up to a jitter later, drawn anew. Whole ns.
 */
export class PeriodicArrivals implements Arrivals {
  readonly #stream: Stream;
  readonly #period: number;
  readonly #phases: Float64Array;
  readonly #jitter: number;
  readonly #start: number;
  /** Of the periods drawn so far, what has not been given out: ascending. */
  #pending: Float64Array = new Float64Array(0);
  #next = 0;
  #periods = 0;

  /**
   * @param period ns, at least 1 @param callers at least 1
   * @param options `spread`: over the period, in place of all at its beginning; `jitter` ns, 0 to the period; `start` ns
   */
  constructor(
    stream: Stream,
    period: number,
    callers: number,
    options: { spread?: boolean; jitter?: number; start?: number } = {},
  ) {
    const { spread = false, jitter = 0, start = 0 } = options;
    if (!(period >= 1)) throw new EngineError('parameter', `a period is at least 1 ns, not ${period}`);
    if (!(callers >= 1)) throw new EngineError('parameter', `there is at least one caller, not ${callers}`);
    if (!(jitter >= 0 && jitter <= period))
      throw new EngineError('parameter', `a jitter is from 0 to the period of ${period} ns, not ${jitter}`);
    this.#stream = stream;
    this.#period = period;
    this.#phases = Float64Array.from({ length: callers }, (_, i) => (spread ? (i / callers) * period : 0));
    this.#jitter = jitter;
    this.#start = start;
  }

  next(due: Float64Array): boolean {
    // What one period's callers do late may come after what the next one's do early, never after the one behind that.
    while (this.#next === this.#pending.length || this.#pending[this.#next]! >= this.#startOf(this.#periods))
      this.#draw();
    due[0] = this.#pending[this.#next++]!;
    return true;
  }

  #startOf(period: number): number {
    return this.#start + Math.round(period * this.#period);
  }

  #draw(): void {
    const left = this.#pending.subarray(this.#next);
    const pending = new Float64Array(left.length + this.#phases.length);
    pending.set(left);
    const start = this.#start + this.#periods * this.#period;
    this.#phases.forEach((phase, i) => {
      const late = this.#jitter === 0 ? 0 : this.#stream.uniform() * this.#jitter;
      pending[left.length + i] = Math.round(start + phase + late);
    });
    this.#pending = pending.sort();
    this.#next = 0;
    this.#periods++;
  }
}
