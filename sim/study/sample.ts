import type { Interval } from '../stats/student-t.ts';
import type { Conductor, Point } from './conductor.ts';
import { intervalOf, type Verdict, verdictOf } from './estimate.ts';
import { figuresOf, type RunFigures } from './metrics.ts';
import { warmUpOfRuns } from './observation.ts';
import { metricNumber, type Questions } from './plan.ts';
import type { RunRecord } from './record.ts';
import { checkpoints, isDecided, isPrecise, type Replications, type StoppedBy } from './stopping.ts';

/** What the replications of one point say. */
export interface Sample {
  readonly runs: readonly RunFigures[];
  readonly stoppedBy: StoppedBy;
  /** By metric. */
  readonly intervals: readonly Interval[];
  /** By constraint. */
  readonly verdicts: readonly Verdict[];
  /** Seconds dropped at the start of each run. */
  readonly warmUp: number;
  /** The runs are too short to tell where the warm-up ends; nothing was dropped. */
  readonly tooShort: boolean;
}

/** When a point has enough. */
export type Enough = 'count' | 'precision' | { readonly decision: number };

/** So many runs, at most, tell where the warm-up of a point ends. */
const PILOTS = 10;

/**
 * Runs a point until it has enough: to a count, to a precision, or until its constraints are decided.
 * The seeds are those after `seed`, the same at every point: all meet the same arrivals.
 */
export async function sample(
  conductor: Conductor,
  point: Point,
  { questions, replications, seed, enough }: SampleOptions,
): Promise<Sample> {
  const { metrics } = questions;
  const looks = enough === 'count' ? [replications.max] : checkpoints(replications);
  const seeds = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => seed + from + i);
  const pilots = await conductor.runs(point, seeds(0, Math.min(PILOTS, looks[0]!)), (record) => record);
  const { alone, cut, tooShort } = warmUpAt(point, pilots);
  const figures = (record: RunRecord) => figuresOf(record, metrics, cut, alone);
  let runs = pilots.map(figures);
  const warmUp = pilots[0]!.cuts[cut]! / 1e9;
  pilots.length = 0; // whole records are large
  let stoppedBy: StoppedBy = enough === 'count' ? 'fixed' : 'budget';
  for (const count of looks) {
    runs = [...runs, ...(await conductor.runs(point, seeds(runs.length, count), figures))];
    if (enough === 'precision' && isPrecise(runs, metrics.length, replications.precision!)) stoppedBy = 'precision';
    if (typeof enough === 'object' && isDecided(runs, questions, enough.decision)) stoppedBy = 'decision';
    if (stoppedBy === 'precision' || stoppedBy === 'decision') break;
  }
  const intervals = metrics.map((_, i) => intervalOf(runs, i));
  const verdicts = questions.constraints.map((constraint) =>
    verdictOf(constraint, intervals[metricNumber(questions, constraint)]!),
  );
  return { runs, stoppedBy, intervals, verdicts, warmUp, tooShort };
}

interface SampleOptions {
  readonly questions: Questions;
  readonly replications: Replications;
  readonly seed: number;
  readonly enough: Enough;
}

function warmUpAt(
  { observation }: Point,
  pilots: readonly RunRecord[],
): { alone: boolean; cut: number; tooShort: boolean } {
  // A run that stands alone was cut where its own warm-up ends.
  if (observation.batches) return { alone: true, cut: 0, tooShort: false };
  if (observation.warmUp !== 'auto') return { alone: false, cut: 0, tooShort: false };
  const cut = warmUpOfRuns(pilots);
  return { alone: false, cut: cut ?? 0, tooShort: cut === null };
}
