/**
 * Log-linear bins for times: 16 to an octave, so a bin is at most 1/16 (6.25 %) of its lower edge wide. Integers
 * below 32 have a bin of their own. All counts are integers, so histograms merge exactly, in any order.
 */
const BINS_PER_OCTAVE = 16;

/** Enough bins for every integer below 2^53: 16 exact ones, then 49 octaves. */
export const BIN_COUNT = BINS_PER_OCTAVE * 50;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer); // little-endian, as every machine that runs JavaScript today

/**
 * @param value an integer, 0 ≤ value < 2^53 (ns)
 * @returns the bin that holds it, 0 ≤ bin < BIN_COUNT
 */
export function binOf(value: number): number {
  if (value < BINS_PER_OCTAVE) return value > 0 ? value | 0 : 0;
  double[0] = value;
  // the exponent of the double is the octave, its four highest mantissa bits the place in it
  return (words[1]! >>> 16) - ((1023 + 3) << 4);
}

/** The smallest value in the bin. */
export function binFloor(bin: number): number {
  if (bin < BINS_PER_OCTAVE) return bin;
  return (BINS_PER_OCTAVE + (bin % BINS_PER_OCTAVE)) * 2 ** (Math.floor(bin / BINS_PER_OCTAVE) - 1);
}

/** The value that stands for the bin: its middle, rounded down; off by at most 1/32 (3.2 %). */
export function binMiddle(bin: number): number {
  return Math.floor((binFloor(bin) + binFloor(bin + 1) - 1) / 2);
}

/**
 * The nearest-rank quantile of counted bins.
 * @param counts by bin
 * @param q 0 < q ≤ 1; 0.99 for p99
 * @returns the middle of the bin that holds it (ns); NaN when nothing was counted
 */
export function binQuantile(counts: ArrayLike<number>, q: number): number {
  let total = 0;
  for (let bin = 0; bin < counts.length; bin++) total += counts[bin]!;
  if (total === 0) return Number.NaN;
  const rank = Math.max(1, Math.ceil(q * total));
  let seen = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    seen += counts[bin]!;
    if (seen >= rank) return binMiddle(bin);
  }
  return Number.NaN;
}
