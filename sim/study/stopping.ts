import { intervalOf, verdictOf } from './estimate.ts';
import type { RunFigures } from './metrics.ts';
import { metricNumber, type Questions } from './plan.ts';

/** How many replications a point gets. */
export interface Replications {
  readonly min: number;
  readonly max: number;
  /** Half-width over mean, of every metric, at which there are enough; null: as many as `max`. */
  readonly precision: number | null;
}

export type StoppedBy = 'fixed' | 'precision' | 'decision' | 'budget';

/** Of each look whether a constraint holds: it errs in one of a hundred; there are a few looks at a few points. */
export const DECISION_CONFIDENCE = 0.99;

/**
 * After how many replications a point is looked at: at `min`, and then at half as many more each time. So where it stops depends
 * on its runs alone, and not on threads; few looks keep the intervals honest.
 */
export function checkpoints({ min, max }: Replications): number[] {
  const counts: number[] = [];
  for (let n = Math.min(min, max); ; n = Math.min(max, Math.ceil(n * 1.5))) {
    counts.push(n);
    if (n >= max) return counts;
  }
}

/** Are all metrics known to the precision that was asked for? */
export function isPrecise(runs: readonly RunFigures[], metrics: number, precision: number): boolean {
  for (let i = 0; i < metrics; i++) {
    const { mean, halfWidth } = intervalOf(runs, i);
    if (!(halfWidth <= precision * Math.abs(mean))) return false;
  }
  return true;
}

/**
 * Is it known of every constraint whether it holds, or of one that it fails?
 * @param confidence of each look; several looks and constraints together are less sure, so it is more than 0.95
 */
export function isDecided(runs: readonly RunFigures[], questions: Questions, confidence: number): boolean {
  const verdicts = questions.constraints.map((constraint) =>
    verdictOf(constraint, intervalOf(runs, metricNumber(questions, constraint), confidence)),
  );
  return verdicts.includes('fails') || verdicts.every((verdict) => verdict === 'holds');
}
