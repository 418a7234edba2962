import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BIN_COUNT, binOf, binQuantile } from '../../sim/trace/bins.ts';
import { OUTCOMES } from '../../sim/trace/outcomes.ts';
import { readTrace } from '../../sim/trace/reader.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { TraceWriter } from '../../sim/trace/writer.ts';
import { verdictOf } from '../verdict.ts';
import { demandOf } from './demand.ts';
import { Flows } from './flows.ts';
import { Histories } from './histories.ts';
import { Latency } from './latency.ts';
import { groupOf, OUTCOME_GROUPS } from './outcome-groups.ts';

const SECOND = 1e9;

/** A run of `buckets` seconds that `act` writes into, bucket by bucket. */
function traceOf(buckets: number, act: (writer: TraceWriter, bucket: number, clock: Float64Array) => void): Trace {
  const chunks: Uint8Array[] = [];
  const clock = new Float64Array(1);
  const writer = new TraceWriter((chunk) => chunks.push(chunk), clock, {
    scenario: 's',
    description: '',
    variant: '',
    seed: 1,
    duration: buckets * SECOND,
    bucket: SECOND,
    representing: 1,
    svclab: '0',
    settings: {},
  });
  for (let b = 0; b < buckets; b++) {
    act(writer, b, clock);
    clock[0] = (b + 1) * SECOND;
    writer.flushBucket();
  }
  writer.close({});
  return readTrace(Buffer.concat(chunks));
}

test('every outcome is in exactly one group', () => {
  expect(OUTCOME_GROUPS.flatMap(({ outcomes }) => outcomes).sort()).toEqual([...OUTCOMES].sort());
  for (const outcome of OUTCOMES) expect(OUTCOME_GROUPS[groupOf(outcome)]!.outcomes).toContain(outcome);
});

test('a history tells the last change at or before any instant', () => {
  const changes = fc.array(fc.record({ at: fc.nat(9), object: fc.nat(2), field: fc.nat(1), value: fc.nat(50) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(changes, fc.nat(10), (drawn, asked) => {
      const rows = drawn.toSorted((a, b) => a.at - b.at);
      const trace = traceOf(10, (writer, bucket, clock) => {
        if (bucket === 0) for (const name of ['a', 'b', 'c']) writer.object('Pod', name, {});
        const fields = ['Pod.restarts', 'Pod.published'].map((name) => writer.field(name, 'number'));
        clock[0] = bucket * SECOND + 1;
        for (const row of rows) if (row.at === bucket) writer.change(row.object, fields[row.field]!, row.value);
      });
      const histories = new Histories(trace);
      for (const object of [0, 1, 2]) {
        const expected = rows.findLast(
          (row) => row.object === object && row.field === 1 && row.at * SECOND + 1 <= asked * SECOND,
        );
        expect(histories.at(object, 'Pod.published', asked * SECOND, -7)).toBe(expected?.value ?? -7);
      }
    }),
    { numRuns: 40 },
  );
});

test('at every resolution the heat map counts each value once, and quantiles are those of the values', () => {
  const buckets = fc.array(fc.array(fc.integer({ min: 1, max: 20e9 }), { maxLength: 4 }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(buckets, fc.integer({ min: 1, max: 40 }), (times, pixels) => {
      let histogram = 0;
      const trace = traceOf(times.length, (writer, bucket) => {
        if (bucket === 0) histogram = writer.histogram('user.latency', {});
        for (const time of times[bucket]!) writer.record(histogram, time);
      });
      const { width, columns, counts, p99 } = new Latency(trace, [histogram]).level(times.length, pixels);
      expect(counts.reduce((a, b) => a + b, 0)).toBe(times.flat().length);
      for (let column = 0; column < columns; column++) {
        const bins = new Uint32Array(BIN_COUNT);
        for (const time of times.slice(column * width, (column + 1) * width).flat()) bins[binOf(time)]! += 1;
        expect(p99[column]).toBe(binQuantile(bins, 0.99));
      }
    }),
    { numRuns: 40 },
  );
});

describe('flows', () => {
  const trace = traceOf(10, (writer, bucket) => {
    const series = (outcome: string, target?: number) =>
      writer.series('attempt.ended', 'sum', { client: 0, outcome, ...(target === undefined ? {} : { target }) });
    if (bucket === 0) {
      writer.object('Client', 'web', {});
      writer.object('Pod', 'a', {});
      series('ok', 1);
      series('connectTimeout', 1);
      series('poolTimeout');
    }
    writer.values[0] = bucket;
    writer.values[1] = 1;
    writer.values[2] = bucket === 9 ? 4 : 0;
  });
  const flows = new Flows(trace);

  test('are rates of the bucket that the instant is in', () => {
    const [flow, ...others] = flows.at(4.5 * SECOND, 0);
    expect(others).toEqual([]);
    expect(flow).toMatchObject({ client: 0, target: 1, rate: 5 });
    expect([flow!.rates[groupOf('ok')], flow!.rates[groupOf('connectTimeout')]]).toEqual([4, 1]);
  });

  test('are averaged over the span before the instant', () => {
    expect(flows.at(5 * SECOND, 3 * SECOND)[0]!.rate).toBe((2 + 3 + 4) / 3 + 1);
  });

  test('of nobody picked have the target -1', () => {
    expect(flows.at(10 * SECOND, 0).map(({ target, rate }) => [target, rate])).toEqual([
      [1, 10],
      [-1, 4],
    ]);
  });
});

describe('demand and verdict', () => {
  const run = (failures: (bucket: number) => number) =>
    traceOf(20, (writer, bucket) => {
      if (bucket === 0) {
        const traffic = writer.object('Traffic', 't', {});
        writer.series('user.sent', 'sum', { traffic });
        for (const outcome of ['ok', 'refused']) writer.series('user.ended', 'sum', { traffic, outcome });
      }
      writer.values.set([100, 100 - failures(bucket), failures(bucket)]);
    });

  test('a steady run is called so', () => {
    const trace = run(() => 0);
    expect(verdictOf(trace, demandOf(trace))).toBe('A steady run: 100 % of the user requests ended well.');
  });

  test('a run with failures tells how many, how long, and when it was worst', () => {
    const trace = run((bucket) => (bucket === 7 ? 80 : bucket > 10 ? 10 : 0));
    const demand = demandOf(trace);
    expect(demand.successRatio).toBeCloseTo(1 - (80 + 9 * 10) / 2000);
    expect(verdictOf(trace, demand)).toBe(
      '91.5 % of the user requests ended well; for 10 s fewer than 99 % did, at worst 20 % at 0:00:07.',
    );
  });
});
