import { ExactSum } from './exact-sum.ts';

/** What `Histogram.toSparse` writes: plain JSON, only the buckets that hold something. */
export interface SparseHistogram {
  readonly subBucketBits: number;
  readonly min: number;
  readonly max: number;
  /** Limbs of the exact sum: see `ExactSum`. */
  readonly sum: readonly number[];
  /** Numbers of the buckets, ascending, and the count of each. */
  readonly buckets: readonly number[];
  readonly counts: readonly number[];
}

const doubleBytes = new ArrayBuffer(8);
const double = new Float64Array(doubleBytes);
const words = new Uint32Array(doubleBytes);
const high = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0; // little-endian: the second word

/**
 * Counts of non-negative integers (ns) in log-linear buckets: 2^subBucketBits to an octave, as in an HDR histogram. A
 * quantile is off by at most half a bucket, 2^-(subBucketBits + 1) of its value (0.4 % at 7 bits); count, mean,
 * minimum and maximum are exact. Histograms of the same precision merge exactly.
 *
 * The bucket is read off the bits of the double: exponent and first bits of the mantissa, in 2 to 3 ns without allocation.
 */
export class Histogram {
  readonly subBucketBits: number;
  readonly #shift: number;
  readonly #first: number; // number that the value 1 would have, less 1: bucket 0 holds the value 0
  #counts = new Float64Array(0);
  #sum = new ExactSum();
  #range = new Float64Array([Infinity, -Infinity]); // minimum, maximum
  #total = new Float64Array(1); // count: a double field of an object would be boxed

  /** @param subBucketBits 1 to 16; default 7, relative error 0.4 % */
  constructor(subBucketBits = 7) {
    if (!Number.isInteger(subBucketBits) || subBucketBits < 1 || subBucketBits > 16) {
      throw new RangeError(`subBucketBits is a whole number from 1 to 16, not ${subBucketBits}`);
    }
    this.subBucketBits = subBucketBits;
    this.#shift = 20 - subBucketBits;
    this.#first = (1023 << subBucketBits) - 1;
  }

  /** Counts one value: an integer in [0, 2^52). @throws RangeError for anything else */
  record(value: number): void {
    if (!(value >= 0 && value < 0x10000000000000)) throw new RangeError(`a histogram counts 0 to 2^52, not ${value}`);
    double[0] = value;
    const bucket = value < 1 ? 0 : (words[high]! >>> this.#shift) - this.#first;
    if (bucket >= this.#counts.length) this.#grow(bucket);
    this.#counts[bucket] = this.#counts[bucket]! + 1;
    this.#total[0] = this.#total[0]! + 1;
    this.#sum.add(value);
    const range = this.#range;
    if (value < range[0]!) range[0] = value;
    if (value > range[1]!) range[1] = value;
  }

  get count(): number {
    return this.#total[0]!;
  }

  /** Mean of the values; NaN without any. */
  get mean(): number {
    return this.#sum.value() / this.count;
  }

  /** Smallest value; NaN without any. */
  get min(): number {
    return this.count === 0 ? Number.NaN : this.#range[0]!;
  }

  /** Largest value; NaN without any. */
  get max(): number {
    return this.count === 0 ? Number.NaN : this.#range[1]!;
  }

  /**
   * The value that a share `q` of all values does not exceed: the middle of its bucket, kept within min and max.
   * @param q from 0 (minimum) to 1 (maximum) @returns ns; NaN without any values
   */
  quantile(q: number): number {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile lies between 0 and 1, not ${q}`);
    if (this.count === 0) return Number.NaN;
    if (q === 0) return this.min;
    let left = Math.max(1, Math.ceil(q * this.count - 1e-9)); // rank of the value, from 1
    if (left >= this.count) return this.max;
    let bucket = 0;
    while (left > this.#counts[bucket]!) left -= this.#counts[bucket++]!;
    const last = this.#upper(bucket) - 1; // largest integer of the bucket
    const first = Math.ceil(this.#lower(bucket));
    return Math.min(this.max, Math.max(this.min, (first + Math.max(first, last)) / 2));
  }

  /** @returns how many values were at most `value`, counting the whole bucket that it is in */
  countUpTo(value: number): number {
    let count = 0;
    for (let bucket = 0; bucket < this.#counts.length && this.#lower(bucket) <= value; bucket++)
      count += this.#counts[bucket]!;
    return count;
  }

  /** Adds the values of another histogram. @throws RangeError when its precision differs */
  merge(other: Histogram): void {
    if (other.subBucketBits !== this.subBucketBits) {
      throw new RangeError(`histograms of ${this.subBucketBits} and ${other.subBucketBits} bits do not merge`);
    }
    if (other.#counts.length > this.#counts.length) this.#grow(other.#counts.length - 1);
    for (let i = 0; i < other.#counts.length; i++) this.#counts[i] = this.#counts[i]! + other.#counts[i]!;
    this.#total[0] = this.#total[0]! + other.#total[0]!;
    this.#sum.merge(other.#sum);
    this.#range[0] = Math.min(this.#range[0]!, other.#range[0]!);
    this.#range[1] = Math.max(this.#range[1]!, other.#range[1]!);
  }

  /** Forgets all values; the memory is kept for the next. */
  clear(): void {
    this.#counts.fill(0);
    this.#total[0] = 0;
    this.#sum.limbs.fill(0);
    this.#range[0] = Infinity;
    this.#range[1] = -Infinity;
  }

  /** Calls `visit` for every bucket that holds something: [from, to) in ns and the count, ascending. */
  forEach(visit: (from: number, to: number, count: number) => void): void {
    this.#counts.forEach((count, bucket) => {
      if (count > 0) visit(this.#lower(bucket), this.#upper(bucket), count);
    });
  }

  /** @returns the histogram as plain JSON; equal histograms give equal objects. `min` and `max` are 0 without any values. */
  toSparse(): SparseHistogram {
    const buckets: number[] = [];
    this.#counts.forEach((count, bucket) => {
      if (count > 0) buckets.push(bucket);
    });
    return {
      subBucketBits: this.subBucketBits,
      min: this.count === 0 ? 0 : this.min,
      max: this.count === 0 ? 0 : this.max,
      sum: [...this.#sum.limbs],
      buckets,
      counts: buckets.map((bucket) => this.#counts[bucket]!),
    };
  }

  static fromSparse(sparse: SparseHistogram): Histogram {
    const histogram = new Histogram(sparse.subBucketBits);
    if (sparse.buckets.length === 0) return histogram;
    histogram.#grow(sparse.buckets.at(-1)!);
    sparse.buckets.forEach((bucket, i) => {
      histogram.#counts[bucket] = sparse.counts[i]!;
      histogram.#total[0] = histogram.#total[0]! + sparse.counts[i]!;
    });
    histogram.#sum.limbs.set(sparse.sum);
    histogram.#range.set([sparse.min, sparse.max]);
    return histogram;
  }

  /** Smallest number of a bucket (real; the integers of the bucket start at its ceiling). */
  #lower(bucket: number): number {
    if (bucket === 0) return 0;
    const sub = 1 << this.subBucketBits;
    const n = bucket - 1; // the value 1 is in bucket 1
    return 2 ** Math.floor(n / sub) * (1 + (n % sub) / sub);
  }

  #upper(bucket: number): number {
    return this.#lower(bucket + 1);
  }

  #grow(bucket: number): void {
    const counts = new Float64Array(Math.max(bucket + 1, 2 * this.#counts.length));
    counts.set(this.#counts);
    this.#counts = counts;
  }
}
