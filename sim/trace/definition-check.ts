import type { FieldDefinition, HistogramDefinition, ObjectDefinition, SeriesDefinition } from './definitions.ts';
import { FIELD_TYPES, MAX_BUCKETS, SERIES_KINDS, type TraceHeader } from './format.ts';
import { TraceError } from './trace-error.ts';

/** Parsed JSON that may be anything. Each check returns it typed, or throws a TraceError. */
type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

export function checkedHeader(value: Json): TraceHeader {
  const header = objectOf(value, 'the header');
  for (const name of ['scenario', 'description', 'variant', 'svclab']) need(typeof header[name] === 'string', name);
  for (const name of ['seed', 'duration', 'bucket', 'representing']) need(Number.isFinite(header[name]), name);
  objectOf(header.settings, 'settings');
  const checked = value as TraceHeader;
  need(Number.isSafeInteger(checked.duration) && checked.duration > 0, 'duration');
  need(Number.isSafeInteger(checked.bucket) && checked.bucket > 0, 'bucket');
  need(checked.duration / checked.bucket <= MAX_BUCKETS, 'bucket');
  return checked;
}

export function checkedObject(value: Json): ObjectDefinition {
  const object = objectOf(value, 'an object');
  need(typeof object.kind === 'string' && typeof object.name === 'string', 'kind or name of an object');
  need(isTime(object.createdAt), 'createdAt of an object');
  for (const attribute of Object.values(objectOf(object.attributes, 'attributes'))) {
    need(attribute === null || ['string', 'number', 'boolean'].includes(typeof attribute), 'attribute of an object');
  }
  return value as ObjectDefinition;
}

export function checkedField(value: Json): FieldDefinition {
  const field = objectOf(value, 'a field');
  need(typeof field.name === 'string', 'name of a field');
  need((FIELD_TYPES as readonly Json[]).includes(field.type), 'type of a field');
  const labels = field.labels;
  need(Array.isArray(labels) && labels.every((label) => typeof label === 'string'), 'labels of a field');
  return value as FieldDefinition;
}

export function checkedText(value: Json): string {
  need(typeof value === 'string', 'text');
  return value as string;
}

/** @param objectCount so many objects are known before it: its labels can name no others */
export function checkedSeries(value: Json, objectCount: number): SeriesDefinition {
  const series = checkedHistogram(value, objectCount) as SeriesDefinition;
  need(SERIES_KINDS.includes(series.kind), 'kind of a series');
  return series;
}

/** @param objectCount so many objects are known before it: its labels can name no others */
export function checkedHistogram(value: Json, objectCount: number): HistogramDefinition {
  const definition = objectOf(value, 'a series');
  need(typeof definition.metric === 'string', 'metric');
  for (const label of Object.values(objectOf(definition.labels, 'labels'))) {
    const isObject = Number.isInteger(label) && (label as number) >= 0 && (label as number) < objectCount;
    need(typeof label === 'string' || isObject, 'label of a series');
  }
  return value as HistogramDefinition;
}

/** Rows written so far, by table. */
export function checkedTotals(value: Json): Readonly<Record<string, number>> {
  const totals = objectOf(value, 'totals');
  for (const total of Object.values(totals)) need(isTime(total), 'totals');
  return totals as Record<string, number>;
}

/** A count or a time: an exact integer, not negative. */
export function isTime(value: Json): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function objectOf(value: Json, what: string): JsonObject {
  need(typeof value === 'object' && value !== null && !Array.isArray(value), what);
  return value as JsonObject;
}

function need(holds: boolean, what: string): void {
  if (!holds) throw new TraceError(`the trace has no valid ${what}`);
}
