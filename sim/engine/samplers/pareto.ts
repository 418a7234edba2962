import { EngineError } from '../errors.ts';
import { positive, Sampler } from './sampler.ts';

/** Pareto: a power-law tail, P(X > x) = (minimum / x)^shape; with a maximum, the same law cut off there (bounded Pareto). */
export class Pareto extends Sampler {
  readonly mean: number;
  readonly variance: number;
  readonly #minimum: number;
  readonly #power: number;
  readonly #kept: number;

  /**
   * @param minimum ns, above 0 @param shape above 0; the mean is infinite up to 1 and the variance up to 2, unless bounded
   * @param maximum ns, above `minimum`; default: unbounded
   */
  constructor(minimum: number, shape: number, maximum = Infinity) {
    super();
    positive('minimum', minimum);
    positive('shape', shape);
    if (!(maximum > minimum)) {
      throw new EngineError(
        'parameter',
        `the maximum of a Pareto must be above its minimum ${minimum}, not ${maximum}`,
      );
    }
    this.#minimum = minimum;
    this.#power = -1 / shape;
    this.#kept = 1 - (minimum / maximum) ** shape;
    this.mean = this.#moment(1, shape, maximum);
    this.variance = this.mean < Infinity ? this.#moment(2, shape, maximum) - this.mean ** 2 : Infinity;
  }

  override invert(register: Float64Array): void {
    register[0] = this.#minimum * (1 - register[0]! * this.#kept) ** this.#power;
  }

  #moment(order: number, shape: number, maximum: number): number {
    const minimum = this.#minimum;
    if (maximum === Infinity) return shape > order ? (shape * minimum ** order) / (shape - order) : Infinity;
    const scale = (shape * minimum ** order) / this.#kept;
    if (shape === order) return scale * Math.log(maximum / minimum);
    return (scale * (1 - (minimum / maximum) ** (shape - order))) / (shape - order);
  }
}
