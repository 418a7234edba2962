import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import type { Journal } from '../study/conductor.ts';
import { lineOf, type RunRecord, readLine } from '../study/record.ts';

/**
 * Finished runs in one file that only grows: a line each, on the disk before anybody is told. A line that a `kill -9` or
 * a power cut has torn is forgotten, and its run done again. In memory there is only where each line is.
 */
export class FileJournal implements Journal {
  readonly #file: number;
  /** By key: offset and length of the line. */
  readonly #lines = new Map<string, [offset: number, length: number]>();
  #end = 0;
  /** Lines that were damaged. */
  damaged = 0;

  /** @param fresh forgets what is there */
  constructor(path: string, fresh = false) {
    if (fresh) rmSync(path, { force: true });
    const isNew = !existsSync(path);
    this.#file = openSync(path, isNew ? 'w+' : 'r+');
    if (!isNew) this.#readAll();
  }

  /** Finished runs. */
  get size(): number {
    return this.#lines.size;
  }

  has(key: string): boolean {
    return this.#lines.has(key);
  }

  read(key: string): RunRecord | null {
    const line = this.#lines.get(key);
    if (line === undefined) return null;
    const bytes = Buffer.allocUnsafe(line[1]);
    readSync(this.#file, bytes, 0, line[1], line[0]);
    return readLine(bytes.toString('utf8'));
  }

  append(records: readonly RunRecord[]): void {
    const fresh = records.filter(({ key }) => !this.#lines.has(key));
    if (fresh.length === 0) return;
    const lines = fresh.map((record) => Buffer.from(lineOf(record), 'utf8'));
    const bytes = Buffer.concat(lines);
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#file, bytes, written, bytes.length - written, this.#end + written);
    }
    fsyncSync(this.#file);
    fresh.forEach(({ key }, i) => {
      this.#lines.set(key, [this.#end, lines[i]!.length - 1]);
      this.#end += lines[i]!.length;
    });
  }

  /** Every whole line. */
  *records(): Generator<RunRecord> {
    for (const key of this.#lines.keys()) {
      const record = this.read(key);
      if (record !== null) yield record;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #readAll(): void {
    const { size } = fstatSync(this.#file);
    let rest = Buffer.alloc(0);
    let start = 0; // of `rest`, in the file
    const chunk = Buffer.allocUnsafe(1 << 20);
    for (let at = 0; at < size; ) {
      const count = readSync(this.#file, chunk, 0, chunk.length, at);
      if (count === 0) break;
      at += count;
      rest = Buffer.concat([rest, chunk.subarray(0, count)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        this.#take(rest.subarray(0, end), start);
        start += end + 1;
        rest = rest.subarray(end + 1);
      }
    }
    // What follows the last line break was torn: the next line begins there.
    if (rest.length > 0) ftruncateSync(this.#file, start);
    this.#end = start;
  }

  #take(line: Buffer, offset: number): void {
    const record = readLine(line.toString('utf8'));
    if (record === null) this.damaged++;
    else this.#lines.set(record.key, [offset, line.length]);
  }
}
