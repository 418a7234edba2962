import type { Trace } from '../trace/trace.ts';

/** What changed about one object: (time, value) of one field, in order. */
interface Track {
  readonly times: number[];
  readonly values: number[];
}

/** The state of every object at any time, from the trace's changes. */
export class History {
  readonly #tracks = new Map<string, Map<number, Track>>();

  constructor(trace: Trace) {
    const { changes, fields } = trace.tables;
    for (let row = 0; row < changes.time.length; row++) {
      const field = fields[changes.field[row]!]!.name;
      let objects = this.#tracks.get(field);
      if (objects === undefined) {
        objects = new Map();
        this.#tracks.set(field, objects);
      }
      let track = objects.get(changes.object[row]!);
      if (track === undefined) {
        track = { times: [], values: [] };
        objects.set(changes.object[row]!, track);
      }
      track.times.push(changes.time[row]!);
      track.values.push(changes.value[row]!);
    }
  }

  /** The field's value at `time` (ns), changes at that instant included; undefined before its first. */
  at(field: string, object: number, time: number): number | undefined {
    const track = this.#tracks.get(field)?.get(object);
    if (track === undefined) return undefined;
    let low = 0;
    let high = track.times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (track.times[middle]! <= time) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : track.values[low - 1];
  }

  /** When the field first had the value, ns; undefined: never. */
  firstTime(field: string, object: number, value: number): number | undefined {
    const track = this.#tracks.get(field)?.get(object);
    const i = track?.values.indexOf(value) ?? -1;
    return i < 0 ? undefined : track!.times[i];
  }

  /** The smallest and largest value within [from, to] ns: what held at `from`, and what came after it. */
  range(field: string, object: number, from: number, to: number): { min: number; max: number } | undefined {
    const track = this.#tracks.get(field)?.get(object);
    const start = this.at(field, object, from);
    if (track === undefined) return undefined;
    const values = track.values.filter((_, i) => track.times[i]! > from && track.times[i]! <= to);
    if (start !== undefined) values.push(start);
    if (values.length === 0) return undefined;
    return { min: Math.min(...values), max: Math.max(...values) };
  }
}

/** Of the enum `Pod.phase`. */
export const POD_READY = 3;
export const POD_TERMINATING = 4;
export const POD_GONE = 5;
