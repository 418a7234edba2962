import { EngineError } from '../errors.ts';
import { notNegative, Sampler } from './sampler.ts';

/**
 * A measured distribution, given as the buckets of a histogram: uniform within each bucket. For single observations
 * (a file of durations) take `Discrete`, which draws the observations themselves.
 */
export class Empirical extends Sampler {
  readonly mean: number;
  readonly variance: number;
  readonly #edges: Float64Array;
  readonly #cumulative: Float64Array; // probability below edges[i]

  /** @param edges ns, ascending, one more than there are buckets @param counts of the buckets, at least 0 */
  constructor(edges: ArrayLike<number>, counts: ArrayLike<number>) {
    super();
    if (counts.length === 0 || edges.length !== counts.length + 1) {
      throw new EngineError('parameter', `${counts.length} buckets need one edge more, not ${edges.length}`);
    }
    this.#edges = Float64Array.from(edges);
    this.#cumulative = new Float64Array(edges.length);
    let total = 0;
    for (let i = 0; i < counts.length; i++) total += notNegative('count', counts[i]!);
    if (total === 0) throw new EngineError('parameter', 'a histogram without a single count');

    let [seen, mean, square] = [0, 0, 0];
    for (let i = 0; i < counts.length; i++) {
      const [from, to] = [notNegative('edge', edges[i]!), notNegative('edge', edges[i + 1]!)];
      if (to < from) throw new EngineError('parameter', `edges ascend: ${from} > ${to}`);
      const p = counts[i]! / total;
      mean += (p * (from + to)) / 2;
      square += (p * (from * from + from * to + to * to)) / 3;
      seen += counts[i]!;
      this.#cumulative[i + 1] = seen / total;
    }
    this.mean = mean;
    this.variance = Math.max(0, square - mean ** 2);
  }

  override invert(register: Float64Array): void {
    const u = register[0]!;
    const cumulative = this.#cumulative;
    let low = 0; // cumulative[low] < u <= cumulative[high]
    let high = cumulative.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! < u) low = middle;
      else high = middle;
    }
    const inside = (u - cumulative[low]!) / (cumulative[high]! - cumulative[low]!);
    register[0] = this.#edges[low]! + (this.#edges[high]! - this.#edges[low]!) * inside;
  }
}
