import type { Trace } from '../../sim/trace/trace.ts';

/** What one field of one object was over time: values[i] holds from times[i] on, until times[i + 1]. */
export interface History {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

const EMPTY: History = { times: new Float64Array(0), values: new Float64Array(0) };

/** The changes of a trace by object and field: what was at an instant costs a binary search. */
export class Histories {
  readonly #trace: Trace;
  readonly #starts: Int32Array; // rows of object o in #order: from [o] to [o + 1]
  readonly #order: Int32Array;
  readonly #known = new Map<number, History>();

  constructor(trace: Trace) {
    this.#trace = trace;
    const { object } = trace.tables.changes;
    const starts = new Int32Array(trace.tables.objects.length + 1);
    for (let row = 0; row < object.length; row++) starts[object[row]! + 1] = starts[object[row]! + 1]! + 1;
    for (let i = 1; i < starts.length; i++) starts[i] = starts[i]! + starts[i - 1]!;
    const next = starts.slice();
    this.#order = new Int32Array(object.length);
    for (let row = 0; row < object.length; row++) {
      this.#order[next[object[row]!]!] = row;
      next[object[row]!] = next[object[row]!]! + 1;
    }
    this.#starts = starts;
  }

  /** @param field `Kind.field`; one that the trace does not have gives an empty history */
  of(object: number, field: string): History {
    const number = this.#trace.field(field);
    if (number < 0) return EMPTY;
    const key = object * this.#trace.tables.fields.length + number;
    let history = this.#known.get(key);
    if (history === undefined) {
      history = this.#collect(object, number);
      this.#known.set(key, history);
    }
    return history;
  }

  /** The value at the instant, changes at it included; `before` when there was none yet. */
  at(object: number, field: string, time: number, before = 0): number {
    const { times, values } = this.of(object, field);
    const i = lastUpTo(times, time);
    return i < 0 ? before : values[i]!;
  }

  #collect(object: number, field: number): History {
    const { changes } = this.#trace.tables;
    const rows = this.#order
      .subarray(this.#starts[object]!, this.#starts[object + 1]!)
      .filter((row) => changes.field[row] === field);
    return {
      times: Float64Array.from(rows, (row) => changes.time[row]!),
      values: Float64Array.from(rows, (row) => changes.value[row]!),
    };
  }
}

/** @returns index of the last of the ascending `times` that is not after `time`; -1 when all are */
export function lastUpTo(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
