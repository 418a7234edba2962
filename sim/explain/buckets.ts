import { BIN_COUNT, binQuantile } from '../trace/bins.ts';
import type { Trace } from '../trace/trace.ts';

/** A span of time buckets: from the first to before the last. */
export interface Buckets {
  readonly from: number;
  readonly to: number;
}

type Labels = Readonly<Record<string, string | number>>;

/** The sum over several series, bucket by bucket. */
export function sumOf(trace: Trace, series: readonly number[]): Float64Array {
  const sum = new Float64Array(trace.bucketCount);
  for (const id of series) {
    const dense = trace.dense(id);
    for (let bucket = 0; bucket < sum.length; bucket++) sum[bucket]! += dense[bucket]!;
  }
  return sum;
}

/** Total of a metric with these labels within the span. */
export function totalOf(trace: Trace, metric: string, labels: Labels, within: Buckets): number {
  let total = 0;
  for (const id of trace.seriesOf(metric, labels)) total += sumWithin(trace.dense(id), within);
  return total;
}

export function sumWithin(values: Float64Array, { from, to }: Buckets): number {
  let sum = 0;
  for (let bucket = from; bucket < to; bucket++) sum += values[bucket]!;
  return sum;
}

export function peakWithin(values: Float64Array, { from, to }: Buckets): { value: number; bucket: number } {
  let bucket = from;
  for (let i = from; i < to; i++) if (values[i]! > values[bucket]!) bucket = i;
  return { value: values[bucket] ?? 0, bucket };
}

/** Totals of a metric by the value of one of its labels, within the span. */
export function totalsBy<T extends string | number>(
  trace: Trace,
  metric: string,
  labels: Labels,
  by: string,
  within: Buckets,
): Map<T, number> {
  const totals = new Map<T, number>();
  for (const id of trace.seriesOf(metric, labels)) {
    const key = (trace.tables.series[id]!.labels[by] ?? -1) as T;
    const total = sumWithin(trace.dense(id), within);
    if (total !== 0) totals.set(key, (totals.get(key) ?? 0) + total);
  }
  return totals;
}

/** A quantile of all that a histogram counted within the span, ns; off by at most 3.2 %. NaN: nothing was counted. */
export function quantileWithin(trace: Trace, metric: string, labels: Labels, q: number, within: Buckets): number {
  const counts = new Float64Array(BIN_COUNT);
  for (const id of trace.histogramsOf(metric, labels)) {
    trace.eachBin(id, (bucket, bin, count) => {
      if (bucket >= within.from && bucket < within.to) counts[bin]! += count;
    });
  }
  return binQuantile(counts, q);
}
