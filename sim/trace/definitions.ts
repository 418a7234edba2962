import type { Attributes, FieldType, Labels, SeriesKind } from './format.ts';

/** Anything that has a history: a Node, a Pod, a client. Its id is its place in the list. */
export interface ObjectDefinition {
  readonly kind: string;
  readonly name: string;
  readonly attributes: Attributes;
  /** ns */
  readonly createdAt: number;
}

/** What can change about objects of a kind. */
export interface FieldDefinition {
  /** `Kind.field`, as `Pod.phase`. */
  readonly name: string;
  readonly type: FieldType;
  /** The values of an `enum` are indices into it; empty for other types. */
  readonly labels: readonly string[];
}

/** A quantity with a value in each time bucket. */
export interface SeriesDefinition {
  readonly metric: string;
  readonly kind: SeriesKind;
  readonly labels: Labels;
}

/** Times, counted in log-linear bins, in each time bucket. */
export interface HistogramDefinition {
  readonly metric: string;
  readonly labels: Labels;
}

/** One sampled attempt of a user's request. Times in ns. */
export interface AttemptRow {
  readonly request: number;
  readonly client: number;
  /** 1 is the first. */
  readonly attempt: number;
  /** A Pod or Address; -1 when none was picked. */
  readonly target: number;
  readonly startedAt: number;
  /** -1 when it never connected. */
  readonly connectedAt: number;
  /** When the server began to work on it; -1 when it never did. */
  readonly servedAt: number;
  readonly endedAt: number;
  /** Index into OUTCOMES. */
  readonly outcome: number;
}
