import { Histogram, type SparseHistogram } from '../stats/histogram.ts';
import { meanInterval } from '../stats/student-t.ts';
import type { StrategyKind } from '../strategies/strategy.ts';
import type { WindowFigures } from './arena/meters.ts';
import { StrategyFault, type Watch } from './arena/watch.ts';
import { FIGURES, type Figure, type Replication, replicate } from './replication.ts';
import type { Workload } from './workload/workload.ts';

/** When there are enough replications of a cell. */
export interface Stopping {
  /** Replications at least and at most. */
  readonly min: number;
  readonly max: number;
  /** Enough, when the interval of the p99 is at most so wide to each side, as a part of its mean. 0: `max` or the budget ends it. */
  readonly precision: number;
  /** No further replication begins after so many requests, warm-up included. */
  readonly requests: number;
}

/** Why a cell has no more replications. */
export type StoppedBy = 'precision' | 'requests' | 'replications';

/** A strategy on a workload: all its replications in short. Plain data. */
export interface Cell {
  readonly seeds: readonly number[];
  readonly requests: number;
  readonly stoppedBy: StoppedBy;
  /** By figure: its value in each replication, in the order of `seeds`. */
  readonly values: Readonly<Record<Figure, readonly number[]>>;
  /** By `OUTCOMES`, of all replications. */
  readonly outcomes: readonly number[];
  readonly latency: SparseHistogram;
  /** The mean of all replications, window by window. */
  readonly windows: readonly WindowFigures[];
}

/** The cell, or what its strategy did wrong. */
export type CellResult =
  | { readonly cell: Cell; readonly fault: null }
  | { readonly cell: null; readonly fault: string };

/** Replications with seeds from `seed` on, one after the other, until there are enough: a pure function of its arguments. */
export function playCell(
  workload: Workload,
  kind: StrategyKind,
  options: Readonly<Record<string, number>>,
  seed: number,
  stopping: Stopping,
  watch: Watch,
): CellResult {
  const runs: Replication[] = [];
  let requests = 0;
  let stoppedBy: StoppedBy | null = null;
  try {
    while (stoppedBy === null) {
      const run = replicate(workload, kind, options, seed + runs.length, watch);
      requests += run.arrived;
      runs.push(run);
      stoppedBy = enough(runs, requests, stopping);
    }
  } catch (error) {
    if (error instanceof StrategyFault) return { cell: null, fault: error.message };
    throw error;
  }
  return { cell: cellOf(runs, requests, stoppedBy), fault: null };
}

function enough(runs: readonly Replication[], requests: number, stopping: Stopping): StoppedBy | null {
  if (runs.length >= stopping.min) {
    const { mean, halfWidth } = meanInterval(runs.map(({ figures }) => figures.p99));
    if (halfWidth <= stopping.precision * mean) return 'precision';
  }
  // One replication has no interval.
  if (runs.length > 1 && requests + requests / runs.length > stopping.requests) return 'requests';
  // Where nothing arrives, nothing more is to be known.
  return runs.length >= stopping.max || (requests === 0 && runs.length >= stopping.min) ? 'replications' : null;
}

function cellOf(runs: readonly Replication[], requests: number, stoppedBy: StoppedBy): Cell {
  const latency = new Histogram();
  for (const run of runs) latency.merge(Histogram.fromSparse(run.latency));
  const values = Object.fromEntries(
    FIGURES.map((figure) => [figure, runs.map(({ figures }) => figures[figure])]),
  ) as Record<Figure, number[]>;
  return {
    seeds: runs.map(({ seed }) => seed),
    requests,
    stoppedBy,
    values,
    outcomes: runs[0]!.outcomes.map((_, i) => runs.reduce((sum, run) => sum + run.outcomes[i]!, 0)),
    latency: latency.toSparse(),
    windows: meanWindows(runs.map(({ windows }) => windows)),
  };
}

/** Replications have their windows at the same times, but for those in which nothing arrived. */
function meanWindows(runs: readonly (readonly WindowFigures[])[]): WindowFigures[] {
  const times = [...new Set(runs.flatMap((windows) => windows.map(({ at }) => at)))].toSorted((a, b) => a - b);
  const byTime = runs.map((windows) => new Map(windows.map((window) => [window.at, window])));
  return times.map((at) => {
    const here = byTime.flatMap((windows) => windows.get(at) ?? []);
    const mean = (of: (window: WindowFigures) => number) => {
      const known = here.map(of).filter((value) => !Number.isNaN(value));
      return known.reduce((sum, value) => sum + value, 0) / known.length;
    };
    return {
      at,
      ended: mean(({ ended }) => ended),
      failed: mean(({ failed }) => failed),
      p99: mean(({ p99 }) => p99),
      maxOverMean: mean(({ maxOverMean }) => maxOverMean),
      variation: mean(({ variation }) => variation),
      jain: mean(({ jain }) => jain),
      queueMean: mean(({ queueMean }) => queueMean),
      queueMax: mean(({ queueMax }) => queueMax),
    };
  });
}
