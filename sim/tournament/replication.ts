import type { SparseHistogram } from '../stats/histogram.ts';
import type { StrategyKind } from '../strategies/strategy.ts';
import { Arena } from './arena/arena.ts';
import type { WindowFigures } from './arena/meters.ts';
import { OK } from './arena/requests.ts';
import type { Watch } from './arena/watch.ts';
import { recoveryOf } from './statistics/recovery.ts';
import type { Workload } from './workload/workload.ts';

/** The figures of which every strategy has one for each replication. Times are ns. */
export const FIGURES = [
  'p50',
  'p90',
  'p99',
  'p999',
  'mean',
  'errors',
  'goodput',
  'maxOverMean',
  'variation',
  'jain',
  'queueMean',
  'queueMax',
  'moved',
  'forced',
  'recovery',
  'messages',
] as const;
export type Figure = (typeof FIGURES)[number];

/** What one replication of one strategy on one workload came to. Plain data. */
export interface Replication {
  readonly seed: number;
  /** Requests that arrived, and those of them that count. */
  readonly arrived: number;
  readonly counted: number;
  /** NaN: the figure says nothing here (nobody's Pod was gone, nothing failed). `recovery` is Infinity if it did not within the run. */
  readonly figures: Readonly<Record<Figure, number>>;
  /** By `OUTCOMES`. */
  readonly outcomes: readonly number[];
  readonly latency: SparseHistogram;
  readonly windows: readonly WindowFigures[];
}

/** One replication. @throws StrategyFault */
export function replicate(
  workload: Workload,
  kind: StrategyKind,
  options: Readonly<Record<string, number>>,
  seed: number,
  watch: Watch,
): Replication {
  const arena = new Arena(workload, kind, options, seed, watch);
  arena.run();
  const { meters } = arena;
  const { latency, windows, outcomes, sent, asked } = meters;
  const mean = (of: (window: WindowFigures) => number) =>
    windows.reduce((sum, window) => sum + of(window), 0) / windows.length;
  const well = outcomes[OK]!;
  return {
    seed,
    arrived: arena.arrived,
    counted: sent,
    figures: {
      p50: latency.quantile(0.5),
      p90: latency.quantile(0.9),
      p99: latency.quantile(0.99),
      p999: latency.quantile(0.999),
      mean: latency.mean,
      errors: 1 - well / sent,
      goodput: (well * 1e9) / (workload.duration - workload.warmUp),
      maxOverMean: mean((window) => window.maxOverMean),
      variation: mean((window) => window.variation),
      jain: mean((window) => window.jain),
      queueMean: mean((window) => window.queueMean),
      queueMax: meters.fullest,
      moved: asked === 0 ? Number.NaN : meters.moved / asked,
      forced: asked === 0 ? Number.NaN : meters.forced / asked,
      recovery: recoveryOf(workload, windows),
      messages: meters.messages / arena.arrived,
    },
    outcomes: [...outcomes],
    latency: latency.toSparse(),
    windows,
  };
}
