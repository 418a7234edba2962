import { notNegative, Sampler } from './sampler.ts';

/** Always the same value. */
export class Deterministic extends Sampler {
  readonly mean: number;
  readonly variance = 0;

  /** @param value ns, at least 0 */
  constructor(value: number) {
    super();
    this.mean = notNegative('value', value);
  }

  override invert(register: Float64Array): void {
    register[0] = this.mean;
  }
}
