import { EngineError } from '../errors.ts';
import { gammaAbove, gammaBelow, logGamma } from './gamma-function.ts';
import { InverseTable } from './inverse-table.ts';
import { positive, Sampler } from './sampler.ts';

/** Gamma; with a whole shape k it is Erlang, the sum of k exponentials. Drawn from a table: see `InverseTable` for its error. */
export class Gamma extends Sampler {
  readonly mean: number;
  readonly variance: number;
  readonly #scale: number;
  readonly #table: InverseTable;

  /** @param mean ns, above 0 @param shape 0.05 to 10,000; the squared coefficient of variation is 1 / shape */
  constructor(mean: number, shape: number) {
    super();
    if (!(shape >= 0.05 && shape <= 10_000)) {
      throw new EngineError('parameter', `the shape of a gamma is 0.05 to 10000, not ${shape}`);
    }
    this.mean = positive('mean', mean);
    this.variance = mean ** 2 / shape;
    this.#scale = mean / shape;
    const norm = logGamma(shape);
    this.#table = new InverseTable({
      start: shape,
      density: (x) => Math.exp((shape - 1) * Math.log(x) - x - norm),
      below: (x) => gammaBelow(shape, x),
      above: (x) => gammaAbove(shape, x),
    });
  }

  /** The sum of `stages` exponentials of the same mean. @param mean ns, of the sum @param stages a whole number, at least 1 */
  static erlang(mean: number, stages: number): Gamma {
    if (!Number.isInteger(stages) || stages < 1) {
      throw new EngineError('parameter', `an Erlang has a whole number of stages, at least 1, not ${stages}`);
    }
    return new Gamma(mean, stages);
  }

  override invert(register: Float64Array): void {
    this.#table.invert(register);
    register[0] = this.#scale * register[0]!;
  }
}
