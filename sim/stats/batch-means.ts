import { type Interval, meanInterval } from './student-t.ts';

/**
 * Batch means of a correlated sequence, with bounded memory: batches are of one size, and when there are twice as many as wanted, neighbours
 * are joined and the size doubles. The means of long batches are nearly independent, so Student's t gives an interval.
 * @source L. W. Schmeiser, Batch size effects in the analysis of simulation output, Operations Research 30, 1982
 */
export class BatchMeans {
  readonly #batches: number;
  #sums: Float64Array; // of complete batches
  #complete = 0;
  #size = 1;
  #open = new Float64Array(1); // sum of the batch that fills
  #inOpen = 0;

  /** @param batches even; between this and twice as many are kept; default 32 */
  constructor(batches = 32) {
    if (!Number.isInteger(batches) || batches < 2 || batches % 2 > 0) {
      throw new RangeError(`the number of batches is even and at least 2, not ${batches}`);
    }
    this.#batches = batches;
    this.#sums = new Float64Array(2 * batches);
  }

  /** Observations in a batch. */
  get batchSize(): number {
    return this.#size;
  }

  /** Means of the complete batches, in order. */
  get means(): number[] {
    return Array.from(this.#sums.subarray(0, this.#complete), (sum) => sum / this.#size);
  }

  record(value: number): void {
    this.#open[0] = this.#open[0]! + value;
    if (++this.#inOpen < this.#size) return;
    this.#sums[this.#complete++] = this.#open[0]!;
    this.#open[0] = 0;
    this.#inOpen = 0;
    if (this.#complete < 2 * this.#batches) return;
    for (let i = 0; i < this.#batches; i++) this.#sums[i] = this.#sums[2 * i]! + this.#sums[2 * i + 1]!;
    this.#complete = this.#batches;
    this.#size *= 2;
  }

  /**
   * Confidence interval of the mean over the complete batches; the observations of the batch that fills are left out.
   * Too narrow while a batch is not much longer than the correlation: see `lagOne`.
   */
  interval(confidence = 0.95): Interval {
    return meanInterval(this.means, confidence);
  }

  /** Correlation of neighbouring batch means; above about 0.3 the batches are too short to be believed. */
  lagOne(): number {
    const means = this.means;
    const mean = means.reduce((sum, x) => sum + x, 0) / means.length;
    let [joint, square] = [0, 0];
    means.forEach((x, i) => {
      square += (x - mean) ** 2;
      if (i > 0) joint += (x - mean) * (means[i - 1]! - mean);
    });
    return square > 0 ? joint / square : 0;
  }
}
