import { BIN_COUNT, binFloor, binOf, binQuantile } from '../../sim/trace/bins.ts';
import type { Bins, Trace } from '../../sim/trace/trace.ts';

/** Rows of the heat map: four bins each, a quarter of an octave (19 %). */
const BINS_PER_ROW = 4;
/** Finer than this no heat map is kept: 65,536 × 64 rows are 16 MB. */
const MAX_COLUMNS = 65_536;
const QUANTILES = [0.5, 0.99] as const;

/** Times counted by bucket and bin, at one resolution. */
export interface LatencyLevel {
  /** Finest buckets per column. */
  readonly width: number;
  readonly columns: number;
  /** counts[column × rows + row]; row 0 has the shortest times. */
  readonly counts: Uint32Array;
  /** ns by column, NaN where nothing ended. */
  readonly p50: Float64Array;
  readonly p99: Float64Array;
}

/** Latencies of histograms added up, as a heat map and quantiles at every power-of-two resolution. */
export class Latency {
  /** Rows of each level's `counts`. */
  readonly rows: number;
  /** First bin of row 0. */
  readonly firstBin: number;
  readonly isEmpty: boolean;
  readonly #bins: Bins;
  readonly #cells: Int32Array; // rows of the bins that are these histograms', buckets ascending
  readonly #bucketCount: number;
  readonly #levels = new Map<number, LatencyLevel>();

  constructor(trace: Trace, histograms: readonly number[]) {
    this.#bucketCount = trace.bucketCount;
    const bins = trace.tables.bins;
    const wanted = new Set(histograms);
    this.#bins = bins;
    this.#cells = Int32Array.from(bins.histogram.keys()).filter((row) => wanted.has(bins.histogram[row]!));
    let [low, high] = [BIN_COUNT, 0];
    for (const row of this.#cells) {
      low = Math.min(low, bins.bin[row]!);
      high = Math.max(high, bins.bin[row]!);
    }
    this.isEmpty = this.#cells.length === 0;
    this.firstBin = this.isEmpty ? binOf(1e6) : Math.max(low, binOf(100_000)) & -BINS_PER_ROW; // all below 100 µs is one row
    this.rows = 2 + Math.ceil((Math.max(high, this.firstBin) + 1 - this.firstBin) / BINS_PER_ROW); // two more, so that the top is seen as such
  }

  /** Shortest time of a row, ns; that of row `rows` ends the scale. */
  floorOf(row: number): number {
    return binFloor(this.firstBin + row * BINS_PER_ROW);
  }

  /** The finest level that has at most 2 × `pixels` columns where there are `buckets`. */
  level(buckets: number, pixels: number): LatencyLevel {
    let width = 1;
    while (buckets / width > 2 * pixels || this.#bucketCount / width > MAX_COLUMNS) width *= 2;
    let level = this.#levels.get(width);
    if (level === undefined) {
      level = this.#build(width);
      this.#levels.set(width, level);
    }
    return level;
  }

  #build(width: number): LatencyLevel {
    const columns = Math.ceil(this.#bucketCount / width);
    const counts = new Uint32Array(columns * this.rows);
    const [p50, p99] = QUANTILES.map(() => new Float64Array(columns).fill(Number.NaN)) as [Float64Array, Float64Array];
    const column = new Uint32Array(BIN_COUNT);
    const { bucket, bin, count } = this.#bins;
    const cells = this.#cells;
    for (let i = 0; i < cells.length; ) {
      const at = Math.floor(bucket[cells[i]!]! / width);
      column.fill(0);
      for (; i < cells.length && Math.floor(bucket[cells[i]!]! / width) === at; i++) {
        const [its, n] = [bin[cells[i]!]!, count[cells[i]!]!];
        column[its] = column[its]! + n;
        const place = at * this.rows + Math.max(0, Math.floor((its - this.firstBin) / BINS_PER_ROW));
        counts[place] = counts[place]! + n;
      }
      p50[at] = binQuantile(column, QUANTILES[0]);
      p99[at] = binQuantile(column, QUANTILES[1]);
    }
    return { width, columns, counts, p50, p99 };
  }
}
