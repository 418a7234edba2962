import { EngineError } from '../errors.ts';
import type { Stream } from '../random.ts';
import { positive, type Sampler } from '../samplers/sampler.ts';
import type { Arrivals } from './arrivals.ts';

/** On/off bursts: Poisson arrivals while on, none while off; both last for times of any distribution. Starts with a burst. */
export class BurstArrivals implements Arrivals {
  readonly #stream: Stream;
  readonly #rate: number; // per ns, while on
  readonly #on: Sampler;
  readonly #off: Sampler;
  readonly #now = new Float64Array(1);
  readonly #end = new Float64Array(1); // of the present burst

  /** @param ratePerSecond while on, above 0 @param on @param off lengths, ns @param start ns; default 0 */
  constructor(stream: Stream, ratePerSecond: number, on: Sampler, off: Sampler, start = 0) {
    if (!(on.mean > 0)) throw new EngineError('parameter', 'bursts of mean length 0 never bring an arrival');
    this.#stream = stream;
    this.#rate = positive('rate', ratePerSecond) / 1e9;
    this.#on = on;
    this.#off = off;
    this.#now[0] = start;
    on.draw(stream.bits());
    this.#end[0] = start + on.out[0]!;
  }

  next(due: Float64Array): boolean {
    let gap = -Math.log(this.#stream.uniform()) / this.#rate; // counted in time that is on
    while (this.#now[0]! + gap > this.#end[0]!) {
      gap -= this.#end[0]! - this.#now[0]!;
      this.#off.draw(this.#stream.bits());
      this.#now[0] = this.#end[0]! + this.#off.out[0]!;
      this.#on.draw(this.#stream.bits());
      this.#end[0] = this.#now[0]! + this.#on.out[0]!;
    }
    this.#now[0] = this.#now[0]! + gap;
    due[0] = Math.round(this.#now[0]!);
    return true;
  }
}
