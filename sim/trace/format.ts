/**
 * What a trace file consists of: magic and version, then chunks, each a piece of one table. `docs/trace.md` tells the
 * same in prose. The writer and the reader take every constant from here.
 */

/** Starts with a byte that is no text and holds both line ends, so that a transfer in text mode is seen at once. */
export const MAGIC = [0x89, 0x53, 0x56, 0x54, 0x0d, 0x0a, 0x1a, 0x0a] as const;
/** A reader refuses a newer major version; of a newer minor version it skips the tables that it does not know. */
export const FORMAT = { major: 1, minor: 1 } as const;
/** Magic, then major and minor as little-endian 16-bit integers. */
export const PREAMBLE_BYTES = 12;

/** "SVCK", little-endian: what each chunk begins with. */
export const CHUNK_TAG = 0x4b435653;
/** Tag, table, rows, raw bytes, packed bytes, checksum: six little-endian 32-bit integers. */
export const CHUNK_HEADER_BYTES = 24;
/** The checksum covers the header up to itself, and the packed payload. */
export const CHECKSUM_OFFSET = 20;

/** When a table holds so many rows that are not yet written, all tables are written and a checkpoint is set. */
export const CHUNK_ROWS = 32_768;

/** Deflate cannot pack tighter than this; a chunk that claims more is lying. */
export const MAX_DEFLATE_RATIO = 1_040;
/** No chunk inflates to more. */
export const MAX_CHUNK_BYTES = 2 ** 26;
/** No trace inflates to more; a reader stops there. */
export const MAX_TRACE_BYTES = 2 ** 31;
/** No run has more buckets: a year of 3 s. */
export const MAX_BUCKETS = 10_000_000;
/** Integers in columns lie within ±this, so that the difference of any two is exact in a double. */
export const MAX_VALUE = 2 ** 52;

/** Tables whose payload is a JSON array, an item a row; `header`, `checkpoint` and `end` have one. */
export const JSON_TABLES = {
  header: 1,
  objects: 2,
  fields: 3,
  texts: 4,
  series: 5,
  histograms: 6,
  pieces: 7,
  checkpoint: 14,
  end: 15,
} as const;

/** A column holds each value as it is (`plain`), or its difference from the row before, the first from 0 (`delta`). */
export type ColumnEncoding = 'plain' | 'delta';
export interface ColumnTable {
  readonly id: number;
  readonly columns: readonly (readonly [name: string, encoding: ColumnEncoding])[];
}

/** Tables whose payload is columns, one after the other, of signed varints. */
export const COLUMN_TABLES = {
  changes: {
    id: 16,
    columns: [
      ['time', 'delta'],
      ['object', 'delta'],
      ['field', 'plain'],
      ['value', 'plain'],
    ],
  },
  events: {
    id: 17,
    columns: [
      ['time', 'delta'],
      ['severity', 'plain'],
      ['object', 'delta'],
      ['reason', 'plain'],
      ['message', 'delta'],
    ],
  },
  samples: {
    id: 18,
    columns: [
      ['bucket', 'delta'],
      ['series', 'delta'],
      ['value', 'plain'],
    ],
  },
  bins: {
    id: 19,
    columns: [
      ['bucket', 'delta'],
      ['histogram', 'delta'],
      ['bin', 'delta'],
      ['count', 'plain'],
    ],
  },
  attempts: {
    id: 20,
    columns: [
      ['request', 'delta'],
      ['client', 'delta'],
      ['attempt', 'plain'],
      ['target', 'delta'],
      ['startedAt', 'delta'],
      ['connectedAt', 'delta'],
      ['servedAt', 'delta'],
      ['endedAt', 'delta'],
      ['outcome', 'plain'],
    ],
  },
  edits: {
    id: 21,
    columns: [
      ['field', 'plain'],
      ['head', 'plain'],
      ['tail', 'plain'],
      ['piece', 'plain'],
    ],
  },
  writes: {
    id: 22,
    columns: [
      ['time', 'delta'],
      ['object', 'delta'],
      ['base', 'plain'],
      ['version', 'delta'],
      ['edits', 'plain'],
    ],
  },
} as const satisfies Record<string, ColumnTable>;

export type ColumnTableName = keyof typeof COLUMN_TABLES;

export const SEVERITIES = ['info', 'warning', 'error'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const FIELD_TYPES = ['enum', 'number', 'object', 'text'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export const SERIES_KINDS = ['sum', 'max', 'gauge'] as const;
export type SeriesKind = (typeof SERIES_KINDS)[number];

export type Attributes = Readonly<Record<string, string | number | boolean | null>>;
/** Strings are taken as they are; numbers are ids of objects. */
export type Labels = Readonly<Record<string, string | number>>;

/** What the run was. All that presents a trace finds here what the tables cannot tell. */
export interface TraceHeader {
  readonly scenario: string;
  readonly description: string;
  /** The baseline's is ''. */
  readonly variant: string;
  readonly seed: number;
  /** How long the run was meant to be, ns. */
  readonly duration: number;
  /** Width of a time bucket, ns. */
  readonly bucket: number;
  /** So many real requests stand behind a simulated one. */
  readonly representing: number;
  /** Version of svclab that wrote it. */
  readonly svclab: string;
  /** Free JSON: business figures, thresholds, assumptions. */
  readonly settings: Readonly<Record<string, unknown>>;
}
