import type { Histogram } from './histogram.ts';

/** What is said of a distribution of times, in seconds; NaN where nothing was counted. */
export interface LatencyFigures {
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
}

/** @param times ns */
export function latencyFigures(times: Histogram): LatencyFigures {
  const seconds = (ns: number) => (times.count === 0 ? Number.NaN : ns / 1e9);
  const quantile = (q: number) => (times.count === 0 ? Number.NaN : times.quantile(q) / 1e9);
  return {
    mean: seconds(times.mean),
    p50: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    p999: quantile(0.999),
    max: seconds(times.max),
  };
}
