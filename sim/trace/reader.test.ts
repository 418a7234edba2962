import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binOf } from './bins.ts';
import { packChunk, packColumns, packJson, unpackChunk } from './chunk.ts';
import { COLUMN_TABLES, JSON_TABLES, PREAMBLE_BYTES, type TraceHeader } from './format.ts';
import { readTrace } from './reader.ts';
import type { Trace } from './trace.ts';
import { TraceError } from './trace-error.ts';
import { TraceWriter } from './writer.ts';

const SECOND = 1e9;
const header: TraceHeader = {
  scenario: 'test',
  description: 'für einen Test',
  variant: '',
  seed: 1,
  duration: 10 * SECOND,
  bucket: SECOND,
  representing: 10,
  svclab: '0.0.0',
  settings: { business: { orderValue: 90 } },
};

/** Runs `calls` against a writer whose clock they move, and returns the file. */
function written(calls: (writer: TraceWriter, clock: Float64Array) => void, its = header): Uint8Array {
  const chunks: Uint8Array[] = [];
  const clock = new Float64Array(1);
  const writer = new TraceWriter((chunk) => chunks.push(chunk), clock, its);
  calls(writer, clock);
  return Buffer.concat(chunks);
}

/** What a model of one bucket does: for each of three series a value, and some recorded times. */
const bucket = fc.record({
  values: fc.tuple(fc.nat(50), fc.nat(50), fc.integer({ min: -50, max: 50 })),
  times: fc.array(fc.nat(1e9), { maxLength: 5 }),
  changes: fc.array(fc.integer(), { maxLength: 3 }),
});

/** A run with so many rows that several checkpoints are set. */
const longRun = written(
  (writer, clock) => {
    const pods = Array.from({ length: 500 }, (_, i) => writer.object('Pod', `pod-${i}`, { workload: 'w' }));
    const series = pods.map((pod) => writer.series('pod.served', 'sum', { pod }));
    const restarts = writer.field('Pod.restarts', 'number');
    for (let b = 0; b < 140; b++) {
      clock[0] = b * SECOND + 1;
      for (const pod of pods) {
        writer.values[series[pod]!] = b + pod + 1;
        writer.change(pod, restarts, b * 7 + pod);
      }
      clock[0] = (b + 1) * SECOND;
      writer.flushBucket();
    }
    writer.close({ verdict: 'fine' });
  },
  { ...header, duration: 140 * SECOND },
);
const longTrace = readTrace(longRun);
const borders = chunkBorders(longRun);

