import { EngineError } from '../errors.ts';
import { invertNormal } from './normal.ts';
import { notNegative, positive, Sampler } from './sampler.ts';

/** Lognormal: the logarithm is normal. The usual shape of measured service times. */
export class Lognormal extends Sampler {
  readonly mean: number;
  readonly variance: number;
  readonly #mu: number;
  readonly #sigma: number;

  /** @param mu mean of the logarithm (of ns) @param sigma deviation of the logarithm, at least 0 */
  constructor(mu: number, sigma: number) {
    super();
    this.mean = positive('mean', Math.exp(mu + sigma ** 2 / 2));
    this.variance = this.mean ** 2 * Math.expm1(notNegative('sigma', sigma) ** 2);
    this.#mu = mu;
    this.#sigma = sigma;
  }

  /** @param mean ns, above 0 @param deviation standard deviation, ns, at least 0 */
  static byDeviation(mean: number, deviation: number): Lognormal {
    const sigma2 = Math.log1p((notNegative('deviation', deviation) / positive('mean', mean)) ** 2);
    return new Lognormal(Math.log(mean) - sigma2 / 2, Math.sqrt(sigma2));
  }

  /**
   * The lognormal with this mean and this 99th percentile; of the two that there are, the less skewed.
   * @param mean ns, above 0 @param p99 ns, from the mean to 14.97 times the mean: no lognormal has a p99 further out
   */
  static byP99(mean: number, p99: number): Lognormal {
    const z = 2.3263478740408408; // 99th percentile of the standard normal
    const logRatio = Math.log(positive('p99', p99) / positive('mean', mean)); // = z sigma - sigma^2 / 2
    if (logRatio < 0 || 2 * logRatio > z * z) {
      const range = `from the mean to ${Math.exp((z * z) / 2).toFixed(2)} times the mean`;
      throw new EngineError('parameter', `the p99 of a lognormal lies ${range}: mean ${mean}, p99 ${p99}`);
    }
    const sigma = z - Math.sqrt(z * z - 2 * logRatio);
    return new Lognormal(Math.log(mean) - sigma ** 2 / 2, sigma);
  }

  override invert(register: Float64Array): void {
    invertNormal(register);
    register[0] = Math.exp(this.#mu + this.#sigma * register[0]!);
  }
}
