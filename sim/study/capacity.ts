import type { OpenScenario } from '../input/load.ts';
import { scaleLoad } from '../input/scale.ts';
import type { Scenario } from '../input/scenario.ts';
import { scalar } from './axis-values.ts';
import { type Conductor, Interrupted } from './conductor.ts';
import { isKeptBy } from './estimate.ts';
import { scenarioAt } from './parameters.ts';
import { metricNumber, type Questions, warmUpOf } from './plan.ts';
import { type Sample, sample } from './sample.ts';
import { bySquareRoot, type Farm, farmOf, figureOf } from './second-opinion.ts';
import { settle } from './settled.ts';
import { DECISION_CONFIDENCE, type Replications } from './stopping.ts';
import { intervalText } from './values.ts';

export interface CapacityOptions {
  /** The parameter whose least value is looked for: `replicas.checkout`, or a path to a whole number. */
  readonly parameter: string;
  /** Times the load of the scenario. */
  readonly loads: readonly number[];
  /** Values to look among. */
  readonly min: number;
  readonly max: number;
  /** Of each value that is tried: at least, and until it is clear. */
  readonly replications: Replications;
  readonly seed: number;
  readonly warmUp: number | 'auto' | 'default';
  readonly duration: number | null;
}

/** A value that was tried at one load. */
export interface Trial {
  readonly value: number;
  readonly sample: Sample;
  /** Does it keep all constraints? `open`: the means say so, the intervals do not. */
  readonly keeps: boolean;
  readonly open: boolean;
}

export interface LoadCapacity {
  readonly load: number;
  /** null: none is enough, or the search was interrupted. */
  readonly fewest: number | null;
  /** Why there is none. */
  readonly reason: string | null;
  /** In ascending order of the value. */
  readonly trials: readonly Trial[];
  /** Where one more begins to help little; null: too few were tried. */
  readonly knee: number | null;
  readonly theory: CapacityTheory | string;
}

export interface CapacityTheory {
  /** Fewest in one queue for all (Erlang C), and with a queue for each Pod; Infinity: none. */
  readonly pooled: number;
  readonly split: number;
  /** By the square-root rule, as servers, with the chance of waiting that `pooled` has. */
  readonly squareRoot: number;
  readonly warning: string | null;
}

/** The fewest at each load, each search on its own and all on the same arrivals. */
export async function findCapacity(
  open: OpenScenario,
  questions: Questions,
  options: CapacityOptions,
  conductor: Conductor,
): Promise<LoadCapacity[]> {
  // A wrong path is told before anything runs.
  at(open, options, options.min);
  return Promise.all(options.loads.map((load) => new Search(open, questions, options, conductor, load).run()));
}

function at(open: OpenScenario, { parameter, duration }: CapacityOptions, value: number): Scenario {
  return scenarioAt(open, { [parameter]: scalar(value, { file: parameter, line: 1, column: 1 }) }, duration);
}

class Search {
  readonly #open: OpenScenario;
  readonly #questions: Questions;
  readonly #options: CapacityOptions;
  readonly #conductor: Conductor;
  readonly #load: number;
  readonly #trials = new Map<number, Trial>();

  constructor(open: OpenScenario, questions: Questions, options: CapacityOptions, conductor: Conductor, load: number) {
    this.#open = open;
    this.#questions = questions;
    this.#options = options;
    this.#conductor = conductor;
    this.#load = load;
  }

