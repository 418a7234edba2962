import type { Scenario } from '../input/scenario.ts';
import type { UserBooks } from '../run/run.ts';
import { runScenario } from '../run/run.ts';
import { Histogram, type SparseHistogram } from '../stats/histogram.ts';
import { histogramSince } from '../stats/histogram-since.ts';
import { warmUp } from '../stats/mser.ts';
import { OUTCOMES } from '../trace/outcomes.ts';
import type { Part, RunRecord, SourceRecord } from './record.ts';

/** What of a run counts. */
export interface Observation {
  /** What is dropped at the start: ns, or as much as MSER-5 says. */
  readonly warmUp: number | 'auto';
  /** Only what ends after this, ns: a run with a fault is judged from the fault on. */
  readonly from: number;
  /** The run stands alone: it is cut into parts for an interval (batch means). */
  readonly batches: boolean;
}

/** A run is seen in so many slices; MSER-5 averages five at a time, so that a cut falls on one of 40 edges. */
const SLICES = 200;
const PER_EDGE = 5;
const EDGES = SLICES / PER_EDGE;
/** The edges at which a run may be cut: finer where cuts are frequent. A cut in the later half means that the run is too short. */
const CUTS = [0, 1, 2, 4, 6, 8, 12, 16, 20];
/** Of a run that stands alone: ten long ones, since a high quantile of a short one is off. @source Schmeiser 1982: 10 to 30 */
const BATCHES = 10;
const GOOD = [OUTCOMES.indexOf('ok'), OUTCOMES.indexOf('okAfterRetry')];

/** Cumulative, at each edge. */
interface Edge {
  ended: number;
  good: number;
  sent: number;
  latencies: SparseHistogram;
}

interface Watched {
  readonly name: string;
  /** Mean latency of each slice, ns; of an empty one, that of the slice before. */
  readonly means: number[];
  readonly edges: Edge[];
  ended: number;
  good: number;
  count: number;
  sum: number;
}

/** A run for a study. @param stopped asked now and then: true ends it @returns null when it was stopped */
export type RunOnce = (
  scenario: Scenario,
  seed: number,
  observation: Observation,
  stopped?: () => boolean,
) => Omit<RunRecord, 'key'> | null;

/** Runs a scenario and keeps what its users got, without a trace. A pure function of its arguments. */
export const observeRun: RunOnce = (given, seed, observation, stopped = () => false) => {
  const bucket = Math.max(1, Math.floor(given.duration / SLICES));
  const scenario = { ...given, seed, trace: { requests: 0, bucket } };
  const watched: Watched[] = [];
  let slice = 0;
  let overdue: Record<string, number> = {};
  const { events, endedAt } = runScenario(scenario, {
    version: '',
    sink: () => {},
    progress: () => !stopped(),
    observe: (books) => {
      slice++;
      books.forEach((book, i) => {
        watched[i] ??= newlyWatched(book);
        watch(watched[i], book, slice % PER_EDGE === 0);
      });
    },
    summarise: (figures) => {
      overdue = Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, figure.overdue]));
      return {};
    },
  });
  if (endedAt < scenario.duration) return null;
  return recordOf(scenario, observation, watched, overdue, events);
};

function newlyWatched({ traffic }: UserBooks): Watched {
  const nothing = new Histogram().toSparse();
  const start = { ended: 0, good: 0, sent: 0, latencies: nothing };
  return { name: traffic, means: [], edges: [start], ended: 0, good: 0, count: 0, sum: 0 };
}

function watch(watched: Watched, { latencies, ended, sent }: UserBooks, isEdge: boolean): void {
  const { count } = latencies;
  const sum = count === 0 ? 0 : latencies.mean * count;
  const mean = count > watched.count ? (sum - watched.sum) / (count - watched.count) : watched.means.at(-1);
  watched.means.push(mean ?? 0);
  watched.count = count;
  watched.sum = sum;
  for (let outcome = 0; outcome < ended.length; outcome++) watched.ended += ended[outcome]!;
  for (const outcome of GOOD) watched.good += ended[outcome]!;
  if (!isEdge) return;
  watched.edges.push({ ended: watched.ended, good: watched.good, sent, latencies: latencies.toSparse() });
}

