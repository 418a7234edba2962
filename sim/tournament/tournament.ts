import { Histogram } from '../stats/histogram.ts';
import { meanInterval } from '../stats/student-t.ts';
import { KNOWLEDGE } from '../strategies/registry.ts';
import type { StrategyKind } from '../strategies/strategy.ts';
import { OUTCOMES } from './arena/requests.ts';
import type { Cell, CellResult, Stopping } from './cell.ts';
import type { PickCost } from './pick-cost.ts';
import { FIGURES, type Figure } from './replication.ts';
import { figureText } from './report/figure-text.ts';
import type {
  Estimate,
  LoadCurves,
  OverallRow,
  Row,
  StrategyResult,
  TournamentResult,
  WorkloadResult,
} from './result.ts';
import { standings } from './statistics/differences.ts';
import { firstFaultAt, startOf } from './statistics/recovery.ts';
import type { Workload } from './workload/workload.ts';

/** A strategy that takes part. */
export interface Entrant {
  /** As it was named. */
  readonly name: string;
  readonly kind: StrategyKind;
  readonly options: Readonly<Record<string, number>>;
  /** A user's: where its module is. */
  readonly file: string | null;
}

/** What is played. */
export interface Plan {
  readonly entrants: readonly Entrant[];
  readonly workloads: readonly Workload[];
  readonly seed: number;
  readonly stopping: Stopping;
  readonly rankedBy: Figure;
  /** Load–latency curves: on which workload, at which loads, and when a point has enough; null: none. */
  readonly curves: {
    readonly workload: Workload;
    readonly loads: readonly number[];
    readonly stopping: Stopping;
  } | null;
}

/** Who plays: this thread or others. */
export interface Player {
  /** Cells that it plays at once. */
  readonly width: number;
  play(workload: Workload, entrant: Entrant, seed: number, stopping: Stopping): Promise<CellResult>;
  cost(entrant: Entrant): Promise<PickCost | null>;
}

/** What a tournament is told of itself. */
export interface Heading {
  readonly svclab: string;
  readonly command: string;
}

/** What a tournament asks and tells while it plays. */
export interface Hooks {
  /** After each cell. */
  progress(done: number, all: number): void;
  /** Asked before each: true ends it, and of the workloads only those are in the result that were played to the end. */
  stopped(): boolean;
}

/**
 * Plays all cells and compares them. Its figures are a pure function of the plan; only costs are measured.
 */
export async function runTournament(
  plan: Plan,
  player: Player,
  heading: Heading,
  hooks: Hooks,
): Promise<TournamentResult> {
  const { entrants, workloads, seed, stopping, rankedBy } = plan;
  const faults = new Map<string, string>();
  const points = plan.curves?.loads.map((load) => atLoad(plan.curves!.workload, load)) ?? [];
  const cells = [
    ...workloads.flatMap((workload) => entrants.map((entrant) => ({ workload, entrant, stopping }))),
    ...points.flatMap((workload) =>
      entrants.map((entrant) => ({ workload, entrant, stopping: plan.curves!.stopping })),
    ),
  ];
  let done = 0;
  const results = await inTurn(cells, player.width, async (each): Promise<Cell | null | undefined> => {
    if (hooks.stopped()) return undefined;
    const { name } = each.entrant;
    // One fault is enough to know of.
    const result = faults.has(name) ? null : await player.play(each.workload, each.entrant, seed, each.stopping);
    if (hooks.stopped()) return undefined; // it may have been cut short
    if (result?.fault && !faults.has(name)) faults.set(name, result.fault);
    hooks.progress(++done, cells.length);
    return result?.cell ?? null;
  });
  const costs = await inTurn(entrants, player.width, async (entrant) =>
    faults.has(entrant.name) || hooks.stopped() ? null : player.cost(entrant),
  );
  const strategies = entrants.map((entrant, i) => strategyResult(entrant, costs[i]!, faults.get(entrant.name) ?? null));
  const sound = (row: readonly (Cell | null)[]) => row.map((cell, i) => (strategies[i]!.fault === null ? cell : null));
  const rowsOf = (i: number) => {
    const row = results.slice(i * entrants.length, (i + 1) * entrants.length);
    return row.includes(undefined) ? null : sound(row as (Cell | null)[]);
  };
  const played = workloads.flatMap((workload, i) => {
    const row = rowsOf(i);
    return row === null ? [] : [workloadResult(workload, entrants, row, rankedBy)];
  });
  const overall = overallOf(played, strategies, rankedBy);
  const onCurves = plan.curves?.loads.map((_, i) => rowsOf(workloads.length + i)) ?? [null];
  const curves = onCurves.includes(null) ? null : curvesOf(plan.curves!, entrants, onCurves as (Cell | null)[][]);
  return {
    version: 1,
    ...heading,
    seed,
    stopping,
    rankedBy,
    answer: answerOf(overall, strategies, played, rankedBy),
    strategies,
    workloads: played,
    overall,
    curves,
  };
}

