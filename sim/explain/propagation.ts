import type { Trace } from '../trace/trace.ts';
import { peakWithin, quantileWithin, sumOf, totalOf } from './buckets.ts';
import { wholeRun } from './evidence.ts';
import { latency, plural } from './figures.ts';

/** How long endpoint changes took from their cause to the API and to the nodes, seconds; null: there was none. */
export interface PropagationSummary {
  /** Writes of EndpointSlices. */
  changes: number;
  published: { p50: number | null; p99: number | null; max: number | null };
  programmed: { p50: number | null; p90: number | null; p99: number | null; max: number | null };
}

/** Quantiles are off by at most 3.2 %, and never above the maximum, which is exact. */
export function propagationOf(trace: Trace): PropagationSummary {
  const whole = wholeRun(trace);
  const figuresOf = (step: 'published' | 'programmed') => {
    const metric = `propagation.${step}`;
    const max = peakWithin(sumOf(trace, trace.seriesOf(`${metric}Max`)), whole).value;
    const quantile = (q: number) => {
      const time = quantileWithin(trace, metric, {}, q, whole);
      return Number.isNaN(time) ? null : Math.min(time, max) / 1e9;
    };
    const [p50, p90, p99] = [quantile(0.5), quantile(0.9), quantile(0.99)];
    return { p50, p90, p99, max: p50 === null ? null : max / 1e9 };
  };
  const { p90: _, ...published } = figuresOf('published');
  return {
    changes: totalOf(trace, 'propagation.changes', {}, whole),
    published,
    programmed: figuresOf('programmed'),
  };
}

/** A cluster whose nodes follow faster than this needs no word about it, seconds. */
const TELLING = 2;

/** For people, where it is telling: nodes that follow late send to Pods that are gone. */
export function propagationSentence({ changes, programmed }: PropagationSummary): string | null {
  const { p50, p99, max } = programmed;
  if (p50 === null || p99 === null || max === null || max < TELLING) return null;
  return `${plural(changes, 'endpoint change')} reached the nodes' rules after ${latency(p50 * 1e9)} (median), ${latency(p99 * 1e9)} (p99), ${latency(max * 1e9)} at most.`;
}
