/** Counts by time bucket: how many happened in each second (or whatever the width is). Grows with the run, a double a bucket. */
export class Rates {
  /** ns, of each bucket. */
  readonly width: number;
  readonly #clock: Float64Array;
  #counts = new Float64Array(64);
  #used = 0;

  /** @param clock [0] is now, ns @param width ns, a whole number above 0 */
  constructor(clock: Float64Array, width: number) {
    if (!Number.isSafeInteger(width) || width <= 0)
      throw new RangeError(`a bucket is a whole number of ns wide, not ${width}`);
    this.#clock = clock;
    this.width = width;
  }

  /** Counts `count` more, now; default 1. */
  record(count = 1): void {
    const bucket = Math.floor(this.#clock[0]! / this.width);
    if (bucket >= this.#counts.length) {
      const counts = new Float64Array(Math.max(bucket + 1, 2 * this.#counts.length));
      counts.set(this.#counts);
      this.#counts = counts;
    }
    if (bucket >= this.#used) this.#used = bucket + 1;
    this.#counts[bucket] = this.#counts[bucket]! + count;
  }

  /** Count of each bucket from time 0 to the last that has any. */
  get counts(): readonly number[] {
    return Array.from(this.#counts.subarray(0, this.#used));
  }

  /** The same per second. */
  get perSecond(): readonly number[] {
    return this.counts.map((count) => (count * 1e9) / this.width);
  }

  /** Adds the counts of another of the same width. */
  merge(other: Rates): void {
    if (other.width !== this.width) throw new RangeError(`buckets of ${this.width} and ${other.width} ns do not merge`);
    if (other.#used > this.#counts.length) {
      const counts = new Float64Array(other.#used);
      counts.set(this.#counts);
      this.#counts = counts;
    }
    for (let i = 0; i < other.#used; i++) this.#counts[i] = this.#counts[i]! + other.#counts[i]!;
    this.#used = Math.max(this.#used, other.#used);
  }
}
