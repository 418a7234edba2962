/** log(x) for x in [1, 2): log(centre) + log1p(r) with r = x / centre - 1, for the centre of each of 128 pieces. */
const inverse = Float64Array.from({ length: 128 }, (_, i) => 1 / (1 + (i + 0.5) / 128));
const logarithm = inverse.map((inverted) => -Math.log(inverted));
/** 2^(z - 31) for z leading zeros. */
const normal = Float64Array.from({ length: 33 }, (_, z) => 2 ** (z - 31));

/**
 * Writes -log(u) into `out[0]`, for u = (bits + 0.5) / 2^32: an exponential draw of mean 1, to 8e-15. Most draws of a simulation
 * are such, and by table they take half the time of `Math.log`, which V8 calls as a function in C.
 * @param bits any 32
 */
export function minusLog(bits: number, out: Float64Array): void {
  const zeros = Math.clz32(bits);
  const piece = (((bits << zeros) | (1 << (zeros - 1))) >>> 24) & 127;
  const r = ((bits >>> 0) + 0.5) * normal[zeros]! * inverse[piece]! - 1; // |r| < 2^-8
  const square = r * r;
  const log1p = r + square * ((1 / 3) * r - 1 / 2 + square * ((1 / 5) * r - 1 / 4 - (1 / 6) * square));
  out[0] = (zeros + 1) * Math.LN2 - logarithm[piece]! - log1p;
}