  async run(): Promise<LoadCapacity> {
    let [fewest, reason]: [number | null, string | null] = [null, null];
    try {
      [fewest, reason] = await this.#search();
      // The curve goes on beyond the answer, so that its knee is seen.
      if (fewest !== null)
        await this.#tryAll([fewest + 1, Math.ceil(1.5 * fewest), 2 * fewest], this.#roomFor(2 * fewest).value);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      reason = 'interrupted';
    }
    const trials = [...this.#trials.values()].toSorted((a, b) => a.value - b.value);
    return {
      load: this.#load,
      fewest,
      reason,
      trials,
      knee: kneeOf(trials, this.#curveMetric()),
      theory: this.#theory(fewest),
    };
  }

  /** Up from a first guess in doubling steps, or down from it; then halves what is left. */
  async #search(): Promise<[number | null, string | null]> {
    const { min, max: most } = this.#options;
    const limit = this.#roomFor(most);
    const max = limit.value;
    if (max < min) return [null, limit.reason];
    let value = Math.min(max, Math.max(min, this.#firstGuess()));
    let [below, above] = [min - 1, max + 1]; // fails, keeps
    let step = 1;
    for (;;) {
      if ((await this.#try(value)).keeps) above = value;
      else below = value;
      if (above <= max && below >= min) break;
      if (above === min) return [min, null];
      if (below === max) return [null, `${limit.reason}: ${this.#bestText()}`];
      if (below >= min && this.#isNoUse()) return [null, `more do not help: ${this.#bestText()}`];
      value = above <= max ? Math.max(min, above - step) : Math.min(max, below + step);
      step *= 2;
    }
    while (above - below > 1) {
      const middle = Math.floor((above + below) / 2);
      if ((await this.#try(middle)).keeps) above = middle;
      else below = middle;
    }
    return [above, null];
  }

  /** The most that the nodes have room for: beyond it Pods only wait, some of other workloads perhaps. */
  #roomFor(max: number): { value: number; reason: string } {
    const asked = { value: max, reason: `not even ${max} are enough, the most that was asked about` };
    if (this.#open.base.cluster.autoscaler !== null || !this.#options.parameter.startsWith('replicas')) return asked;
    const pending = (value: number) => settle(this.#scenario(value)).pending;
    const least = pending(this.#options.min);
    let [fits, tooMany] = [this.#options.min, this.#options.min];
    while (tooMany < max) {
      tooMany = Math.min(max, 2 * tooMany);
      if (pending(tooMany) > least) break;
      fits = tooMany;
    }
    if (fits === max) return asked;
    while (tooMany - fits > 1) {
      const middle = Math.floor((fits + tooMany) / 2);
      if (pending(middle) > least) tooMany = middle;
      else fits = middle;
    }
    return { value: fits, reason: `the nodes have room for no more than ${fits}` };
  }

  /** The work that comes in, in Pods; else what is there. */
  #firstGuess(): number {
    const { parameter, min } = this.#options;
    const [one, two] = [min, min + 1].map((value) => farmOf(this.#scenario(Math.max(1, value))));
    if (typeof one === 'object' && typeof two === 'object') {
      const perUnit = two.replicas * two.cores - one.replicas * one.cores;
      if (perUnit > 0) return Math.ceil((one.rate * one.service) / perUnit) + 1;
    }
    const own = parameter.startsWith('replicas') ? replicasOf(this.#open.base, parameter) : null;
    return Math.max(1, Math.round((own ?? 4) * this.#load));
  }

  #scenario(value: number): Scenario {
    return scaleLoad(at(this.#open, this.#options, value), this.#load);
  }

  async #tryAll(values: readonly number[], most: number): Promise<void> {
    await Promise.all(
      [...new Set(values)]
        .filter((value) => value <= Math.min(most, this.#options.max))
        .map((value) => this.#try(value)),
    );
  }

  async #try(value: number): Promise<Trial> {
    const known = this.#trials.get(value);
    if (known !== undefined) return known;
    const { replications, seed, warmUp } = this.#options;
    const scenario = this.#scenario(value);
    const observation = { warmUp: warmUpOf(warmUp, scenario), from: 0, batches: false };
    const point = this.#conductor.point(scenario, observation);
    const own = await sample(this.#conductor, point, {
      questions: this.#questions,
      replications,
      seed,
      enough: { decision: DECISION_CONFIDENCE },
    });
    const { constraints } = this.#questions;
    const keeps = constraints.every((constraint) =>
      isKeptBy(own.intervals[metricNumber(this.#questions, constraint)]!.mean, constraint),
    );
    const trial = { value, sample: own, keeps, open: own.stoppedBy !== 'decision' };
    this.#trials.set(value, trial);
    return trial;
  }

  /** Of what fails, the last two values differ by a factor, and the figure does not get better. */
  #isNoUse(): boolean {
    const failing = [...this.#trials.values()].toSorted((a, b) => a.value - b.value);
    const [before, last] = [failing.at(-2), failing.at(-1)];
    if (before === undefined || last === undefined || last.value < 1.5 * before.value) return false;
    return this.#questions.constraints.some((constraint) => {
      const i = metricNumber(this.#questions, constraint);
      const [old, fresh] = [before.sample.intervals[i]!, last.sample.intervals[i]!];
      if (isKeptBy(fresh.mean, constraint)) return false;
      const better = constraint.operator.startsWith('<') ? old.mean - fresh.mean : fresh.mean - old.mean;
      return !(better > 0.01 * Math.abs(old.mean) + fresh.halfWidth);
    });
  }

  #bestText(): string {
    const last = [...this.#trials.values()].toSorted((a, b) => b.value - a.value)[0]!;
    const missed = this.#questions.constraints.flatMap((constraint) => {
      const { metric } = constraint;
      const interval = last.sample.intervals[metricNumber(this.#questions, constraint)]!;
      return isKeptBy(interval.mean, constraint) ? [] : [`${metric.name} is ${intervalText(metric, interval)}`];
    });
    return `with ${last.value}, ${missed.join(' and ')}`;
  }

  /** The first latency of the constraints: what the curve shows. */
  #curveMetric(): number {
    const { constraints } = this.#questions;
    const latency = constraints.find(({ metric }) => metric.unit === 'seconds') ?? constraints[0]!;
    return metricNumber(this.#questions, latency);
  }

  #theory(fewest: number | null): CapacityTheory | string {
    const first = farmOf(this.#scenario(Math.max(1, this.#options.min)));
    if (typeof first === 'string') return first;
    const known = this.#questions.constraints.filter(
      ({ metric }) => figureOf(first, 1e6, first.rate, metric.figure) !== null,
    );
    if (known.length === 0)
      return 'it knows means, and quantiles of exponential service times, and the objective is neither';
    const most = Math.min(this.#options.max, 4 * (fewest ?? 25) + 50);
    const least = (isEnough: (farm: Farm) => boolean) => {
      for (let value = Math.max(1, this.#options.min); value <= most; value++) {
        const farm = farmOf(this.#scenario(value));
        if (typeof farm === 'object' && isEnough(farm)) return value;
      }
      return Number.POSITIVE_INFINITY;
    };
    const keeps = (farm: Farm, servers: number, rate: number) =>
      known.every((constraint) => isKeptBy(figureOf(farm, servers, rate, constraint.metric.figure)!, constraint));
    const pooled = least((farm) => keeps(farm, farm.replicas * farm.cores, farm.rate));
    const split = least((farm) => keeps(farm, farm.cores, farm.rate / farm.replicas));
    const atPooled = Number.isFinite(pooled) ? farmOf(this.#scenario(pooled)) : first;
    const servers = typeof atPooled === 'object' ? atPooled.replicas * atPooled.cores : 1;
    return { pooled, split, squareRoot: bySquareRoot(first, servers), warning: warningOf(fewest, pooled, split) };
  }
}

/** Beyond what the end of a run or one place more or less explains. */
function warningOf(fewest: number | null, pooled: number, split: number): string | null {
  if (fewest === null) {
    return Number.isFinite(split) ? `theory says that ${split} are enough even with a queue for each Pod` : null;
  }
  if (fewest < Math.floor(0.9 * pooled))
    return `theory says that at least ${pooled} are needed: are the runs too short?`;
  if (fewest > Math.ceil(1.1 * split) + 1) {
    return `theory says that ${split} are enough even with a queue for each Pod: something else than waiting for a core costs time`;
  }
  return null;
}

function replicasOf({ objects }: Scenario, parameter: string): number | null {
  const name = parameter.includes('.') ? parameter.slice(parameter.indexOf('.') + 1) : null;
  const found = objects.find(
    ({ kind, metadata }) =>
      (kind === 'Deployment' || kind === 'StatefulSet') &&
      (name === null || metadata.name === name || `${metadata.namespace}/${metadata.name}` === name),
  );
  return (found as { spec: { replicas?: number } } | undefined)?.spec.replicas ?? null;
}

/**
 * The knee of a falling curve: the point farthest below the line from its first to its last, both axes from 0 to 1 and the
 * figure as its logarithm. @source V. Satopää et al., Finding a "Kneedle" in a haystack, ICDCSW 2011
 */
function kneeOf(trials: readonly Trial[], metric: number): number | null {
  const points = trials
    .map(({ value, sample: { intervals } }) => ({ x: value, y: Math.log(intervals[metric]!.mean) }))
    .filter(({ y }) => Number.isFinite(y));
  if (points.length < 4) return null;
  const [first, last] = [points[0]!, points.at(-1)!];
  const depth = ({ x, y }: { x: number; y: number }) =>
    1 - (x - first.x) / (last.x - first.x) - (y - last.y) / (first.y - last.y);
  const [knee] = points.toSorted((a, b) => depth(b) - depth(a));
  return first.y > last.y && depth(knee!) > 0 ? knee!.x : null;
}