/** Does the work of each, so many at a time. @returns the results in order */
async function inTurn<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i]!);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

function atLoad(workload: Workload, load: number): Workload {
  return { ...workload, name: `${workload.name}@${load}`, load: { kind: 'curve', points: [[0, load]] } };
}

function strategyResult({ name, kind, file }: Entrant, cost: PickCost | null, fault: string | null): StrategyResult {
  const { title, knows, runs, source } = kind;
  return { name, title, knows, runs, source, isOwn: file !== null, cost, fault };
}

function workloadResult(
  workload: Workload,
  entrants: readonly Entrant[],
  cells: readonly (Cell | null)[],
  rankedBy: Figure,
): WorkloadResult {
  const stands = standings(cells.map((cell) => cell?.values[rankedBy] ?? []));
  const rows = cells.flatMap((cell, i): Row[] => {
    if (cell === null) return [];
    const { best, worst, beats } = stands[i]!;
    return [
      {
        strategy: entrants[i]!.name,
        figures: Object.fromEntries(
          FIGURES.map((figure) => [figure, estimateOf(cell, figure, workload)]),
        ) as Row['figures'],
        rank: { best, worst },
        beats: beats.map((other) => entrants[other]!.name),
        replications: cell.seeds.length,
        requests: cell.requests,
        counted: cell.outcomes.reduce((sum, count) => sum + count, 0),
        stoppedBy: cell.stoppedBy,
        outcomes: Object.fromEntries(OUTCOMES.map((outcome, j) => [outcome, cell.outcomes[j]!])) as Row['outcomes'],
        tail: tailOf(cell),
        windows: cell.windows,
      },
    ];
  });
  const { name, description, timeout, duration, warmUp, pods } = workload;
  return {
    name,
    description,
    pods: pods.reduce((sum, { count }) => sum + count, 0),
    timeout,
    duration,
    warmUp,
    faultAt: firstFaultAt(workload.faults),
    // Where the figure is the timeout for both, errors tell.
    rows: rows.toSorted(
      (a, b) => apart(meanOf(a, rankedBy), meanOf(b, rankedBy)) || meanOf(a, 'errors') - meanOf(b, 'errors'),
    ),
  };
}

function estimateOf(cell: Cell, figure: Figure, workload: Workload): Estimate | null {
  const given = cell.values[figure].filter((value) => !Number.isNaN(value));
  if (given.length === 0) return null;
  const rest = workload.duration - startOf(workload);
  const { mean, halfWidth } = meanInterval(given.map((value) => (value === Infinity ? rest : value)));
  const estimate = { mean, halfWidth: Number.isFinite(halfWidth) ? halfWidth : null };
  return given.includes(Infinity) ? { ...estimate, isMore: true } : estimate;
}

/** At the edges of an eighth of an octave, from the median on. */
function tailOf({ latency }: Cell): Row['tail'] {
  const histogram = Histogram.fromSparse(latency);
  const tail: { latency: number; above: number }[] = [];
  const total = histogram.count;
  let below = 0;
  let edge = 0;
  histogram.forEach((_, to, count) => {
    below += count;
    if (to < edge * 1.09) return;
    edge = to;
    const above = 1 - below / total;
    if (above > 0) tail.push({ latency: Math.round(to), above });
  });
  return tail;
}

/** Less, the same or more; what differs by less than a part in a million is the same. */
function apart(a: number, b: number): number {
  return Math.abs(a - b) <= 1e-6 * Math.abs(b) ? 0 : a - b;
}

function meanOf(row: Row, figure: Figure): number {
  return row.figures[figure]?.mean ?? Infinity;
}

