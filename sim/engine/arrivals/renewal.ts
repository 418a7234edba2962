import { EngineError } from '../errors.ts';
import type { Stream } from '../random.ts';
import type { Sampler } from '../samplers/sampler.ts';
import type { Arrivals } from './arrivals.ts';

/** Arrivals with independent gaps of any distribution; a `Deterministic` one makes a metronome. Gaps are whole ns. */
export class RenewalArrivals implements Arrivals {
  readonly #stream: Stream;
  readonly #gap: Sampler;
  readonly #now = new Float64Array(1);

  /** @param gap with a mean above 0 @param start ns; the first arrival comes one gap later; default 0 */
  constructor(stream: Stream, gap: Sampler, start = 0) {
    if (!(gap.mean > 0)) throw new EngineError('parameter', 'gaps of mean 0 never let time pass');
    this.#stream = stream;
    this.#gap = gap;
    this.#now[0] = start;
  }

  next(due: Float64Array): boolean {
    this.#gap.draw(this.#stream.bits());
    this.#now[0] = this.#now[0]! + this.#gap.out[0]!;
    due[0] = this.#now[0];
    return true;
  }
}
