import type { ColumnEncoding } from './format.ts';
import { MAX_VALUE } from './format.ts';
import { TraceError } from './trace-error.ts';

/** A signed varint: the first byte holds continuation, sign and 6 bits, each further one continuation and 7 bits. */
export const MAX_VARINT_BYTES = 8; // 6 + 7 × 7 = 55 bits, and a difference of two values has at most 53

/**
 * Appends a column to `out` from `offset` on, which must have room for `rows` × MAX_VARINT_BYTES.
 * @returns the offset behind it
 * @throws RangeError if a value is no integer within ±2^52: a bug of whoever wrote it into the trace
 */
export function encodeColumn(
  values: Float64Array,
  rows: number,
  encoding: ColumnEncoding,
  out: Uint8Array,
  offset: number,
): number {
  let before = 0;
  let at = offset;
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (!Number.isInteger(value) || value > MAX_VALUE || value < -MAX_VALUE) {
      throw new RangeError(`a trace holds integers within ±2^52, and this is ${value} (row ${row} of the chunk)`);
    }
    const signed = encoding === 'delta' ? value - before : value;
    before = value;
    let rest = signed < 0 ? -signed : signed;
    const first = (signed < 0 ? 0x40 : 0) | (rest % 64);
    rest = Math.floor(rest / 64);
    if (rest === 0) {
      out[at++] = first;
      continue;
    }
    out[at++] = first | 0x80;
    while (rest >= 128) {
      out[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    out[at++] = rest;
  }
  return at;
}

/**
 * Reads one column from `bytes` at `offset` into `values`, all of it.
 * @returns the offset behind it
 * @throws TraceError if the bytes end early or a value is out of range
 */
export function decodeColumn(
  bytes: Uint8Array,
  offset: number,
  encoding: ColumnEncoding,
  values: Float64Array,
): number {
  const rows = values.length;
  const end = bytes.length;
  let before = 0;
  let at = offset;
  for (let row = 0; row < rows; row++) {
    if (at >= end) throw new TraceError('a column ends before its last row');
    let byte = bytes[at++]!;
    const negative = (byte & 0x40) !== 0;
    let magnitude = byte & 0x3f;
    let scale = 64;
    while (byte >= 0x80) {
      if (at >= end) throw new TraceError('a column ends before its last row');
      byte = bytes[at++]!;
      magnitude += (byte & 0x7f) * scale;
      scale *= 128;
      if (scale > 2 ** 63) throw new TraceError('a number in a column is too long');
    }
    const signed = negative ? -magnitude : magnitude;
    const value = encoding === 'delta' ? before + signed : signed;
    if (value > MAX_VALUE || value < -MAX_VALUE) throw new TraceError('a number in a column is out of range');
    values[row] = value;
    before = value;
  }
  return at;
}