function overallOf(
  workloads: readonly WorkloadResult[],
  strategies: readonly StrategyResult[],
  rankedBy: Figure,
): OverallRow[] {
  const known = strategies.filter(({ fault }) => fault === null);
  const scored = known.map((strategy) => {
    let [sum, count, firsts] = [0, 0, 0];
    for (const { rows } of workloads) {
      const row = rows.find((each) => each.strategy === strategy.name)!;
      const ratio = meanOf(row, rankedBy) / meanOf(rows[0]!, rankedBy);
      if (row.rank.best === 1) firsts++;
      if (!(ratio > 0 && ratio < Infinity)) continue; // nobody has errors, say
      sum += Math.log(ratio);
      count++;
    }
    return { strategy, ratio: count === 0 ? 1 : Math.exp(sum / count), firsts };
  });
  const level = ({ strategy }: (typeof scored)[number]) => KNOWLEDGE.indexOf(strategy.knows);
  const price = ({ strategy }: (typeof scored)[number]) => strategy.cost?.request ?? Infinity;
  const onFront = (one: (typeof scored)[number], of: typeof level) =>
    !scored.some(
      (other) => other.ratio <= one.ratio && of(other) <= of(one) && (other.ratio < one.ratio || of(other) < of(one)),
    );
  return scored
    .map((one) => ({
      strategy: one.strategy.name,
      ratio: one.ratio,
      firsts: one.firsts,
      onKnowledgeFront: onFront(one, level),
      onCostFront: Number.isFinite(price(one)) && onFront(one, price),
    }))
    .toSorted((a, b) => a.ratio - b.ratio);
}

function curvesOf(
  { workload, loads }: NonNullable<Plan['curves']>,
  entrants: readonly Entrant[],
  cells: readonly (readonly (Cell | null)[])[],
): LoadCurves {
  const series = entrants.flatMap(({ name }, i) => {
    const own = cells.map((row) => row[i] ?? null);
    if (own.includes(null)) return [];
    const estimates = (figure: Figure) => own.map((cell) => estimateOf(cell!, figure, workload)!);
    return [{ strategy: name, p50: estimates('p50'), p99: estimates('p99') }];
  });
  return { workload: workload.name, loads, series };
}

function answerOf(
  overall: readonly OverallRow[],
  strategies: readonly StrategyResult[],
  workloads: readonly WorkloadResult[],
  rankedBy: Figure,
): string {
  const [first] = overall;
  if (first === undefined) return 'No strategy played to the end.';
  const infoOf = (name: string) => strategies.find((each) => each.name === name)!;
  const many = workloads.length === 1 ? workloads[0]!.name : `${workloads.length} workloads`;
  const times = (row: OverallRow) => `${row.ratio.toFixed(2)} × the best of each`;
  const lead =
    workloads.length === 1
      ? leadOfOne(workloads[0]!, rankedBy)
      : `${first.strategy}${infoOf(first.strategy).knows === 'global' ? ', which knows the truth,' : ''} has the lowest ${rankedBy} over ${many} (${times(first)})`;
  const practical = overall.find(({ strategy }) => infoOf(strategy).knows !== 'global');
  const blind = overall.find(({ strategy }) => ['nothing', 'membership'].includes(infoOf(strategy).knows));
  const more = [
    practical === undefined || practical === first || workloads.length === 1
      ? ''
      : `of those that can be built ${practical.strategy} (${practical.ratio.toFixed(2)} ×)`,
    blind === undefined || blind === first || blind === practical || workloads.length === 1
      ? ''
      : `of those that know nothing of load ${blind.strategy} (${blind.ratio.toFixed(2)} ×)`,
  ].filter((text) => text !== '');
  return `${[lead, ...more].join('; ')}.`;
}

function leadOfOne({ name, rows, timeout }: WorkloadResult, rankedBy: Figure): string {
  const first = rows[0]!;
  if (!Number.isFinite(meanOf(first, rankedBy))) return `No request of ${name} counts`;
  const equal = rows.filter(({ rank }) => rank.best === 1).length - 1;
  if (meanOf(first, rankedBy) >= timeout)
    return `On ${name} the ${rankedBy} of all is the timeout; ${first.strategy} has the fewest errors`;
  const lead = `${first.strategy} has the lowest ${rankedBy} on ${name}, ${figureText(rankedBy, meanOf(first, rankedBy))}`;
  const none = rows.length > 1 && equal > 0;
  return none
    ? `${lead}, but no difference is found to ${equal} other${equal === 1 ? '' : 's'} of ${rows.length - 1}`
    : lead;
}
