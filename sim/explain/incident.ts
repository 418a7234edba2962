import { isSuccess, OUTCOMES } from '../trace/outcomes.ts';
import type { Trace } from '../trace/trace.ts';
import { type Buckets, sumOf } from './buckets.ts';

/** Below this share of good answers a bucket is bad. */
export const GOOD = 0.99;

/** Bad spans that are closer than this are one incident, ns: a system that flaps is down. */
const GAP = 120e9;

/** What users got, bucket by bucket. */
export interface UserSeries {
  readonly good: Float64Array;
  /** Ended, well or badly. */
  readonly ended: Float64Array;
  readonly sent: Float64Array;
}

export interface Incident extends Buckets {
  /** Share of user requests that failed within it. */
  readonly failed: number;
  readonly failedCount: number;
}

/** @param traffic object id; absent: all users */
export function userSeries(trace: Trace, traffic?: number): UserSeries {
  const labels = traffic === undefined ? {} : { traffic };
  const ended = trace.seriesOf('user.ended', labels).filter((id) => outcomeOf(trace, id) !== 'inFlight');
  const good = ended.filter((id) => isSuccess(OUTCOMES.indexOf(outcomeOf(trace, id) as (typeof OUTCOMES)[number])));
  return {
    good: sumOf(trace, good),
    ended: sumOf(trace, ended),
    sent: sumOf(trace, trace.seriesOf('user.sent', labels)),
  };
}

function outcomeOf(trace: Trace, series: number): string {
  return String(trace.tables.series[series]!.labels.outcome);
}

/** Buckets in which fewer than 99 % of the users that ended got a good answer. */
export function badBuckets(users: UserSeries): boolean[] {
  return Array.from(users.ended, (ended, bucket) => ended > 0 && users.good[bucket]! < GOOD * ended);
}

/** The spans in which users failed, in the order of how many did. */
export function incidentsOf(trace: Trace, users: UserSeries): Incident[] {
  const gap = Math.max(1, Math.round(GAP / trace.header.bucket));
  const bad = badBuckets(users);
  const spans: { from: number; to: number }[] = [];
  bad.forEach((isBad, bucket) => {
    if (!isBad) return;
    const last = spans.at(-1);
    if (last && bucket - last.to < gap) last.to = bucket + 1;
    else spans.push({ from: bucket, to: bucket + 1 });
  });
  return spans
    .map(({ from, to }) => {
      let ended = 0;
      let failedCount = 0;
      for (let bucket = from; bucket < to; bucket++) {
        ended += users.ended[bucket]!;
        failedCount += users.ended[bucket]! - users.good[bucket]!;
      }
      return { from, to, failedCount, failed: failedCount / ended };
    })
    .sort((a, b) => b.failedCount - a.failedCount);
}