describe('round trip', () => {
  test('series, bins and changes come back as they went in', () => {
    fc.assert(
      fc.property(fc.array(bucket, { minLength: 1, maxLength: 10 }), (buckets) => {
        const file = written((writer, clock) => {
          const pod = writer.object('Pod', 'a', {});
          const ids = (['sum', 'max', 'gauge'] as const).map((kind) => writer.series(kind, kind, { pod }));
          const histogram = writer.histogram('latency', { pod });
          const field = writer.field('Pod.restarts', 'number');
          buckets.forEach(({ values, times, changes }, b) => {
            clock[0] = b * SECOND + 5;
            ids.forEach((id, i) => {
              writer.values[id] = values[i]!;
            });
            for (const time of times) writer.record(histogram, time);
            for (const change of changes) writer.change(pod, field, change);
            clock[0] = (b + 1) * SECOND;
            writer.flushBucket();
          });
          writer.close({});
        });
        const trace = readTrace(file);
        expect(trace.tables).toMatchObject({ complete: true, problem: '', endedAt: buckets.length * SECOND });
        const rest = new Array<number>(10 - buckets.length);
        (['sum', 'max', 'gauge'] as const).forEach((metric, i) => {
          const last = metric === 'gauge' ? buckets.at(-1)!.values[i]! : 0;
          const expected = [...buckets.map(({ values }) => values[i]!), ...rest.fill(last)];
          expect(Array.from(trace.dense(trace.seriesOf(metric)[0]!))).toEqual(expected);
        });
        const seen: number[][] = buckets.map(() => []);
        trace.eachBin(0, (b, bin, count) => seen[b]!.push(...new Array<number>(count).fill(bin)));
        expect(seen).toEqual(buckets.map(({ times }) => times.map(binOf).sort((a, b) => a - b)));
        expect(Array.from(trace.tables.changes.value)).toEqual(buckets.flatMap(({ changes }) => changes));
        expect(Array.from(trace.tables.changes.time)).toEqual(
          buckets.flatMap(({ changes }, b) => changes.map(() => b * SECOND + 5)),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('definitions, events, attempts, header and summary too', () => {
    const file = written((writer, clock) => {
      const pod = writer.object('Pod', '<b>späti</b>', { zone: 'a', port: 80, spot: true, formerPod: null });
      clock[0] = 3;
      const client = writer.object('Client', 'web', {});
      writer.field('Pod.phase', 'enum', ['pending', 'ready']);
      expect(writer.field('Pod.phase', 'enum', ['pending', 'ready'])).toBe(0);
      writer.change(pod, writer.field('Pod.address', 'text'), writer.text('10.0.0.1'));
      writer.event('error', pod, 'Killing', 'gone');
      writer.event('info', -1, 'Killing', 'again');
      writer.attempt({
        request: 4e9,
        client,
        attempt: 2,
        target: -1,
        startedAt: 1,
        connectedAt: -1,
        servedAt: -1,
        endedAt: 3,
        outcome: 5,
      });
      writer.close({ verdict: 'fine', story: [] });
    });
    const { tables } = readTrace(file);
    expect(tables.header).toEqual(header);
    expect(tables.summary).toEqual({ verdict: 'fine', story: [] });
    expect(tables.objects).toEqual([
      {
        kind: 'Pod',
        name: '<b>späti</b>',
        attributes: { zone: 'a', port: 80, spot: true, formerPod: null },
        createdAt: 0,
      },
      { kind: 'Client', name: 'web', attributes: {}, createdAt: 3 },
    ]);
    expect(tables.fields.map(({ name }) => name)).toEqual(['Pod.phase', 'Pod.address']);
    expect(tables.texts[tables.changes.value[0]!]).toBe('10.0.0.1');
    expect(Array.from(tables.events.reason, (text) => tables.texts[text])).toEqual(['Killing', 'Killing']);
    expect(Array.from(tables.events.message, (text) => tables.texts[text])).toEqual(['gone', 'again']);
    expect(Object.values(tables.attempts).map((column) => column[0])).toEqual([4e9, 1, 2, -1, 1, -1, -1, 3, 5]);
  });

  test('what is counted after the last bucket belongs to the last bucket', () => {
    const file = written((writer, clock) => {
      const sum = writer.series('user.ended', 'sum', { outcome: 'ok' });
      writer.values[sum] = 2;
      clock[0] = SECOND;
      writer.flushBucket();
      writer.values[sum]! += 3;
      writer.close({});
    });
    expect(Array.from(readTrace(file).dense(0))).toEqual([5, ...new Array<number>(9).fill(0)]);
  });

  test('the same calls give the same bytes', () => {
    const calls = (writer: TraceWriter, clock: Float64Array) => {
      writer.object('Pod', 'a', {});
      writer.values[writer.series('x', 'sum', {})] = 7;
      clock[0] = 1;
      writer.close({});
    };
    expect(written(calls)).toEqual(written(calls));
  });
});

describe('a damaged file', () => {
  /** What a trace that is cut at bucket `buckets` must still tell: everything before, nothing after. */
  function expectPrefix(trace: Trace): void {
    expect(trace.tables.complete).toBe(false);
    expect(trace.tables.problem).not.toBe('');
    const buckets = trace.cutAt! / SECOND;
    expect(Number.isInteger(buckets)).toBe(true);
    const { changes, samples } = trace.tables;
    expect(changes.value).toEqual(longTrace.tables.changes.value.subarray(0, buckets * 500));
    expect(samples.value).toEqual(longTrace.tables.samples.value.subarray(0, buckets * 500));
  }

  test('the run used here has several checkpoints', () => {
    expect(longTrace.tables.complete).toBe(true);
    expect(borders.length).toBeGreaterThan(10);
  });

  test('cut at each border of chunks, opens up to the last checkpoint', () => {
    let longest = 0;
    for (const border of borders.slice(1, -1)) {
      const trace = readTrace(longRun.subarray(0, border));
      expectPrefix(trace);
      expect(trace.cutAt).toBeGreaterThanOrEqual(longest);
      longest = trace.cutAt!;
    }
    expect(longest).toBeGreaterThan(60 * SECOND);
  });

  test('cut anywhere, or with any byte changed, opens up to there or is refused in words', () => {
    fc.assert(
      fc.property(fc.nat(longRun.length - 1), fc.option(fc.integer({ min: 1, max: 255 })), (at, flip) => {
        const damaged = flip === null ? longRun.subarray(0, at) : Uint8Array.from(longRun);
        if (flip !== null) damaged[at]! ^= flip;
        if (at < borders[1]!) expectRefusalOrOlderMinor(damaged, at);
        else expectPrefix(readTrace(damaged));
      }),
      { numRuns: 40 },
    );
  });

  function expectRefusalOrOlderMinor(damaged: Uint8Array, at: number): void {
    const isMinorVersion = at >= PREAMBLE_BYTES - 4 && at < PREAMBLE_BYTES && damaged.length > at;
    if (isMinorVersion) {
      try {
        readTrace(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(TraceError);
      }
    } else expect(() => readTrace(damaged)).toThrow(TraceError);
  }

  test('bytes behind the end are named', () => {
    const { complete, problem } = readTrace(Buffer.concat([longRun, Buffer.of(0)])).tables;
    expect({ complete, problem }).toEqual({ complete: true, problem: 'the file goes on behind the end of the trace' });
  });

  test('any bytes at all are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => readTrace(bytes)).toThrow(TraceError);
      }),
    );
  });
});

test('a newer major version is refused, naming both', () => {
  const newer = Uint8Array.from(longRun);
  newer[PREAMBLE_BYTES - 4] = 7;
  expect(() => readTrace(newer)).toThrow('the trace has format 7.1, and this svclab reads formats up to 1.1');
});

test('a table of a newer minor version is skipped', () => {
  const extended = Buffer.concat([
    longRun.subarray(0, borders[1]),
    packJson(99, 1, ['unheard of']),
    longRun.subarray(borders[1]),
  ]);
  expect(readTrace(extended).tables.complete).toBe(true);
});

describe('a chunk that lies, its checksum right, is not believed', () => {
  const start = longRun.subarray(0, borders[1]);
  const columns = (...rows: number[][]) => rows[0]!.map((_, i) => Float64Array.from(rows, (row) => row[i]!));
  const { changes, samples, bins, events, attempts } = COLUMN_TABLES;
  const objects = packJson(JSON_TABLES.objects, 1, [{ kind: 'Pod', name: 'a', attributes: {}, createdAt: 0 }]);
  const fields = packJson(JSON_TABLES.fields, 1, [{ name: 'Pod.phase', type: 'enum', labels: ['ready'] }]);
  const series = packJson(JSON_TABLES.series, 1, [{ metric: 'm', kind: 'sum', labels: {} }]);
  const cases: Record<string, Uint8Array[]> = {
    'an object that is none': [packColumns(changes, 1, columns([0, 0, 0, 0]))],
    'a field that is none': [objects, packColumns(changes, 1, columns([0, 0, 0, 0]))],
    'a label that is none': [objects, fields, packColumns(changes, 1, columns([0, 0, 0, 1]))],
    'time that runs backwards': [objects, fields, packColumns(changes, 2, columns([5, 0, 0, 0], [4, 0, 0, 0]))],
    'a series that is none': [packColumns(samples, 1, columns([0, 0, 1]))],
    'a bucket after the end': [series, packColumns(samples, 1, columns([140, 0, 1]))],
    'a histogram that is none': [packColumns(bins, 1, columns([0, 0, 1, 1]))],
    'a text that is none': [packColumns(events, 1, columns([0, 0, -1, 0, 0]))],
    'an outcome that is none': [objects, packColumns(attempts, 1, columns([0, 0, 1, -1, 0, 0, 0, 0, 14]))],
    'a label naming no object': [packJson(JSON_TABLES.series, 1, [{ metric: 'm', kind: 'sum', labels: { pod: 3 } }])],
    'more rows than values': [packChunk(samples.id, 9, new Uint8Array(10))],
    'fewer rows than values': [packChunk(samples.id, 1, new Uint8Array(10))],
    'objects that are no objects': [packJson(JSON_TABLES.objects, 2, [1, null])],
    'no JSON': [packChunk(JSON_TABLES.texts, 1, Uint8Array.of(0xff, 1, 2))],
    'an end before its rows': [packJson(JSON_TABLES.end, 1, { endedAt: 5, rows: { changes: 3 }, summary: {} })],
  };
  test.each(Object.entries(cases))('%s', (_, chunks) => {
    const { complete, problem, changes: kept } = readTrace(Buffer.concat([start, ...chunks])).tables;
    expect(complete).toBe(false);
    expect(problem).not.toMatch(/the file ends/);
    expect(kept.time).toHaveLength(0);
  });

  test('lengths that promise a bomb are refused before anything is inflated', () => {
    const bomb = packChunk(JSON_TABLES.texts, 1, new Uint8Array(2 ** 26 + 1));
    expect(() => unpackChunk(bomb, 0)).toThrow('a chunk claims more than it can hold');
  });

  test('a header that promises too many buckets is refused', () => {
    const greedy = packJson(JSON_TABLES.header, 1, { ...header, duration: 2 ** 50, bucket: 1 });
    expect(() => readTrace(Buffer.concat([start.subarray(0, PREAMBLE_BYTES), greedy]))).toThrow(TraceError);
  });
});

/** Offsets of all chunks and of the end of the file. */
function chunkBorders(file: Uint8Array): number[] {
  const found = [PREAMBLE_BYTES];
  while (found.at(-1)! < file.length) found.push(unpackChunk(file, found.at(-1)!).end);
  return found;
}

test('chunks with any byte of their payload changed, and the checksum made right again, are read or cut, never a crash', () => {
  const small = written((writer, clock) => {
    const pod = writer.object('Pod', 'a', { zone: 'a' });
    const phase = writer.field('Pod.phase', 'enum', ['pending', 'ready']);
    const address = writer.field('Pod.address', 'text');
    const [sum, gauge] = [writer.series('s', 'sum', { pod }), writer.series('g', 'gauge', { pod })];
    const histogram = writer.histogram('h', { pod });
    for (let b = 0; b < 5; b++) {
      clock[0] = b * SECOND + 1;
      writer.values[sum] = b + 1;
      writer.values[gauge] = b * b;
      writer.record(histogram, b * 1e6);
      writer.change(pod, phase, b % 2);
      writer.change(pod, address, writer.text(`10.0.0.${b}`));
      writer.event('info', pod, 'Ready', 'message');
      clock[0] = (b + 1) * SECOND;
      writer.flushBucket();
    }
    writer.close({});
  });
  const chunks = chunkBorders(small)
    .slice(0, -1)
    .map((border) => unpackChunk(small, border));
  const mutation = fc.record({ chunk: fc.nat(chunks.length - 1), at: fc.nat(), byte: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      const payloads = chunks.map(({ payload }) => Uint8Array.from(payload));
      for (const { chunk, at, byte } of mutations) payloads[chunk]![at % payloads[chunk]!.length] = byte;
      const file = [
        small.subarray(0, PREAMBLE_BYTES),
        ...chunks.map((chunk, i) => packChunk(chunk.table, chunk.rows, payloads[i]!)),
      ];
      try {
        const trace = readTrace(Buffer.concat(file));
        trace.tables.series.forEach((_, id) => {
          expect(trace.dense(id)).toHaveLength(trace.bucketCount);
        });
        trace.tables.histograms.forEach((_, id) => {
          trace.eachBin(id, (bucket) => expect(bucket).toBeLessThan(trace.bucketCount));
        });
        for (const object of trace.tables.changes.object) expect(trace.tables.objects[object]).toBeDefined();
      } catch (error) {
        expect(error).toBeInstanceOf(TraceError);
      }
    }),
    { numRuns: 300 },
  );
});