function recordOf(
  { duration, business, representing, seed }: Scenario,
  observation: Observation,
  watched: readonly Watched[],
  overdue: Readonly<Record<string, number>>,
  events: number,
): Omit<RunRecord, 'key'> {
  const edges = edgesAt(observation, duration, watched);
  const isOpen = observation.warmUp === 'auto' && !observation.batches;
  const perFailure =
    business === null
      ? 0
      : (representing / business.requestsPerOrder) * (1 - business.returnShare) * business.orderValue;
  return {
    seed,
    events,
    duration,
    cuts: edges.map((edge) => Math.round((edge / EDGES) * duration)),
    business: business === null ? null : { traffic: business.traffic, perFailure },
    traffic: Object.fromEntries(
      watched.map(({ name, edges: looks, means }): [string, SourceRecord] => [
        name,
        {
          parts: edges.map((edge, i) => {
            const end = edges[i + 1] ?? EDGES;
            return partOf(looks[edge]!, looks[end]!, end === EDGES ? overdue[name]! : 0);
          }),
          means: isOpen ? means.map(Math.round) : [],
        },
      ]),
    ),
  };
}

/** Where a run is cut into parts. */
function edgesAt(
  { warmUp: asked, from, batches }: Observation,
  duration: number,
  watched: readonly Watched[],
): number[] {
  const edgeOf = (time: number) => Math.min(EDGES - 1, Math.ceil((time / duration) * EDGES - 1e-9));
  const least = edgeOf(from);
  if (batches) {
    const found = asked === 'auto' ? cutOf(watched.map(({ means }) => means)) : edgeOf(asked);
    const first = Math.max(least, found === null ? 0 : found);
    const size = Math.max(1, Math.floor((EDGES - first) / BATCHES));
    // Batches of whole edges; what is left over stays out at the start.
    return Array.from({ length: BATCHES }, (_, i) => EDGES - (BATCHES - i) * size);
  }
  if (asked !== 'auto') return [Math.max(least, edgeOf(asked))];
  return [...new Set(CUTS.map((cut) => Math.max(cut, least)))];
}

/**
 * The edge at which the warm-up ends, of mean latencies by slice.
 * @param means by source; the latest counts @returns an edge, 0 to 20; null: the run is too short to tell
 */
function cutOf(means: readonly ArrayLike<number>[]): number | null {
  const cuts = means.map(warmUp);
  if (cuts.some((cut) => cut < 0)) return null;
  const edge = Math.max(0, ...cuts) / PER_EDGE;
  return CUTS.find((cut) => cut >= edge)!;
}

/**
 * Where the warm-up of a point ends: MSER-5 of the mean over its runs, slice by slice. Of single runs it would cut off bursts
 * that come by chance, and the rest would be too calm.
 * @returns which of the records' cuts; null: the runs are too short to tell @source Welch's averaging over replications, with MSER-5
 */
export function warmUpOfRuns(records: readonly RunRecord[]): number | null {
  const sources = Object.keys(records[0]!.traffic);
  const means = sources.map((name) => {
    const all = records.map(({ traffic }) => traffic[name]!.means);
    return all[0]!.map((_, slice) => all.reduce((sum, each) => sum + each[slice]!, 0) / all.length);
  });
  const edge = cutOf(means);
  if (edge === null) return null;
  const { cuts, duration } = records[0]!;
  return cuts.findIndex((cut) => cut >= Math.round((edge / EDGES) * duration));
}

function partOf(from: Edge, to: Edge, overdue: number): Part {
  const good = to.good - from.good;
  return {
    sent: to.sent - from.sent,
    good,
    failed: to.ended - from.ended - good + overdue,
    latencies: histogramSince(to.latencies, from.latencies),
  };
}
