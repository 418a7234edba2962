import { describe, expect, test } from 'vitest';
import { scaleScenario } from '../../sim/input/scale.ts';
import { OUTCOMES } from '../../sim/trace/outcomes.ts';
import { outcomeOf, retailOutage, variantOf } from './runs.ts';

/** Fourteen of the three hours' minutes: the rush, the consolidation, and the failure at its full height. */
const MINUTES = 14;
const file = retailOutage(MINUTES);
const baseline = outcomeOf(file.base);
const viaService = outcomeOf(variantOf(file, 'service-dns'));

describe('with hardcoded Pod IPs', () => {
  test('most users fail once the nodes are consolidated, and the run says so', () => {
    expect(baseline.summary.availability.peakErrorShare).toBeGreaterThan(0.7);
    expect(baseline.story.verdict).toMatch(
      /storefront kept sending to Pod addresses of checkout that no longer existed/,
    );
  });

  test('the addresses die because an autoscaler drained their nodes: nothing on the timeline does it', () => {
    const { events, texts } = baseline.trace.tables;
    const reasons = new Set(Array.from(events.reason, (reason) => texts[reason]));
    expect(reasons).toContain('SuccessfulRescale');
    expect(reasons).toContain('Drain');
    expect(file.base.timeline.every((entry) => entry.at > MINUTES * 60e9)).toBe(true);
  });

  test('fresh Pods are ready and idle, and the pools are full', () => {
    expect(baseline.summary.freshCapacity!.pods).toBeGreaterThanOrEqual(4);
    expect(baseline.summary.freshCapacity!.idle).toBeGreaterThan(0.5);
    const client = baseline.summary.clients['shop/storefront → shop/checkout']!;
    // 17 of 20 clients are stuck with dead addresses; the others' pools stay nearly empty.
    expect(client.pool.peakInUse).toBeGreaterThan(0.7 * client.pool.size);
    expect(client.peakRetriesPerCall).toBeGreaterThan(1);
  });
});

describe('through the Service', () => {
  test('the same replacement of Pods goes unnoticed', () => {
    const gone = viaService.trace.tables.fields.findIndex((field) => field.name === 'Pod.phase');
    const { changes } = viaService.trace.tables;
    const ends = changes.field.filter((field, i) => field === gone && changes.value[i] === 5).length;
    expect(ends).toBeGreaterThan(5);
    expect(viaService.summary.requests.ok! / viaService.summary.requests.sent).toBeGreaterThan(0.999);
    expect(viaService.story.verdict).toMatch(/^No incident/);
  });

  test('the same users came at the same moments', () => {
    const arrivals = ({ trace }: typeof baseline) => Array.from(trace.dense(trace.seriesOf('user.sent')[0]!));
    expect(arrivals(viaService)).toEqual(arrivals(baseline));
  });
});

describe('conservation', () => {
  test.each([
    ['baseline', baseline],
    ['service-dns', viaService],
  ])('%s: sent = sum of outcomes, for users, calls and attempts, from every side', (_, { trace, summary }) => {
    const sum = (counts: Record<string, number>) =>
      OUTCOMES.reduce((total, outcome) => total + (counts[outcome] ?? 0), 0);
    for (const counts of [summary.requests, summary.attempts]) expect(sum(counts)).toBe(counts.sent);
    for (const client of Object.values(summary.clients)) {
      expect(sum(client.calls)).toBe(client.calls.sent);
      expect(sum(client.attempts)).toBe(client.attempts.sent);
    }
    // Bucket by bucket, what is open is never negative: sent so far less ended so far.
    const ended = trace.seriesOf('user.ended').filter((id) => trace.tables.series[id]!.labels.outcome !== 'inFlight');
    const sentBy = trace.dense(trace.seriesOf('user.sent')[0]!);
    const endedBy = ended.map((id) => trace.dense(id));
    let open = 0;
    for (let bucket = 0; bucket < trace.bucketCount; bucket++) {
      open += sentBy[bucket]! - endedBy.reduce((total, series) => total + series[bucket]!, 0);
      expect(open).toBeGreaterThanOrEqual(0);
    }
    expect(open).toBe(summary.requests.inFlight);
  });

  test("a Pod's CPU is never busier than its cores", () => {
    for (const pod of Object.values(baseline.summary.pods)) expect(pod.utilisation).toBeLessThanOrEqual(1.02);
  });
});

describe('determinism', () => {
  const short = retailOutage(3);

  test('the same seed gives the same bytes; another seed does not', () => {
    const first = outcomeOf(short.base).bytes;
    expect(outcomeOf(short.base).bytes.equals(first)).toBe(true);
    expect(outcomeOf({ ...short.base, seed: 2 }).bytes.equals(first)).toBe(false);
  });

  test('a run does not change its input', () => {
    const before = structuredClone(short.base);
    outcomeOf(short.base);
    expect(short.base).toEqual(before);
  });
});

test('four times the load on four times the capacity fails alike', () => {
  const small = retailOutage(9).base;
  const large = outcomeOf(scaleScenario(small, 4));
  const same = outcomeOf(small);
  expect(large.summary.requests.sent / same.summary.requests.sent).toBeCloseTo(4, 1);
  const failed = ({ summary }: typeof same) => 1 - Object.values(summary.traffic)[0]!.success;
  expect(failed(same)).toBeGreaterThan(0.1);
  expect(Math.abs(failed(large) - failed(same))).toBeLessThan(0.05);
});
