import { packColumns } from './chunk.ts';
import { CHUNK_ROWS, type ColumnTable } from './format.ts';

/** The rows of one table that are not yet in the file: a column each, of fixed length. */
export class TableBuffer {
  readonly columns: readonly Float64Array[];
  /** Rows waiting. The owner of the buffer takes them when it is full. */
  rows = 0;
  /** Rows ever taken. */
  taken = 0;
  readonly #table: ColumnTable;

  constructor(table: ColumnTable) {
    this.#table = table;
    this.columns = table.columns.map(() => new Float64Array(CHUNK_ROWS));
  }

  get isFull(): boolean {
    return this.rows === CHUNK_ROWS;
  }

  /** Packs what waits and forgets it; nothing when nothing waits. */
  take(): Uint8Array | undefined {
    if (this.rows === 0) return undefined;
    const chunk = packColumns(this.#table, this.rows, this.columns);
    this.taken += this.rows;
    this.rows = 0;
    return chunk;
  }
}
