import { EngineError } from '../errors.ts';
import { InverseTable } from './inverse-table.ts';
import { positive, Sampler } from './sampler.ts';

/** One branch of a hyperexponential: taken with probability `weight` (weights are scaled to sum 1), exponential of this mean (ns). */
export interface Branch {
  readonly weight: number;
  readonly mean: number;
}

/** Hyperexponential: a mixture of exponentials, coefficient of variation above 1. */
export class Hyperexponential extends Sampler {
  readonly mean: number;
  readonly variance: number;
  readonly #table: InverseTable;

  constructor(branches: readonly Branch[]) {
    super();
    if (branches.length === 0) throw new EngineError('parameter', 'a hyperexponential needs at least one branch');
    const total = branches.reduce((sum, branch) => sum + positive('weight', branch.weight), 0);
    const rows = branches.map(({ weight, mean }) => ({ p: weight / total, rate: 1 / positive('mean', mean) }));
    const sum = (term: (p: number, rate: number) => number) => rows.reduce((s, { p, rate }) => s + term(p, rate), 0);
    this.mean = sum((p, rate) => p / rate);
    this.variance = sum((p, rate) => (2 * p) / rate ** 2) - this.mean ** 2;
    this.#table = new InverseTable({
      start: this.mean,
      density: (x) => sum((p, rate) => p * rate * Math.exp(-rate * x)),
      below: (x) => sum((p, rate) => -p * Math.expm1(-rate * x)),
      above: (x) => sum((p, rate) => p * Math.exp(-rate * x)),
    });
  }

  /**
   * Two branches with balanced means (each carries half of the work).
   * @param mean ns, above 0 @param squaredVariation squared coefficient of variation, at least 1
   */
  static balanced(mean: number, squaredVariation: number): Hyperexponential {
    positive('mean', mean);
    if (!(squaredVariation >= 1 && squaredVariation < Infinity)) {
      throw new EngineError(
        'parameter',
        `the squared variation of a hyperexponential is at least 1, not ${squaredVariation}`,
      );
    }
    const p = (1 + Math.sqrt((squaredVariation - 1) / (squaredVariation + 1))) / 2;
    return new Hyperexponential([
      { weight: p, mean: mean / (2 * p) },
      { weight: 1 - p, mean: mean / (2 - 2 * p) },
    ]);
  }

  override invert(register: Float64Array): void {
    this.#table.invert(register);
  }
}
