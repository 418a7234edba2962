import type { Knowledge, Place } from '../strategies/strategy.ts';
import type { WindowFigures } from './arena/meters.ts';
import type { Outcome } from './arena/requests.ts';
import type { StoppedBy, Stopping } from './cell.ts';
import type { PickCost } from './pick-cost.ts';
import type { Figure } from './replication.ts';

/** A tournament, as `--json` prints it and as reports are made of it. Plain data; times are ns unless a name says otherwise. */
export interface TournamentResult {
  readonly version: 1;
  readonly svclab: string;
  /** What to type for the same figures again. */
  readonly command: string;
  readonly seed: number;
  readonly stopping: Stopping;
  /** The figure by which ranks are given; less is better. */
  readonly rankedBy: Figure;
  /** The answer in a sentence. */
  readonly answer: string;
  readonly strategies: readonly StrategyResult[];
  readonly workloads: readonly WorkloadResult[];
  /** Over all workloads, the best first; those with a fault are not in it. */
  readonly overall: readonly OverallRow[];
  readonly curves: LoadCurves | null;
}

export interface StrategyResult {
  /** As it was named: with its options, if any were given. */
  readonly name: string;
  readonly title: string;
  readonly knows: Knowledge;
  readonly runs: Place;
  readonly source: string;
  /** A user's, from a file. */
  readonly isOwn: boolean;
  /** At 100 Pods, measured here and now; null: not measured. */
  readonly cost: PickCost | null;
  /** What it did wrong, with the call; null: nothing. */
  readonly fault: string | null;
}

export interface WorkloadResult {
  readonly name: string;
  readonly description: string;
  readonly pods: number;
  /** What a failed request counts as. */
  readonly timeout: number;
  readonly duration: number;
  readonly warmUp: number;
  /** When the first fault begins; null: none does at a time of its own. */
  readonly faultAt: number | null;
  /** In the order of ranks. */
  readonly rows: readonly Row[];
}

/** A strategy on a workload. */
export interface Row {
  readonly strategy: string;
  /** By each figure: the mean over replications with the half-width of its 95 % interval; null where it says nothing. */
  readonly figures: Readonly<Record<Figure, Estimate | null>>;
  /** At least `best - 1` strategies are shown to be better than it by the ranking figure, and all from `worst + 1` on worse. */
  readonly rank: { readonly best: number; readonly worst: number };
  /** Shown to be worse than it, after the correction for all pairs. */
  readonly beats: readonly string[];
  readonly replications: number;
  /** All that arrived; those of them that came after the warm-up, which is the sum of `outcomes`. */
  readonly requests: number;
  readonly counted: number;
  readonly stoppedBy: StoppedBy;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Share of requests that took longer, at latencies that grow: for the tail of its distribution. */
  readonly tail: readonly { readonly latency: number; readonly above: number }[];
  readonly windows: readonly WindowFigures[];
}

/** `halfWidth` is null when there are too few replications. */
export interface Estimate {
  readonly mean: number;
  readonly halfWidth: number | null;
  /** Of a `recovery` that did not come in some replication, which counts as the rest of the run: it is more than `mean`. */
  readonly isMore?: true;
}

export interface OverallRow {
  readonly strategy: string;
  /** The ranking figure over the best of each workload: their geometric mean; 1 would be the best of all everywhere. */
  readonly ratio: number;
  /** Workloads in which nobody is shown to be better. */
  readonly firsts: number;
  /** On the Pareto front of ratio against what it knows; against ns per request. */
  readonly onKnowledgeFront: boolean;
  readonly onCostFront: boolean;
}

/** Latency by load. */
export interface LoadCurves {
  readonly workload: string;
  readonly loads: readonly number[];
  readonly series: readonly {
    readonly strategy: string;
    /** In the order of `loads`. */
    readonly p50: readonly Estimate[];
    readonly p99: readonly Estimate[];
  }[];
}
