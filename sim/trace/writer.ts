import { BIN_COUNT, binOf } from './bins.ts';
import { packJson } from './chunk.ts';
import type {
  AttemptRow,
  FieldDefinition,
  HistogramDefinition,
  ObjectDefinition,
  SeriesDefinition,
} from './definitions.ts';
import {
  type Attributes,
  CHUNK_ROWS,
  COLUMN_TABLES,
  type ColumnTableName,
  FIELD_TYPES,
  type FieldType,
  FORMAT,
  JSON_TABLES,
  type Labels,
  MAGIC,
  MAX_BUCKETS,
  PREAMBLE_BYTES,
  SEVERITIES,
  type SeriesKind,
  type Severity,
  type TraceHeader,
} from './format.ts';
import { TableBuffer } from './table-buffer.ts';

/** So many different strings are remembered; those that come later are written each time. Bounds the memory. */
const MAX_INTERNED = 65_536;
/** Pieces of objects may be long: all tables are written when so many characters of them wait. */
const MAX_PENDING_PIECES = 2 ** 22;

/**
 * Writes a run into a trace as it goes, with memory that depends on the number of objects, series and histograms, never on
 * the length of the run. The same calls give the same bytes. Everything is stamped with the clock's now.
 */
export class TraceWriter {
  /** By series: the simulation adds to it or sets it on its hot path, integers only. Replaced when it grows: read it anew after `series()`. */
  values = new Float64Array(64);

  readonly #sink: (chunk: Uint8Array) => void;
  readonly #clock: Float64Array;
  readonly #bucketWidth: number;
  readonly #bucketCount: number;
  #bucket = 0;
  #finished = false;
  #closed = false;

  readonly #seriesKinds: SeriesKind[] = [];
  #lastGauges = new Float64Array(64);
  #histogramCount = 0;
  #bins = new Uint32Array(0);
  #recorded = new Uint32Array(0); // by histogram: so many in this bucket; 0 spares looking at its bins

