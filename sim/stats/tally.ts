import { ExactSum } from './exact-sum.ts';

/** A tally as plain JSON; equal tallies give equal objects. `min` and `max` are 0 without any values. */
export interface TallyData {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** Limbs of the exact sums: see `ExactSum`. */
  readonly sum: readonly number[];
  readonly squares: readonly number[];
}

/**
 * Count, mean, variance, minimum and maximum of integers in [0, 2^52) (ns), from exact sums: merging gives the same bytes in any
 * order and grouping, and nothing is lost to cancellation.
 */
export class Tally {
  readonly #sum = new ExactSum();
  readonly #squares = new ExactSum();
  #facts = new Float64Array([0, Infinity, -Infinity]); // count, minimum, maximum

  /** @throws RangeError unless the value is an integer in [0, 2^52) */
  record(value: number): void {
    if (!(value >= 0 && value < 0x10000000000000 && Math.floor(value) === value)) refuse(value);
    const facts = this.#facts;
    facts[0] = facts[0]! + 1;
    if (value < facts[1]!) facts[1] = value;
    if (value > facts[2]!) facts[2] = value;
    this.#sum.add(value);
    this.#squares.addSquare(value);
  }

  get count(): number {
    return this.#facts[0]!;
  }

  /** NaN without any values, as are min and max. */
  get mean(): number {
    return this.#sum.value() / this.count;
  }

  get min(): number {
    return this.count === 0 ? Number.NaN : this.#facts[1]!;
  }

  get max(): number {
    return this.count === 0 ? Number.NaN : this.#facts[2]!;
  }

  /** Sample variance (divisor count - 1), correct to double precision however large the mean; NaN below two values. */
  get variance(): number {
    const n = BigInt(this.count);
    if (n < 2n) return Number.NaN;
    return Number(n * this.#squares.exact() - this.#sum.exact() ** 2n) / this.count / (this.count - 1);
  }

  get deviation(): number {
    return Math.sqrt(this.variance);
  }

  merge(other: Tally): void {
    this.#sum.merge(other.#sum);
    this.#squares.merge(other.#squares);
    this.#facts[0] = this.count + other.count;
    this.#facts[1] = Math.min(this.#facts[1]!, other.#facts[1]!);
    this.#facts[2] = Math.max(this.#facts[2]!, other.#facts[2]!);
  }

  toData(): TallyData {
    const [min, max] = this.count === 0 ? [0, 0] : [this.min, this.max];
    return { count: this.count, min, max, sum: [...this.#sum.limbs], squares: [...this.#squares.limbs] };
  }

  static fromData(data: TallyData): Tally {
    const tally = new Tally();
    if (data.count === 0) return tally;
    tally.#facts.set([data.count, data.min, data.max]);
    tally.#sum.limbs.set(data.sum);
    tally.#squares.limbs.set(data.squares);
    return tally;
  }
}

function refuse(value: number): never {
  throw new RangeError(`a tally takes integers from 0 to 2^52, not ${value}`);
}
