import { type Interval, meanInterval, sampleVariance, studentT } from '../stats/student-t.ts';
import type { Constraint, RunFigures } from './metrics.ts';

/** How sure an interval is. */
export const CONFIDENCE = 0.95;

/**
 * The interval of one metric at one point: from the replications, each an independent observation; from a single run,
 * of its parts (batch means; of quantiles: sectioning).
 * @simplifies a quantile of a run is biased by the order of 1 / (requests beyond it): have some dozens of them in each run
 */
export function intervalOf(runs: readonly RunFigures[], metric: number, confidence = CONFIDENCE): Interval {
  const values = runs.map(({ values }) => values[metric]!).filter((value) => !Number.isNaN(value));
  const parts = runs.length === 1 ? runs[0]!.batches.map((part) => part[metric]!) : [];
  if (values.length === 1 && parts.length > 1 && !parts.some(Number.isNaN))
    return sectioned(values[0]!, parts, confidence);
  return meanInterval(values, confidence);
}

/** Around the figure of the whole, which is less biased than those of its parts. @source Asmussen & Glynn, Stochastic Simulation, III.5a (sectioning) */
function sectioned(whole: number, parts: readonly number[], confidence: number): Interval {
  const count = parts.length;
  const halfWidth = studentT(1 - (1 - confidence) / 2, count - 1) * Math.sqrt(sampleVariance(parts, whole) / count);
  return { mean: whole, halfWidth, confidence, count };
}

/** What is known of a constraint. */
export type Verdict = 'holds' | 'fails' | 'open';

/** @returns open while the interval holds the bound; without any figure (no request ended) it fails */
export function verdictOf({ operator, bound }: Constraint, { mean, halfWidth }: Interval): Verdict {
  if (Number.isNaN(mean)) return 'fails';
  // Without any spread (all requests good in all runs) the interval is a point.
  const [low, high] = [mean - halfWidth, mean + halfWidth];
  if (!Number.isFinite(halfWidth)) return 'open';
  switch (operator) {
    case '<':
      return high < bound ? 'holds' : low >= bound ? 'fails' : 'open';
    case '<=':
      return high <= bound ? 'holds' : low > bound ? 'fails' : 'open';
    case '>':
      return low > bound ? 'holds' : high <= bound ? 'fails' : 'open';
    case '>=':
      return low >= bound ? 'holds' : high < bound ? 'fails' : 'open';
  }
}

/** Does the mean alone keep to the constraint? For what stays open when the budget is spent. */
export function isKeptBy(mean: number, { operator, bound }: Constraint): boolean {
  switch (operator) {
    case '<':
      return mean < bound;
    case '<=':
      return mean <= bound;
    case '>':
      return mean > bound;
    case '>=':
      return mean >= bound;
  }
}

/** A difference between two points on the same arrivals. */
export interface Difference {
  readonly mean: number;
  readonly halfWidth: number;
  readonly count: number;
  readonly verdict: 'more' | 'less' | 'no difference shown';
  /** Variance of the difference of independent runs over that of these: what common random numbers save. NaN: cannot be told. */
  readonly varianceRatio: number;
}

/** Replication by replication: those of one seed meet the same requests. @returns null with fewer than two common seeds */
export function pairedDifference(
  runs: readonly RunFigures[],
  against: readonly RunFigures[],
  metric: number,
): Difference | null {
  const others = new Map(against.map((run) => [run.seed, run.values[metric]!]));
  const pairs = runs.flatMap(({ seed, values }) => {
    const other = others.get(seed);
    const own = values[metric]!;
    return other === undefined || Number.isNaN(other) || Number.isNaN(own) ? [] : [[own, other] as const];
  });
  if (pairs.length < 2) return null;
  const { mean, halfWidth, count } = meanInterval(
    pairs.map(([a, b]) => a - b),
    CONFIDENCE,
  );
  const verdict = mean - halfWidth > 0 ? 'more' : mean + halfWidth < 0 ? 'less' : 'no difference shown';
  const alone = sampleVariance(pairs.map(([a]) => a)) + sampleVariance(pairs.map(([, b]) => b));
  return { mean, halfWidth, count, verdict, varianceRatio: alone / sampleVariance(pairs.map(([a, b]) => a - b)) };
}
