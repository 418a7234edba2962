import { BIN_COUNT } from './bins.ts';
import { type Chunk, jsonOf, unpackChunk } from './chunk.ts';
import { ColumnParts } from './column-parts.ts';
import {
  checkedField,
  checkedHeader,
  checkedHistogram,
  checkedObject,
  checkedSeries,
  checkedText,
  checkedTotals,
  isTime,
  objectOf,
} from './definition-check.ts';
import type { FieldDefinition, HistogramDefinition, ObjectDefinition, SeriesDefinition } from './definitions.ts';
import {
  COLUMN_TABLES,
  type ColumnTableName,
  FORMAT,
  JSON_TABLES,
  MAGIC,
  MAX_TRACE_BYTES,
  PREAMBLE_BYTES,
  SEVERITIES,
  type TraceHeader,
} from './format.ts';
import { ATTEMPT_OUTCOME_COUNT } from './outcomes.ts';
import { Trace } from './trace.ts';
import { TraceError } from './trace-error.ts';

/**
 * Reads a whole trace. A file that is truncated or damaged opens up to the last checkpoint before the damage, as if the run had
 * been stopped there: `complete` is false, `cutAt` tells the time and `problem` the reason.
 * @throws TraceError if it is no trace at all, its header is damaged, or a newer svclab wrote it
 */
