import { deflateSync, inflateSync } from 'fflate';
import { crc32 } from './checksum.ts';
import {
  CHECKSUM_OFFSET,
  CHUNK_HEADER_BYTES,
  CHUNK_TAG,
  type ColumnTable,
  MAX_CHUNK_BYTES,
  MAX_DEFLATE_RATIO,
} from './format.ts';
import { TraceError } from './trace-error.ts';
import { encodeColumn, MAX_VARINT_BYTES } from './varint.ts';

/** A piece of one table, as it stands in the file. */
export interface Chunk {
  readonly table: number;
  readonly rows: number;
  readonly payload: Uint8Array;
  /** Offset in the file of the byte behind it. */
  readonly end: number;
}

/** @returns header and deflated payload in one array */
export function packChunk(table: number, rows: number, payload: Uint8Array): Uint8Array {
  const packed = deflateSync(payload, { level: 6 });
  const chunk = new Uint8Array(CHUNK_HEADER_BYTES + packed.length);
  const view = new DataView(chunk.buffer);
  [CHUNK_TAG, table, rows, payload.length, packed.length].forEach((word, i) => {
    view.setUint32(i * 4, word, true);
  });
  chunk.set(packed, CHUNK_HEADER_BYTES);
  view.setUint32(CHECKSUM_OFFSET, checksum(chunk), true);
  return chunk;
}

export function packJson(table: number, rows: number, value: unknown): Uint8Array {
  return packChunk(table, rows, new TextEncoder().encode(JSON.stringify(value)));
}

/** @param columns one array per column of the table, of which the first `rows` values count */
export function packColumns(table: ColumnTable, rows: number, columns: readonly Float64Array[]): Uint8Array {
  const raw = new Uint8Array(rows * columns.length * MAX_VARINT_BYTES);
  let at = 0;
  table.columns.forEach(([, encoding], i) => {
    at = encodeColumn(columns[i]!, rows, encoding, raw, at);
  });
  return packChunk(table.id, rows, raw.subarray(0, at));
}

/**
 * Reads the chunk that begins at `offset`, which need not be one.
 * @throws TraceError if the file ends in it, its checksum is wrong, or its lengths lie
 */
export function unpackChunk(file: Uint8Array, offset: number): Chunk {
  if (offset + CHUNK_HEADER_BYTES > file.length) throw new TraceError('the file ends in the middle of a chunk');
  const view = new DataView(file.buffer, file.byteOffset + offset, CHUNK_HEADER_BYTES);
  const [tag, table, rows, rawBytes, packedBytes, sum] = [0, 4, 8, 12, 16, 20].map((at) =>
    view.getUint32(at, true),
  ) as [number, number, number, number, number, number];
  if (tag !== CHUNK_TAG) throw new TraceError('no chunk begins where one should');
  const end = offset + CHUNK_HEADER_BYTES + packedBytes;
  if (end > file.length) throw new TraceError('the file ends in the middle of a chunk');
  if (checksum(file.subarray(offset, end)) !== sum) throw new TraceError('the checksum of a chunk is wrong');
  if (rawBytes > MAX_CHUNK_BYTES || rawBytes > packedBytes * MAX_DEFLATE_RATIO || rows > rawBytes) {
    throw new TraceError('a chunk claims more than it can hold');
  }
  let payload: Uint8Array;
  try {
    payload = inflateSync(file.subarray(offset + CHUNK_HEADER_BYTES, end), { out: new Uint8Array(rawBytes + 1) });
  } catch {
    throw new TraceError('a chunk cannot be inflated');
  }
  if (payload.length !== rawBytes) throw new TraceError('a chunk inflates to another length than it says');
  return { table, rows, payload, end };
}

/** @throws TraceError if it is not JSON */
export function jsonOf(chunk: Chunk): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(chunk.payload));
  } catch {
    throw new TraceError('a chunk does not hold the JSON that it should');
  }
}

function checksum(chunk: Uint8Array): number {
  return crc32(chunk.subarray(CHUNK_HEADER_BYTES), crc32(chunk.subarray(0, CHECKSUM_OFFSET)));
}
