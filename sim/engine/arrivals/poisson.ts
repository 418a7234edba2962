import { EngineError } from '../errors.ts';
import { minusLog } from '../logarithm.ts';
import type { Stream } from '../random.ts';
import { notNegative } from '../samplers/sampler.ts';
import type { Arrivals } from './arrivals.ts';

/** A point of a rate curve: from here the rate runs in a straight line to the next point; two points at one time are a jump. */
export interface RatePoint {
  /** ns, not before the point before. */
  readonly at: number;
  /** Arrivals per second, at least 0. */
  readonly ratePerSecond: number;
}

/**
 * Poisson arrivals whose rate follows straight lines between points, and is constant before the first and after the last
 * point: exact, by inversion of the integrated rate, one draw an arrival. A single point is a constant rate.
 */
export class PoissonArrivals implements Arrivals {
  readonly #stream: Stream;
  readonly #at: Float64Array; // start of each piece, ns; the last piece never ends
  readonly #rate: Float64Array; // at its start, per ns
  readonly #slope: Float64Array; // per ns²
  readonly #now = new Float64Array(1); // the last arrival, with fractions of a ns
  readonly #draw = new Float64Array(1);
  #piece = 0;

  /** @param points at least one, in order of time @param start ns, no arrival before; default 0 */
  constructor(stream: Stream, points: readonly RatePoint[], start = 0) {
    if (points.length === 0) throw new EngineError('parameter', 'a rate curve needs at least one point');
    const first = { at: Math.min(start, points[0]!.at), ratePerSecond: points[0]!.ratePerSecond };
    const all = [first, ...points];
    this.#stream = stream;
    this.#at = Float64Array.from(all, (point) => point.at);
    this.#rate = Float64Array.from(all, (point) => notNegative('rate', point.ratePerSecond) / 1e9);
    this.#slope = this.#rate.map((rate, i) => {
      const length = (this.#at[i + 1] ?? Infinity) - this.#at[i]!;
      if (!(length >= 0))
        throw new EngineError('parameter', `points of a rate curve come in order of time: ${all[i + 1]?.at}`);
      return length > 0 && length < Infinity ? (this.#rate[i + 1]! - rate) / length : 0;
    });
    this.#now[0] = start;
  }

  next(due: Float64Array): boolean {
    minusLog(this.#stream.bits(), this.#draw);
    let wanted = this.#draw[0]!; // integrated rate up to the next arrival
    for (;;) {
      const piece = this.#piece;
      const now = this.#now[0]!;
      const slope = this.#slope[piece]!;
      const rate = this.#rate[piece]! + slope * (now - this.#at[piece]!);
      const last = piece === this.#at.length - 1;
      const left = last ? Infinity : this.#at[piece + 1]! - now;
      const within = last ? (rate > 0 ? Infinity : 0) : left * (rate + 0.5 * slope * left);
      if (wanted < within) {
        // root of rate x + slope x² / 2 = wanted, in the form that does not cancel; with a constant rate the same number, sooner
        const sum = slope === 0 ? 2 * rate : rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * wanted));
        const next = now + (2 * wanted) / sum;
        this.#now[0] = next;
        due[0] = Math.round(next);
        return true;
      }
      if (last) return false;
      wanted -= Math.max(0, within);
      this.#now[0] = Math.max(now, this.#at[piece + 1]!);
      this.#piece++;
    }
  }
}