  readonly #fieldNumbers = new Map<string, number>();
  readonly #textNumbers = new Map<string, number>();
  #textCount = 0;
  readonly #pieceNumbers = new Map<string, number>();
  #pieceCount = 0;
  #pendingPieces = 0;
  #objectCount = 0;
  #pending = nothingPending();
  #pendingCount = 0;
  readonly #tables = Object.fromEntries(
    Object.entries(COLUMN_TABLES).map(([name, table]) => [name, new TableBuffer(table)]),
  ) as Record<ColumnTableName, TableBuffer>;

  /**
   * @param sink takes each piece of the file, in order; the array is its own from then on
   * @param clock [0] is the simulated time now, ns
   * @throws RangeError if the header makes more than 10 million buckets, or none
   */
  constructor(sink: (chunk: Uint8Array) => void, clock: Float64Array, header: TraceHeader) {
    this.#sink = sink;
    this.#clock = clock;
    this.#bucketWidth = header.bucket;
    this.#bucketCount = Math.ceil(header.duration / header.bucket);
    if (!(this.#bucketCount >= 1 && this.#bucketCount <= MAX_BUCKETS)) {
      throw new RangeError(`a trace has 1 to ${MAX_BUCKETS} buckets, and this one would have ${this.#bucketCount}`);
    }
    const preamble = new Uint8Array(PREAMBLE_BYTES);
    preamble.set(MAGIC);
    const view = new DataView(preamble.buffer);
    view.setUint16(MAGIC.length, FORMAT.major, true);
    view.setUint16(MAGIC.length + 2, FORMAT.minor, true);
    sink(preamble);
    sink(packJson(JSON_TABLES.header, 1, header));
  }

  /** A new object, created now. @returns its id: 0, 1, 2… */
  object(kind: string, name: string, attributes: Attributes): number {
    this.#define('objects', { kind, name, attributes, createdAt: this.#clock[0]! });
    return this.#objectCount++;
  }

  /**
   * What can change about objects of a kind. The same name gives the same field.
   * @param name `Kind.field`, as `Pod.phase`
   * @param labels of the values of an `enum`
   * @returns its number: 0, 1, 2…
   */
  field(name: string, type: FieldType, labels: readonly string[] = []): number {
    const known = this.#fieldNumbers.get(name);
    if (known !== undefined) return known;
    if (!/^\w+\.\w+$/.test(name)) throw new RangeError(`a field is named Kind.field, not ${name}`);
    if (!FIELD_TYPES.includes(type) || (type === 'enum') !== labels.length > 0) {
      throw new RangeError(`${name}: an enum has labels, other fields have none`);
    }
    this.#define('fields', { name, type, labels });
    this.#fieldNumbers.set(name, this.#fieldNumbers.size);
    return this.#fieldNumbers.size - 1;
  }

  /** The field of the object has this value from now on: an integer, an index of a label or text, or an object's id (-1: none). */
  change(object: number, field: number, value: number): void {
    const table = this.#tables.changes;
    const [time, objects, fields, values] = table.columns as [Float64Array, Float64Array, Float64Array, Float64Array];
    time[table.rows] = this.#clock[0]!;
    objects[table.rows] = object;
    fields[table.rows] = field;
    values[table.rows] = value;
    this.#added(table);
  }

  /**
   * Part of the next `write` to an API object: sets a piece of JSON into the text of one of its fields.
   * @param field name of it
   * @param head so many characters of its text stay at the beginning, `tail` at the end
   * @param piece comes between them; null: the field is gone
   */
  edit(field: string, head: number, tail: number, piece: string | null): void {
    const row = [this.#piece(field), head, tail, piece === null ? -1 : this.#piece(piece)];
    this.#add(this.#tables.edits, row);
  }

  /**
   * A write to an API object, made of the edits since the last one.
   * @param object 0, 1, 2… in the order of first writes
   * @param base of the first write: what it begins as a copy of; else -1
   * @param version resourceVersion
   * @param edits how many; -1: it was deleted
   */
  write(object: number, base: number, version: number, edits: number): void {
    this.#add(this.#tables.writes, [this.#clock[0]!, object, base, version, edits]);
  }

  /** Pieces come in waves, so of those that are remembered all are forgotten when there are too many. */
  #piece(value: string): number {
    const known = this.#pieceNumbers.get(value);
    if (known !== undefined) return known;
    if (this.#pieceNumbers.size === MAX_INTERNED) this.#pieceNumbers.clear();
    const number = this.#pieceCount++;
    this.#pieceNumbers.set(value, number);
    this.#pendingPieces += value.length;
    this.#define('pieces', value);
    if (this.#pendingPieces > MAX_PENDING_PIECES) this.#flush();
    return number;
  }

  /** @returns the number of the string, for fields of type `text`. The same string gives the same number (the first 65,536 do). */
  text(value: string): number {
    const known = this.#textNumbers.get(value);
    if (known !== undefined) return known;
    if (this.#textNumbers.size < MAX_INTERNED) this.#textNumbers.set(value, this.#textCount);
    this.#define('texts', value);
    return this.#textCount++;
  }

  /**
   * Something worth telling.
   * @param object whom it is about; -1: nobody in particular
   * @param reason one word in upper camel case, as Kubernetes has them
   */
  event(severity: Severity, object: number, reason: string, message: string): void {
    this.#add(this.#tables.events, [
      this.#clock[0]!,
      SEVERITIES.indexOf(severity),
      object,
      this.text(reason),
      this.text(message),
    ]);
  }

  /**
   * A quantity with a value in each bucket; its place in `values` starts at 0.
   * @param kind `sum` and `max` start each bucket at 0, a `gauge` keeps its value
   * @returns its id: 0, 1, 2…
   */
  series(metric: string, kind: SeriesKind, labels: Labels): number {
    const id = this.#seriesKinds.length;
    this.#seriesKinds.push(kind);
    this.#define('series', { metric, kind, labels });
    if (id === this.values.length) {
      this.values = grown(this.values, new Float64Array(id * 2));
      this.#lastGauges = grown(this.#lastGauges, new Float64Array(id * 2));
    }
    return id;
  }

  /** Times in bins, counted in each bucket. @returns its id: 0, 1, 2… */
  histogram(metric: string, labels: Labels): number {
    const id = this.#histogramCount++;
    this.#define('histograms', { metric, labels });
    if (id === this.#recorded.length) {
      const size = Math.max(16, id * 2);
      this.#recorded = grown(this.#recorded, new Uint32Array(size));
      this.#bins = grown(this.#bins, new Uint32Array(size * BIN_COUNT));
    }
    return id;
  }

  /** Counts one time (ns, an integer) in the current bucket. Allocates nothing. */
  record(histogram: number, value: number): void {
    const place = histogram * BIN_COUNT + binOf(value);
    this.#bins[place] = this.#bins[place]! + 1;
    this.#recorded[histogram] = this.#recorded[histogram]! + 1;
  }

  /** One sampled attempt, when it has ended. */
  attempt(row: AttemptRow): void {
    const { request, client, attempt, target, startedAt, connectedAt, servedAt, endedAt, outcome } = row;
    this.#add(this.#tables.attempts, [
      request,
      client,
      attempt,
      target,
      startedAt,
      connectedAt,
      servedAt,
      endedAt,
      outcome,
    ]);
  }

  /**
   * Ends the current bucket: a row for each series that is not 0 (`sum`, `max`) or has changed (`gauge`), and for each bin that counted.
   * @throws RangeError unless the clock stands in the bucket or at its end
   */
  flushBucket(): void {
    const now = this.#clock[0]!;
    if (now <= this.#bucket * this.#bucketWidth || now > (this.#bucket + 1) * this.#bucketWidth) {
      throw new RangeError(`bucket ${this.#bucket} cannot end at ${now} ns`);
    }
    this.#emitBucket();
    this.#bucket++;
  }

  /**
   * Writes all rows that are left; only the end is still to come, so that a summary can be made from what was written.
   * What was counted after the last bucket (requests in flight when the run ended) goes into the last one.
   */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    if (this.#clock[0]! <= this.#bucket * this.#bucketWidth) this.#bucket = Math.max(0, this.#bucket - 1);
    this.#emitBucket();
    this.#bucket++; // so that the checkpoint counts it as whole
    this.#flush();
  }

  /** Finishes and writes the end. A run that was interrupted closes early: the trace is complete, and its end tells the time. */
  close(summary: Readonly<Record<string, unknown>>): void {
    if (this.#closed) throw new Error('the trace is closed already');
    this.#closed = true;
    this.finish();
    this.#sink(packJson(JSON_TABLES.end, 1, { endedAt: this.#clock[0]!, rows: this.#totals(), summary }));
  }

  #emitBucket(): void {
    const table = this.#tables.samples;
    const [buckets, series, samples] = table.columns as [Float64Array, Float64Array, Float64Array];
    for (let id = 0; id < this.#seriesKinds.length; id++) {
      const value = this.values[id]!;
      if (value === this.#lastGauges[id]!) continue; // for sums and maxima that is 0
      if (this.#seriesKinds[id] === 'gauge') this.#lastGauges[id] = value;
      else this.values[id] = 0;
      buckets[table.rows] = this.#bucket;
      series[table.rows] = id;
      samples[table.rows] = value;
      this.#added(table);
    }
    for (let id = 0; id < this.#histogramCount; id++) if (this.#recorded[id]! > 0) this.#emitBins(id);
  }

  #emitBins(histogram: number): void {
    const table = this.#tables.bins;
    const [buckets, histograms, bins, counts] = table.columns as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const start = histogram * BIN_COUNT;
    for (let bin = 0; bin < BIN_COUNT; bin++) {
      const count = this.#bins[start + bin]!;
      if (count === 0) continue;
      this.#bins[start + bin] = 0;
      buckets[table.rows] = this.#bucket;
      histograms[table.rows] = histogram;
      bins[table.rows] = bin;
      counts[table.rows] = count;
      this.#added(table);
    }
    this.#recorded[histogram] = 0;
  }

  #define<Name extends keyof Pending>(table: Name, row: Pending[Name][number]): void {
    (this.#pending[table] as Pending[Name][number][]).push(row);
    if (++this.#pendingCount === CHUNK_ROWS) this.#flush();
  }

  #add(table: TableBuffer, row: readonly number[]): void {
    row.forEach((value, i) => {
      table.columns[i]![table.rows] = value;
    });
    this.#added(table);
  }

  #added(table: TableBuffer): void {
    table.rows++;
    if (table.isFull) this.#flush();
  }

  /** All tables, then a checkpoint: a file that is cut later opens up to here. Definitions go before the rows that use them. */
  #flush(): void {
    for (const [name, rows] of Object.entries(this.#pending) as [keyof Pending, unknown[]][]) {
      if (rows.length > 0) this.#sink(packJson(JSON_TABLES[name], rows.length, rows));
    }
    this.#pending = nothingPending();
    this.#pendingCount = 0;
    this.#pendingPieces = 0;
    for (const table of Object.values(this.#tables)) {
      const chunk = table.take();
      if (chunk !== undefined) this.#sink(chunk);
    }
    this.#sink(packJson(JSON_TABLES.checkpoint, 1, { buckets: this.#bucket, rows: this.#totals() }));
  }

  #totals(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#tables).map(([name, table]) => [name, table.taken]));
  }
}

/** Definitions that are not yet in the file, by table, in the order in which a reader must know them. */
interface Pending {
  readonly objects: ObjectDefinition[];
  readonly fields: FieldDefinition[];
  readonly texts: string[];
  readonly series: SeriesDefinition[];
  readonly histograms: HistogramDefinition[];
  readonly pieces: string[];
}

function nothingPending(): Pending {
  return { objects: [], fields: [], texts: [], series: [], histograms: [], pieces: [] };
}

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
