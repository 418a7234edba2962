import { EngineError } from '../errors.ts';
import { notNegative, Sampler } from './sampler.ts';

/** Uniform between two values. */
export class Uniform extends Sampler {
  readonly mean: number;
  readonly variance: number;
  readonly #from: number;
  readonly #width: number;

  /** @param from ns, at least 0 @param to ns, not below `from` */
  constructor(from: number, to: number) {
    super();
    notNegative('from', from);
    notNegative('to', to);
    if (to < from) throw new EngineError('parameter', `uniform runs from the smaller to the larger: ${from} > ${to}`);
    this.#from = from;
    this.#width = to - from;
    this.mean = (from + to) / 2;
    this.variance = (to - from) ** 2 / 12;
  }

  override invert(register: Float64Array): void {
    register[0] = this.#from + this.#width * register[0]!;
  }
}
