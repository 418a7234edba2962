import { logGamma } from '../engine/samplers/gamma-function.ts';

/** A mean with the half-width of its confidence interval: the true mean lies within mean ± halfWidth in `confidence` of all runs. */
export interface Interval {
  readonly mean: number;
  readonly halfWidth: number;
  /** From 0 to 1. */
  readonly confidence: number;
  /** Independent observations behind it. */
  readonly count: number;
}

/**
 * Confidence interval of a mean, from observations that are independent and nearly normal (replications, batch means).
 * @param confidence default 0.95 @returns an infinite half-width below two observations
 */
export function meanInterval(values: readonly number[], confidence = 0.95): Interval {
  const count = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / count;
  if (count < 2) return { mean, halfWidth: Infinity, confidence, count };
  const halfWidth = studentT(1 - (1 - confidence) / 2, count - 1) * Math.sqrt(sampleVariance(values, mean) / count);
  return { mean, halfWidth, confidence, count };
}

/** Around the mean of the values, or around another centre, as of independent observations. @param values at least two */
export function sampleVariance(
  values: readonly number[],
  centre = values.reduce((sum, x) => sum + x, 0) / values.length,
): number {
  return values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (values.length - 1);
}

/**
 * Quantile of Student's t distribution, with a relative error below 1e-10.
 * @param p from 0 to 1 @param df degrees of freedom, above 0
 */
export function studentT(p: number, df: number): number {
  if (!(p > 0 && p < 1 && df > 0)) throw new RangeError(`no t quantile for p = ${p}, df = ${df}`);
  if (p < 0.5) return -studentT(1 - p, df);
  let [low, high] = [0, 1];
  while (studentTail(high, df) > 1 - p) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, df) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(T > t) of Student's t distribution. @param t at least 0 @param df degrees of freedom, above 0 */
export function studentTail(t: number, df: number): number {
  return incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2;
}

/** Regularised incomplete beta function. @source continued fraction, Abramowitz & Stegun 26.5.8, evaluated after Lentz */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * h;
}
