import type { Figure } from '../replication.ts';
import type { Estimate } from '../result.ts';
import { figureText, meanText } from './figure-text.ts';

/** How a figure is shown. */
export interface Measure {
  /** Over a column of a table. */
  readonly heading: string;
  /** What it is. */
  readonly meaning: string;
  /** Of a column of CSV, where it is in seconds if it is a time. */
  readonly column: string;
  readonly isTime: boolean;
}

function time(column: string, heading: string, meaning: string): Measure {
  return { heading, meaning, column: `${column}_seconds`, isTime: true };
}

function number(column: string, heading: string, meaning: string): Measure {
  return { heading, meaning, column, isTime: false };
}

/** In the order of tables and columns. */
export const MEASURES: Readonly<Record<Figure, Measure>> = {
  mean: time('mean', 'mean', 'mean latency'),
  p50: time('p50', 'p50', 'median latency'),
  p90: time('p90', 'p90', '90th percentile of latency'),
  p99: time('p99', 'p99', '99th percentile of latency'),
  p999: time('p999', 'p99.9', '99.9th percentile of latency'),
  errors: number('errors', 'errors', 'share of requests that failed'),
  goodput: number('goodput', 'good/s', 'good answers per second'),
  maxOverMean: number(
    'imbalance_max_over_mean',
    'max/mean',
    'requests that the busiest Pod took over the mean of Pods, both by what a Pod can serve, in the mean of windows',
  ),
  variation: number(
    'imbalance_variation',
    'variation',
    'coefficient of variation (standard deviation over mean) of what Pods took, in the mean of windows',
  ),
  jain: number(
    'imbalance_jain',
    'Jain',
    'Jain’s index of what Pods took, in the mean of windows: 1 is even, 1/n is all at one',
  ),
  queueMean: number('queue_mean', 'queue', 'requests at a Pod, in the mean of Pods and windows'),
  queueMax: number('queue_max', 'queue max', 'the most requests that were at one Pod'),
  moved: number(
    'disruption_moved',
    'moved',
    'share of clients that were sent to another Pod than before after members had changed; none where members do not change',
  ),
  forced: number('disruption_minimum', 'had to', 'share of clients that had to be, since their Pod was gone'),
  recovery: time(
    'recovery',
    'recovery',
    'from the first fault, or rise of the load, until the p99 is within 1.5 times that before it again; none where nothing happens',
  ),
  messages: number('messages', 'messages', 'probes, their answers and announcements for each request'),
};

export const FIGURE_NAMES = Object.keys(MEASURES) as Figure[];

/** `12.3 ms (11.9 to 12.8)`: the ends without a unit where it is that of the value. */
export function intervalText(figure: Figure, estimate: Estimate | null): string {
  const value = meanText(figure, estimate);
  if (estimate === null || estimate.halfWidth === null) return value;
  const [from, to] = endsOf(estimate).map((end) => figureText(figure, end)) as [string, string];
  const unit = / \S+$/.exec(value)?.[0] ?? '';
  const bare = (end: string) =>
    unit !== '' && from.endsWith(unit) && to.endsWith(unit) ? end.slice(0, -unit.length) : end;
  return `${value} (${bare(from)} to ${bare(to)})`;
}

/** The ends of an interval, not below 0, where no figure is; without one the value twice. */
export function endsOf({ mean, halfWidth }: Estimate): [low: number, high: number] {
  return [Math.max(0, mean - (halfWidth ?? 0)), mean + (halfWidth ?? 0)];
}
