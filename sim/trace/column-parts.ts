import type { Chunk } from './chunk.ts';
import type { ColumnTable } from './format.ts';
import { TraceError } from './trace-error.ts';
import { decodeColumn } from './varint.ts';

/** The columns of one table as they come out of the file, chunk by chunk, until they are joined. */
export class ColumnParts {
  /** Rows taken so far. */
  rows = 0;
  readonly #table: ColumnTable;
  readonly #chunks: Float64Array[][] = [];
  #kept = 0;

  constructor(table: ColumnTable) {
    this.#table = table;
  }

  /** @throws TraceError if the payload is not exactly the columns of so many rows */
  take(chunk: Chunk): void {
    if (chunk.rows * this.#table.columns.length > chunk.payload.length) {
      throw new TraceError('a chunk claims more than it can hold');
    }
    let at = 0;
    const columns = this.#table.columns.map(([, encoding]) => {
      const column = new Float64Array(chunk.rows);
      at = decodeColumn(chunk.payload, at, encoding, column);
      return column;
    });
    if (at !== chunk.payload.length) throw new TraceError('a chunk has bytes behind its last column');
    this.#chunks.push(columns);
    this.rows += chunk.rows;
  }

  /** The column in the chunk that was taken last. */
  last(column: string): Float64Array {
    return this.#chunks.at(-1)![this.#place(column)]!;
  }

  /** @throws TraceError unless from ≤ value < to in the whole column of the last chunk */
  check(column: string, from: number, to: number): void {
    for (const value of this.last(column)) {
      if (value < from || value >= to) throw new TraceError(`a value of ${column} is out of range`);
    }
  }

  /** @throws TraceError unless the column starts at 0 or later, never falls, also from chunk to chunk, and stays below `to` */
  checkAscending(column: string, to: number): void {
    let before = this.#chunks.at(-2)?.[this.#place(column)]?.at(-1) ?? 0;
    for (const value of this.last(column)) {
      if (value < before || value >= to) throw new TraceError(`the column ${column} is out of order`);
      before = value;
    }
  }

  /** All rows taken so far are good: `cut` and the joined columns begin to count from them. */
  keep(): void {
    this.#kept = this.rows;
  }

  /** Forgets the rows whose value in this ascending column is above `last`. */
  cut(column: string, last: number): void {
    const values = this.doubles(column);
    while (this.#kept > 0 && values[this.#kept - 1]! > last) this.#kept--;
  }

  doubles(column: string): Float64Array {
    return this.#join(column, new Float64Array(this.#kept));
  }

  /** @throws nothing: values beyond 32 bits wrap, but `check` has refused them where they are indices */
  integers(column: string): Int32Array {
    return this.#join(column, new Int32Array(this.#kept));
  }

  #join<T extends Float64Array | Int32Array>(column: string, joined: T): T {
    const place = this.#place(column);
    let at = 0;
    for (const chunk of this.#chunks) {
      const part = chunk[place]!;
      const room = this.#kept - at;
      joined.set(part.length > room ? part.subarray(0, room) : part, at);
      at += Math.min(part.length, room);
    }
    return joined;
  }

  #place(column: string): number {
    return this.#table.columns.findIndex(([name]) => name === column);
  }
}
