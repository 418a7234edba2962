import { minusLog } from '../logarithm.ts';
import { positive, Sampler } from './sampler.ts';

/** Exponential: memoryless, coefficient of variation 1. */
export class Exponential extends Sampler {
  readonly mean: number;
  readonly variance: number;

  /** @param mean ns, above 0 */
  constructor(mean: number) {
    super();
    this.mean = positive('mean', mean);
    this.variance = mean * mean;
  }

  override invert(register: Float64Array): void {
    register[0] = -this.mean * Math.log(1 - register[0]!);
  }

  /** The quantile as `invert` has it, to 8e-15 of the mean. */
  override draw(hash: number): void {
    const { out } = this;
    minusLog(~hash, out); // ~hash: 1 - u
    out[0] = Math.min(Math.round(this.mean * out[0]!), 0xfffffffffffff);
  }
}
