import { logGamma } from './gamma-function.ts';
import { positive, Sampler } from './sampler.ts';

/** Weibull: P(X > x) = exp(-(x / scale)^shape). */
export class Weibull extends Sampler {
  readonly mean: number;
  readonly variance: number;
  readonly #scale: number;
  readonly #power: number;

  /** @param scale ns, above 0 @param shape above 0; 1 is exponential, below 1 has a heavier tail */
  constructor(scale: number, shape: number) {
    super();
    this.#scale = positive('scale', scale);
    this.#power = 1 / positive('shape', shape);
    this.mean = scale * Math.exp(logGamma(1 + 1 / shape));
    this.variance = scale ** 2 * Math.exp(logGamma(1 + 2 / shape)) - this.mean ** 2;
  }

  override invert(register: Float64Array): void {
    register[0] = this.#scale * (-Math.log(1 - register[0]!)) ** this.#power;
  }
}