export function readTrace(bytes: Uint8Array): Trace {
  const steps = readingTrace(bytes);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * Reads the header alone, at once, however long the trace is.
 * @throws TraceError as `readTrace` does
 */
export function readHeader(bytes: Uint8Array): TraceHeader {
  return checkedHeader(jsonOf(headerChunk(bytes)));
}

/** The same as `readTrace` in steps, a chunk each, for a page that must stay alive: yields the share of the file that is read. */
export function* readingTrace(bytes: Uint8Array): Generator<number, Trace> {
  const reading = new Reading(readHeader(bytes));
  let offset = headerChunk(bytes).end;
  let inflated = 0;
  try {
    while (!reading.ended) {
      yield offset / bytes.length;
      const chunk = unpackChunk(bytes, offset);
      inflated += chunk.payload.length;
      if (inflated > MAX_TRACE_BYTES) throw new TraceError('the trace inflates to more than 2 GiB');
      reading.take(chunk);
      offset = chunk.end;
    }
    if (offset < bytes.length) reading.problem = 'the file goes on behind the end of the trace';
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    reading.problem = error.message;
  }
  return reading.result();
}

function headerChunk(bytes: Uint8Array): Chunk {
  checkPreamble(bytes);
  const first = unpackChunk(bytes, PREAMBLE_BYTES);
  if (first.table !== JSON_TABLES.header) throw new TraceError('the trace does not begin with its header');
  return first;
}

function checkPreamble(bytes: Uint8Array): void {
  if (bytes.length < PREAMBLE_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new TraceError('this is not an svclab trace: its first bytes are others');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, PREAMBLE_BYTES);
  const [major, minor] = [view.getUint16(MAGIC.length, true), view.getUint16(MAGIC.length + 2, true)];
  if (major > FORMAT.major) {
    throw new TraceError(
      `the trace has format ${major}.${minor}, and this svclab reads formats up to ${FORMAT.major}.${FORMAT.minor}: use a newer svclab`,
    );
  }
}

/** What was read so far, and up to where it is whole. */
class Reading {
  problem = '';
  ended = false;
  readonly #header: TraceHeader;
  readonly #objects: ObjectDefinition[] = [];
  readonly #fields: FieldDefinition[] = [];
  readonly #texts: string[] = [];
  readonly #series: SeriesDefinition[] = [];
  readonly #histograms: HistogramDefinition[] = [];
  readonly #pieces: string[] = [];
  /** API objects that were written, and rows of `edits` that their writes took. */
  #writtenCount = 0;
  #editCount = 0;
  readonly #parts = Object.fromEntries(
    Object.entries(COLUMN_TABLES).map(([name, table]) => [name, new ColumnParts(table)]),
  ) as Record<ColumnTableName, ColumnParts>;
  #summary: Readonly<Record<string, unknown>> = {};
  #endedAt = 0;
  #whole = { buckets: 0, objects: 0, fields: 0, texts: 0, series: 0, histograms: 0, pieces: 0 };

  constructor(header: TraceHeader) {
    this.#header = header;
  }

  take(chunk: Chunk): void {
    const name = columnTableOf(chunk.table);
    if (name !== undefined) return this.#takeColumns(name, chunk);
    switch (chunk.table) {
      case JSON_TABLES.objects:
        return this.#define(this.#objects, chunk, checkedObject);
      case JSON_TABLES.fields:
        return this.#define(this.#fields, chunk, checkedField);
      case JSON_TABLES.texts:
        return this.#define(this.#texts, chunk, checkedText);
      case JSON_TABLES.series:
        return this.#define(this.#series, chunk, (value) => checkedSeries(value, this.#objects.length));
      case JSON_TABLES.histograms:
        return this.#define(this.#histograms, chunk, (value) => checkedHistogram(value, this.#objects.length));
      case JSON_TABLES.pieces:
        return this.#define(this.#pieces, chunk, checkedText);
      case JSON_TABLES.checkpoint:
        return this.#checkpoint(objectOf(jsonOf(chunk), 'checkpoint'));
      case JSON_TABLES.end:
        return this.#end(objectOf(jsonOf(chunk), 'end'));
    } // any other is of a newer minor version
  }

  result(): Trace {
    const { changes, events, samples, bins, attempts, edits, writes } = this.#parts;
    if (!this.ended) {
      this.#endedAt = Math.min(this.#whole.buckets * this.#header.bucket, this.#header.duration);
      for (const part of [samples, bins]) part.cut('bucket', this.#whole.buckets - 1);
      for (const part of [changes, events, writes]) part.cut('time', this.#endedAt);
      attempts.cut('endedAt', this.#endedAt);
    }
    const whole = this.#whole;
    return new Trace({
      header: this.#header,
      objects: this.#objects.slice(0, whole.objects),
      fields: this.#fields.slice(0, whole.fields),
      texts: this.#texts.slice(0, whole.texts),
      series: this.#series.slice(0, whole.series),
      histograms: this.#histograms.slice(0, whole.histograms),
      pieces: this.#pieces.slice(0, whole.pieces),
      changes: {
        time: changes.doubles('time'),
        object: changes.integers('object'),
        field: changes.integers('field'),
        value: changes.doubles('value'),
      },
      events: {
        time: events.doubles('time'),
        severity: events.integers('severity'),
        object: events.integers('object'),
        reason: events.integers('reason'),
        message: events.integers('message'),
      },
      samples: {
        bucket: samples.integers('bucket'),
        series: samples.integers('series'),
        value: samples.doubles('value'),
      },
      bins: {
        bucket: bins.integers('bucket'),
        histogram: bins.integers('histogram'),
        bin: bins.integers('bin'),
        count: bins.doubles('count'),
      },
      attempts: {
        request: attempts.doubles('request'),
        client: attempts.integers('client'),
        attempt: attempts.integers('attempt'),
        target: attempts.integers('target'),
        startedAt: attempts.doubles('startedAt'),
        connectedAt: attempts.doubles('connectedAt'),
        servedAt: attempts.doubles('servedAt'),
        endedAt: attempts.doubles('endedAt'),
        outcome: attempts.integers('outcome'),
      },
      edits: {
        field: edits.integers('field'),
        head: edits.integers('head'),
        tail: edits.integers('tail'),
        piece: edits.integers('piece'),
      },
      writes: {
        time: writes.doubles('time'),
        object: writes.integers('object'),
        base: writes.integers('base'),
        version: writes.doubles('version'),
        edits: writes.integers('edits'),
      },
      summary: this.#summary,
      complete: this.ended,
      problem: this.problem,
      endedAt: this.#endedAt,
    });
  }

  #define<T>(definitions: T[], chunk: Chunk, check: (value: unknown) => T): void {
    const rows = jsonOf(chunk);
    if (!Array.isArray(rows) || rows.length !== chunk.rows) throw new TraceError('a chunk has other rows than it says');
    for (const row of rows) definitions.push(check(row));
  }

  #takeColumns(name: ColumnTableName, chunk: Chunk): void {
    const part = this.#parts[name];
    part.take(chunk);
    const objects = this.#objects.length;
    const bucketCount = Math.ceil(this.#header.duration / this.#header.bucket);
    if (name === 'changes') {
      part.checkAscending('time', Number.MAX_SAFE_INTEGER);
      part.check('object', 0, objects);
      part.check('field', 0, this.#fields.length);
      this.#checkChangedValues(part);
    } else if (name === 'events') {
      part.checkAscending('time', Number.MAX_SAFE_INTEGER);
      part.check('severity', 0, SEVERITIES.length);
      part.check('object', -1, objects);
      part.check('reason', 0, this.#texts.length);
      part.check('message', 0, this.#texts.length);
    } else if (name === 'samples') {
      part.checkAscending('bucket', bucketCount);
      part.check('series', 0, this.#series.length);
    } else if (name === 'bins') {
      part.checkAscending('bucket', bucketCount);
      part.check('histogram', 0, this.#histograms.length);
      part.check('bin', 0, BIN_COUNT);
      part.check('count', 0, Number.MAX_SAFE_INTEGER);
    } else if (name === 'edits') {
      part.check('field', 0, this.#pieces.length);
      part.check('head', 0, 2 ** 31);
      part.check('tail', 0, 2 ** 31);
      part.check('piece', -1, this.#pieces.length);
    } else if (name === 'writes') {
      part.checkAscending('time', Number.MAX_SAFE_INTEGER);
      this.#checkWrites(part);
    } else {
      part.checkAscending('endedAt', Number.MAX_SAFE_INTEGER);
      part.check('request', 0, Number.MAX_SAFE_INTEGER);
      part.check('client', 0, objects);
      part.check('attempt', 1, 2 ** 31);
      part.check('target', -1, objects);
      part.check('outcome', 0, ATTEMPT_OUTCOME_COUNT);
    }
  }

  /** A change of an enum, a text or an object must name one that exists. */
  #checkChangedValues(part: ColumnParts): void {
    const limits = this.#fields.map(({ type, labels }) => {
      if (type === 'enum') return [0, labels.length] as const;
      if (type === 'text') return [0, this.#texts.length] as const;
      if (type === 'object') return [-1, this.#objects.length] as const;
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
    });
    const [fields, values] = [part.last('field'), part.last('value')];
    for (let row = 0; row < values.length; row++) {
      const [from, to] = limits[fields[row]!]!;
      if (values[row]! < from || values[row]! >= to)
        throw new TraceError('a change has a value that its field cannot have');
    }
  }

  /** Objects come in the order of their first write, each perhaps based on an earlier one, and there is every edit. */
  #checkWrites(part: ColumnParts): void {
    const [objects, bases, edits] = [part.last('object'), part.last('base'), part.last('edits')];
    for (let row = 0; row < objects.length; row++) {
      const object = objects[row]!;
      const known = this.#writtenCount;
      if (object < 0 || object > known || bases[row]! < -1 || bases[row]! >= known || edits[row]! < -1) {
        throw new TraceError('a write is of an object that is not there');
      }
      if (object === known) this.#writtenCount++;
      this.#editCount += Math.max(0, edits[row]!);
    }
    if (this.#editCount > this.#parts.edits.rows) throw new TraceError('rows of edits are missing');
  }

  #checkpoint(checkpoint: Readonly<Record<string, unknown>>): void {
    const totals = checkedTotals(checkpoint.rows);
    for (const [name, part] of Object.entries(this.#parts)) {
      // Of an older minor version some tables are not there.
      if ((totals[name] ?? 0) !== part.rows) throw new TraceError(`rows of ${name} are missing`);
      part.keep();
    }
    const buckets = checkpoint.buckets ?? this.#whole.buckets;
    if (!isTime(buckets)) throw new TraceError('a checkpoint counts no buckets');
    this.#whole = {
      buckets,
      objects: this.#objects.length,
      fields: this.#fields.length,
      texts: this.#texts.length,
      series: this.#series.length,
      histograms: this.#histograms.length,
      pieces: this.#pieces.length,
    };
  }

  #end(end: Readonly<Record<string, unknown>>): void {
    this.#checkpoint(end);
    const endedAt = end.endedAt;
    if (!isTime(endedAt)) throw new TraceError('the trace does not say when it ended');
    this.#summary = objectOf(end.summary, 'summary');
    this.#endedAt = endedAt;
    this.ended = true;
  }
}

function columnTableOf(id: number): ColumnTableName | undefined {
  for (const [name, table] of Object.entries(COLUMN_TABLES)) if (table.id === id) return name as ColumnTableName;
  return undefined;
}
