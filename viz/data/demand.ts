import { Pyramid } from '../../sim/trace/pyramid.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { groupOf, OUTCOME_GROUPS } from './outcome-groups.ts';

/** User requests of all traffic, by outcome group, over time. */
export interface Demand {
  readonly sent: Pyramid;
  /** By group; those that never occur are there, all 0. */
  readonly ended: readonly Pyramid[];
  /** Groups that occur, in stacking order. */
  readonly present: readonly number[];
  /** Ended badly ÷ ended, 0 to 1, in each bucket; 0 where nothing ended. */
  readonly errorRatio: Pyramid;
  readonly totalSent: number;
  readonly totalEnded: number;
  /** Ended well ÷ ended over the whole run; NaN without requests. */
  readonly successRatio: number;
}

/** Without user requests in the trace, the logical calls of its clients stand for them. */
export function demandOf(trace: Trace): Demand {
  const metric = trace.seriesOf('user.ended').length > 0 ? 'user' : 'call';
  const sent = sumOf(trace, trace.seriesOf(`${metric}.sent`));
  const ended = OUTCOME_GROUPS.map(() => new Float64Array(trace.bucketCount));
  for (const id of trace.seriesOf(`${metric}.ended`)) {
    const group = groupOf(trace.tables.series[id]!.labels.outcome);
    if (group >= 0) addTo(ended[group]!, trace.dense(id));
  }
  const [all, bad] = [new Float64Array(trace.bucketCount), new Float64Array(trace.bucketCount)];
  ended.forEach((counts, group) => {
    addTo(all, counts);
    if (OUTCOME_GROUPS[group]!.failed) addTo(bad, counts);
  });
  const [totalEnded, totalBad] = [total(all), total(bad)];
  return {
    sent: new Pyramid(sent),
    ended: ended.map((counts) => new Pyramid(counts)),
    present: OUTCOME_GROUPS.flatMap((_, group) => (ended[group]!.some((count) => count > 0) ? [group] : [])),
    errorRatio: new Pyramid(bad.map((count, bucket) => (all[bucket]! > 0 ? count / all[bucket]! : 0))),
    totalSent: total(sent),
    totalEnded,
    successRatio: 1 - totalBad / totalEnded,
  };
}

/** The series added up, bucket by bucket. */
export function sumOf(trace: Trace, ids: readonly number[]): Float64Array {
  const sum = new Float64Array(trace.bucketCount);
  for (const id of ids) addTo(sum, trace.dense(id));
  return sum;
}

function addTo(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + values[i]!;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
