import type { FieldDefinition, HistogramDefinition, ObjectDefinition, SeriesDefinition } from './definitions.ts';
import type { TraceHeader } from './format.ts';

/** Rows of a table, a typed column each. Times are ns, `object` and the like are ids. */
export interface Changes {
  readonly time: Float64Array;
  readonly object: Int32Array;
  readonly field: Int32Array;
  readonly value: Float64Array;
}
export interface Events {
  readonly time: Float64Array;
  /** Index into SEVERITIES. */
  readonly severity: Int32Array;
  /** -1: about nobody in particular. */
  readonly object: Int32Array;
  /** Index into `texts`. */
  readonly reason: Int32Array;
  /** Index into `texts`. */
  readonly message: Int32Array;
}
export interface Samples {
  readonly bucket: Int32Array;
  readonly series: Int32Array;
  readonly value: Float64Array;
}
export interface Bins {
  readonly bucket: Int32Array;
  readonly histogram: Int32Array;
  readonly bin: Int32Array;
  readonly count: Float64Array;
}
export interface Attempts {
  readonly request: Float64Array;
  readonly client: Int32Array;
  readonly attempt: Int32Array;
  readonly target: Int32Array;
  readonly startedAt: Float64Array;
  readonly connectedAt: Float64Array;
  readonly servedAt: Float64Array;
  readonly endedAt: Float64Array;
  readonly outcome: Int32Array;
}

/** How the fields of an API object came to read: a row is a piece of JSON text set into one field's text. */
export interface Edits {
  /** Index into `pieces`: the field's name. */
  readonly field: Int32Array;
  /** So many characters of the field's text stay at its beginning, and at its end; between them comes the piece. */
  readonly head: Int32Array;
  readonly tail: Int32Array;
  /** Index into `pieces`; -1: the field is gone. */
  readonly piece: Int32Array;
}
/** Writes to API objects; numbered in the order of their first. */
export interface Writes {
  readonly time: Float64Array;
  readonly object: Int32Array;
  /** Of an object's first write: the object that it begins as a copy of, as that one's first write left it; -1: of none. */
  readonly base: Int32Array;
  /** Its resourceVersion. */
  readonly version: Float64Array;
  /** The number of rows of `edits` that belong to it, behind those of the write before; -1: it was deleted. */
  readonly edits: Int32Array;
}

export interface TraceTables {
  readonly header: TraceHeader;
  readonly objects: readonly ObjectDefinition[];
  readonly fields: readonly FieldDefinition[];
  readonly texts: readonly string[];
  readonly series: readonly SeriesDefinition[];
  readonly histograms: readonly HistogramDefinition[];
  /** Of the JSON of API objects: names of fields, and what stands in them. */
  readonly pieces: readonly string[];
  readonly changes: Changes;
  readonly events: Events;
  readonly samples: Samples;
  readonly bins: Bins;
  readonly attempts: Attempts;
  readonly edits: Edits;
  readonly writes: Writes;
  /** What the run said of itself at its end; {} when the trace is cut. */
  readonly summary: Readonly<Record<string, unknown>>;
  /** Was the end found, and everything before it whole? */
  readonly complete: boolean;
  /** What is wrong with the file, in words; '' when nothing is. */
  readonly problem: string;
  /** The run's end, or where the trace is cut, ns. Nothing in it is later. */
  readonly endedAt: number;
}

/** A trace that was read: definitions, columns, and series over time buckets. */
export class Trace {
  readonly tables: TraceTables;
  /** Buckets of the whole run as it was meant to be. */
  readonly bucketCount: number;
  #samplesOf: Index | undefined;
  #binsOf: Index | undefined;

  constructor(tables: TraceTables) {
    this.tables = tables;
    this.bucketCount = Math.ceil(tables.header.duration / tables.header.bucket);
  }

  get header(): TraceHeader {
    return this.tables.header;
  }

  /** Where the trace is cut (ns), or undefined when it is complete. */
  get cutAt(): number | undefined {
    return this.tables.complete ? undefined : this.tables.endedAt;
  }

  /** @returns the number of the field, or -1 when the run never declared it */
  field(name: string): number {
    return this.tables.fields.findIndex((field) => field.name === name);
  }

  /** Ids of all series of a metric, those with these labels only. */
  seriesOf(metric: string, labels: Readonly<Record<string, string | number>> = {}): number[] {
    return matching(this.tables.series, metric, labels);
  }

  /** Ids of all histograms of a metric, those with these labels only. */
  histogramsOf(metric: string, labels: Readonly<Record<string, string | number>> = {}): number[] {
    return matching(this.tables.histograms, metric, labels);
  }

  /** The value of the series in each bucket; a gauge keeps its last one, the others are 0 where nothing was written. */
  dense(series: number): Float64Array {
    const { samples, series: definitions } = this.tables;
    this.#samplesOf ??= indexOf(samples.series, definitions.length);
    const dense = new Float64Array(this.bucketCount);
    const { order, starts } = this.#samplesOf;
    const kind = definitions[series]!.kind;
    let filled = 0;
    for (let i = starts[series]!; i < starts[series + 1]!; i++) {
      const bucket = samples.bucket[order[i]!]!;
      const value = samples.value[order[i]!]!;
      if (kind === 'sum') dense[bucket] = dense[bucket]! + value;
      else if (kind === 'max') dense[bucket] = Math.max(dense[bucket]!, value);
      else {
        if (bucket > filled) dense.fill(dense[filled]!, filled, bucket);
        dense[bucket] = value;
        filled = bucket;
      }
    }
    if (kind === 'gauge') dense.fill(dense[filled]!, filled);
    return dense;
  }

  /** Calls back for each counted bin of the histogram, buckets ascending. */
  eachBin(histogram: number, visit: (bucket: number, bin: number, count: number) => void): void {
    const { bins, histograms } = this.tables;
    this.#binsOf ??= indexOf(bins.histogram, histograms.length);
    const { order, starts } = this.#binsOf;
    for (let i = starts[histogram]!; i < starts[histogram + 1]!; i++) {
      const row = order[i]!;
      visit(bins.bucket[row]!, bins.bin[row]!, bins.count[row]!);
    }
  }
}

/** Rows by their key: those of key k are order[starts[k]] to order[starts[k + 1] - 1], in the table's order. */
interface Index {
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

function indexOf(keys: Int32Array, keyCount: number): Index {
  const starts = new Int32Array(keyCount + 1);
  for (let row = 0; row < keys.length; row++) starts[keys[row]! + 1] = starts[keys[row]! + 1]! + 1;
  for (let key = 0; key < keyCount; key++) starts[key + 1] = starts[key + 1]! + starts[key]!;
  const next = starts.slice();
  const order = new Int32Array(keys.length);
  for (let row = 0; row < keys.length; row++) {
    const key = keys[row]!;
    order[next[key]!] = row;
    next[key] = next[key]! + 1;
  }
  return { order, starts };
}

function matching(
  definitions: readonly { readonly metric: string; readonly labels: Readonly<Record<string, string | number>> }[],
  metric: string,
  labels: Readonly<Record<string, string | number>>,
): number[] {
  const wanted = Object.entries(labels);
  const ids: number[] = [];
  definitions.forEach((definition, id) => {
    if (definition.metric !== metric) return;
    if (wanted.every(([label, value]) => definition.labels[label] === value)) ids.push(id);
  });
  return ids;
}
