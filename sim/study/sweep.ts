import type { OpenScenario } from '../input/load.ts';
import { type Conductor, Interrupted, type Point } from './conductor.ts';
import { type Difference, pairedDifference } from './estimate.ts';
import { scenarioAt } from './parameters.ts';
import type { Questions } from './plan.ts';
import { warmUpOf } from './plan.ts';
import { nameOfPoint, pointsOf } from './points.ts';
import { type Enough, type Sample, sample } from './sample.ts';
import { type Farm, farmOf, type Opinion, opinionsOf } from './second-opinion.ts';
import type { Study, Values } from './study.ts';

export interface PointResult {
  readonly name: string;
  readonly values: Values;
  readonly sample: Sample;
  /** By metric, against the first point, on the same arrivals; null: it is the first, or there are too few runs. */
  readonly differences: readonly (Difference | null)[];
  readonly opinions: readonly Opinion[];
}

/** Every point of a study, with what its replications say. */
export interface Sweep {
  readonly points: readonly PointResult[];
  /** Points that are not there: another shard's, or not finished when the study was interrupted. */
  readonly missing: readonly string[];
  /** Why theory is silent; null where it speaks of some point. */
  readonly noOpinion: string | null;
}

/** One of so many parts of a study, from 1. */
export interface Shard {
  readonly number: number;
  readonly of: number;
}

export interface PlannedPoint {
  readonly values: Values;
  readonly point: Point;
}

/** A study's points, each with its scenario: all are checked before the first runs. @throws InputError */
export function planSweep(study: Study, open: OpenScenario, conductor: Conductor): PlannedPoint[] {
  return pointsOf(study).map((values) => {
    const scenario = scenarioAt(open, values, study.duration);
    const { max, precision } = study.replications;
    const observation = {
      warmUp: warmUpOf(study.warmUp, scenario),
      from: 0,
      batches: precision === null && max === 1,
    };
    return { values, point: conductor.point(scenario, observation) };
  });
}

/**
 * Runs what a shard has to: with a fixed number of replications every n-th run; with a precision every n-th point, since how many
 * runs it needs is only seen on the way.
 * @param enough default: as the replications say
 */
export async function runSweep(
  { replications, seed: given }: Pick<Study, 'replications' | 'seed'>,
  questions: Questions,
  planned: readonly PlannedPoint[],
  conductor: Conductor,
  shard: Shard | null,
  enough: Enough = replications.precision === null ? 'count' : 'precision',
): Promise<Sweep> {
  const seed = given ?? planned[0]!.point.scenario.seed;
  if (shard !== null && enough === 'count') await runShare(planned, replications.max, seed, shard, conductor);
  const all = { questions, replications, seed, enough };
  const samples = await Promise.all(
    planned.map(async ({ point }, i) => {
      const isOurs = shard === null || (enough === 'precision' && i % shard.of === shard.number - 1);
      const seeds = Array.from({ length: replications.max }, (_, k) => seed + k);
      if (!isOurs && !(enough === 'count' && conductor.hasAll(point, seeds))) return null;
      return finished(sample(conductor, point, all));
    }),
  );
  return sweepOf(planned, samples, questions);
}

async function runShare(
  planned: readonly PlannedPoint[],
  replications: number,
  seed: number,
  shard: Shard,
  conductor: Conductor,
): Promise<void> {
  let number = 0;
  const shares = planned.map(({ point }) => {
    const seeds: number[] = [];
    for (let k = 0; k < replications; k++) if (number++ % shard.of === shard.number - 1) seeds.push(seed + k);
    return finished(conductor.runs(point, seeds, () => null));
  });
  await Promise.all(shares);
}

/** null for what was interrupted: others may have been finished before. */
async function finished<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Interrupted) return null;
    throw error;
  }
}

function sweepOf(planned: readonly PlannedPoint[], samples: readonly (Sample | null)[], questions: Questions): Sweep {
  const first = samples[0];
  const farms = planned.map(({ point }) => farmOf(point.scenario));
  const points = planned.flatMap(({ values }, i): PointResult[] => {
    const own = samples[i];
    if (!own) return [];
    const differences = questions.metrics.map((_, m) =>
      first && own !== first ? pairedDifference(own.runs, first.runs, m) : null,
    );
    const farm = farms[i]!;
    const opinions = typeof farm === 'string' ? [] : opinionsOf(farm, questions.metrics, own.intervals);
    return [{ name: nameOfPoint(values), values, sample: own, differences, opinions }];
  });
  const missing = planned.flatMap(({ values }, i) => (samples[i] ? [] : [nameOfPoint(values)]));
  const speaks = farms.some((farm): farm is Farm => typeof farm !== 'string');
  return { points, missing, noOpinion: speaks ? null : String(farms[0]) };
}
