import { EngineError } from '../errors.ts';
import { notNegative, Sampler } from './sampler.ts';

/** Finitely many values with given weights; a draw takes constant time on average, whatever their number. */
export class Discrete extends Sampler {
  readonly mean: number;
  readonly variance: number;
  readonly #values: Float64Array;
  readonly #cumulative: Float64Array; // P(X <= values[i]); the last is 1
  readonly #guide: Uint32Array; // guide[j]: the first value whose cumulative probability is above j / guide.length

  /**
   * @param values ns or any whole numbers, at least 0, in any order
   * @param weights one for each, at least 0, scaled to sum 1; default: all the same
   */
  constructor(values: ArrayLike<number>, weights?: ArrayLike<number>) {
    super();
    const count = values.length;
    if (count === 0 || (weights !== undefined && weights.length !== count)) {
      throw new EngineError('parameter', `${count} values with ${weights?.length ?? 'equal'} weights`);
    }
    const order = Uint32Array.from({ length: count }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
    this.#values = Float64Array.from(order, (i) => notNegative('value', values[i]!));
    const weight = Float64Array.from(order, (i) => notNegative('weight', weights?.[i] ?? 1));
    const total = weight.reduce((sum, w) => sum + w, 0);
    if (total === 0) throw new EngineError('parameter', 'all weights are 0');

    let [below, mean, square] = [0, 0, 0];
    this.#cumulative = weight.map((w, i) => {
      below += w;
      mean += (w / total) * this.#values[i]!;
      square += (w / total) * this.#values[i]! ** 2;
      return below / total;
    });
    this.#cumulative[count - 1] = 1;
    this.mean = mean;
    this.variance = Math.max(0, square - mean ** 2);
    this.#guide = new Uint32Array(count);
    for (let i = 0, j = 0; j < count; j++) {
      while (this.#cumulative[i]! <= j / count) i++;
      this.#guide[j] = i;
    }
  }

  override invert(register: Float64Array): void {
    const u = register[0]!;
    const cumulative = this.#cumulative;
    let i = this.#guide[Math.floor(u * this.#guide.length)]!;
    while (cumulative[i]! < u) i++;
    register[0] = this.#values[i]!;
  }
}

/** Ranks 1 to `count` with P(k) proportional to k^-exponent. @param count at least 1 @param exponent at least 0; 0 is uniform */
export function zipf(count: number, exponent: number): Discrete {
  if (!Number.isInteger(count) || count < 1) {
    throw new EngineError('parameter', `a Zipf has a whole number of ranks, at least 1, not ${count}`);
  }
  notNegative('exponent', exponent);
  const ranks = Float64Array.from({ length: count }, (_, i) => i + 1);
  return new Discrete(
    ranks,
    ranks.map((k) => k ** -exponent),
  );
}
