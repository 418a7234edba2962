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
}
