import { EngineError } from '../errors.ts';

/**
 * A distribution of durations (ns) or of whole numbers, drawn by inversion of its cumulative distribution function: one
 * draw costs exactly one 32-bit number, from a stream (`stream.bits()`) or from the hash of a request, and a larger
 * number never gives a smaller draw. So two variants that share their numbers are compared draw by draw.
 *
 * Doubles stay in `Float64Array` registers, as V8 would box an argument or a result.
 * @simplifies 32 bits reach the quantiles from 2^-33 to 1 - 2^-33: an exponential draw is at most 22.9 times its mean
 */
export abstract class Sampler {
  /** Mean of the distribution, in the unit of the draws (ns). May be Infinity. */
  abstract readonly mean: number;
  /** Variance, in the unit of the draws squared (ns²). May be Infinity. */
  abstract readonly variance: number;
  /** [0] is the last draw: an integer in [0, 2^52): at most 52 days in ns. */
  readonly out = new Float64Array(1);

  /** Replaces the probability in `register[0]`, within (0, 1), by the quantile: a real number, not rounded. */
  abstract invert(register: Float64Array): void;

  /** Draws into `out[0]`, rounded to an integer. @param hash any 32 bits: a counter-based hash, or `stream.bits()` */
  draw(hash: number): void {
    const out = this.out;
    out[0] = ((hash >>> 0) + 0.5) * 2.3283064365386963e-10;
    this.invert(out);
    const value = Math.round(out[0]);
    out[0] = Math.max(0, Math.min(value, 0xfffffffffffff));
  }

  /** @param u a probability, within (0, 1) @returns the value that a draw stays below with probability u, not rounded */
  quantile(u: number): number {
    if (!(u > 0 && u < 1)) throw new EngineError('parameter', `a quantile needs a probability within (0, 1), not ${u}`);
    const register = new Float64Array([u]);
    this.invert(register);
    return register[0]!;
  }
}

/** Checks a parameter of a distribution. @throws EngineError `parameter` unless it is finite and above 0 */
export function positive(name: string, value: number): number {
  if (!(value > 0 && value < Infinity)) throw new EngineError('parameter', `${name} must be above 0, not ${value}`);
  return value;
}

/** Checks a parameter of a distribution. @throws EngineError `parameter` unless it is finite and not below 0 */
export function notNegative(name: string, value: number): number {
  if (!(value >= 0 && value < Infinity)) throw new EngineError('parameter', `${name} must be at least 0, not ${value}`);
  return value;
}
