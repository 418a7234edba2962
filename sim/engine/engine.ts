import { EngineError } from './errors.ts';
import type { Kinds } from './kinds.ts';
import { type Generations, Lanes } from './lanes.ts';
import { CalendarQueue } from './queues/calendar.ts';
import type { EventQueue } from './queues/queue.ts';
import { Timers } from './timers.ts';

/**
 * Why `run` came back. `until`: the time is reached, and events are left; `empty`: none is left; `paused`: `pause` was
 * called; `limit`: so many events have run.
 */
export type StopReason = 'until' | 'empty' | 'paused' | 'limit';

/** A snapshot of what the engine has done. */
export interface EngineCounters {
  /** ns */
  readonly now: number;
  /** Events that have run. */
  readonly events: number;
  /** Events that wait; cancelled ones are not counted, answered timeouts may be. */
  readonly pending: number;
  /** Timers that are set, of those. */
  readonly timers: number;
  /** Cancelled or moved timers whose row still waits in the queue to be dropped. */
  readonly dropped: number;
}

export interface EngineOptions {
  /** Default: a `CalendarQueue`. */
  readonly queue?: EventQueue;
  /** Most events that one lane holds; default 2^26. */
  readonly laneLimit?: number;
}

const timerRow = 0; // the kind of a row that stands for a timer: a is the slot, b the version

/**
 * A discrete-event engine: a clock in integer nanoseconds and events in rows of integers, run in order of time, and at one
 * instant in the order in which they were scheduled. What an event means is in the tables given to `define`.
 *
 * It never reads the wall clock and draws no random numbers.
 */
export class Engine {
  /** [0] is the simulated time now, in integer nanoseconds. Read only, but for the engine. */
  readonly clock = new Float64Array(1);
  /** [0] is the time at which the next `schedule` will take place: a register, since a double argument would be boxed. */
  readonly due: Float64Array;
  readonly #queue: EventQueue;
  readonly #seq = new Float64Array(1); // a double: 32 bits would wrap after 4.3 G events
  readonly #lanes: Lanes;
  readonly #timers = new Timers();
  #dropped = 0;
  #runs: ((layer: unknown, a: number, b: number) => void)[] = [];
  #layers: unknown[] = [];
  #count = new Float64Array(2); // [0] events that have run; [1] the count at which the loop looks up
  #running = false;
  #paused = false;
  #progressEvery = Infinity;
  #progressAt = Infinity;
  #progress: () => void = () => {};

  constructor(options: EngineOptions = {}) {
    this.#queue = options.queue ?? new CalendarQueue();
    this.due = this.#queue.key;
    this.#lanes = new Lanes(this.clock, this.#seq, this.#queue.row, options.laneLimit ?? 2 ** 26);
    this.#runs[timerRow] = () => {};
    this.#layers[timerRow] = undefined;
  }

  /** Events that have run. */
  get eventCount(): number {
    return this.#count[0]!;
  }

  /** Adds the kinds of events of a layer. @returns their numbers, by name: what `schedule` and `push` take */
  define<L, K extends Kinds<L>>(layer: L, kinds: K): { readonly [name in keyof K]: number } {
    const numbers: Record<string, number> = {};
    for (const [name, kind] of Object.entries(kinds)) {
      numbers[name] = this.#runs.length;
      this.#runs.push(kind.run as (layer: unknown, a: number, b: number) => void);
      this.#layers.push(layer);
    }
    return numbers as { readonly [name in keyof K]: number };
  }

  /**
   * Schedules an event of `kind` at `due[0]`. Events at one instant run in the order in which they were scheduled.
   * @throws EngineError `notANumber`, `negative`, `past`, `notAnInteger` for a bad time, `unknownKind`, `full`
   */
  schedule(kind: number, a: number, b: number): void {
    const at = this.due[0]!;
    if (!(at >= this.clock[0]! && Math.floor(at) === at && at < Infinity)) refuseTime(at, this.clock[0]!);
    if (!(kind > timerRow && kind < this.#runs.length)) refuseKind(kind);
    const seq = this.#seq;
    const next = seq[0]!;
    this.due[1] = next; // the queue's key
    seq[0] = next + 1;
    this.#queue.push(kind, a, b);
  }

  /**
   * A lane for a constant delay: a FIFO ring, O(1). The same delay gives the same lane.
   * @param delay ns, an integer, at least 0 @returns what `push` takes
   */
  lane(delay: number): number {
    if (!(delay >= 0 && Math.floor(delay) === delay && delay < Infinity)) refuseTime(delay, 0);
    return this.#lanes.open(delay, null);
  }

  /**
   * A lane for timeouts that are nearly always answered in time: `push(lane, kind, slot, generation)`. An event whose slot has another
   * generation meanwhile never runs, counts or moves the clock; dropping it costs next to nothing, and the lane stays
   * as short as what is unanswered.
   * @param delay ns, an integer, at least 0 @param store whose `generation` column changes when a slot is answered, and never goes back
   */
  timeoutLane(delay: number, store: Generations): number {
    if (!(delay >= 0 && Math.floor(delay) === delay && delay < Infinity)) refuseTime(delay, 0);
    return this.#lanes.open(delay, store);
  }

  /** Schedules an event at now + the lane's delay. @throws EngineError `unknownLane`, `unknownKind`, `full` */
  push(lane: number, kind: number, a: number, b: number): void {
    if (!(kind > timerRow && kind < this.#runs.length)) refuseKind(kind);
    this.#lanes.push(lane, kind, a, b);
  }

  /** Schedules an event at `due[0]` that can be cancelled and moved. @returns its handle; errors as for `schedule` */
  timer(kind: number, a: number, b: number): number {
    const at = this.due[0]!;
    if (!(at >= this.clock[0]! && Math.floor(at) === at && at < Infinity)) refuseTime(at, this.clock[0]!);
    if (!(kind > timerRow && kind < this.#runs.length)) refuseKind(kind);
    const timers = this.#timers;
    const slot = timers.open(kind, a, b);
    try {
      this.#arm(slot, timers.version[slot]!);
    } catch (full) {
      timers.close(slot);
      throw full;
    }
    return timers.handle(slot);
  }

  /**
   * A timer that fires at `due[0]` and then every `period`, for ever: the k-th time at due + round(k · period), so it does
   * not drift. It can be cancelled from its own event; `reschedule` moves the next firing and the beat with it.
   * @param period ns, above 0; may have a fraction @returns its handle
   */
  every(period: number, kind: number, a: number, b: number): number {
    if (!(period >= 1 && period < Infinity))
      throw new EngineError('negative', `a period is at least 1 ns, not ${period}`);
    const handle = this.timer(kind, a, b);
    const slot = this.#timers.slotOf(handle);
    this.#timers.period[slot] = period;
    this.#timers.start[slot] = this.due[0]!;
    this.#timers.fired[slot] = 0;
    return handle;
  }

  /** @returns whether the timer of this handle waits to fire */
  isSet(handle: number): boolean {
    return this.#timers.isSet(handle);
  }

  /** Cancels a timer. @throws EngineError `stale` when it has fired or was cancelled before */
  cancel(handle: number): void {
    this.#timers.close(this.#timers.slotOf(handle));
    this.#dropped++;
  }

  /**
   * Moves a timer to `due[0]`; among the events of that instant it counts as scheduled now. The handle stays.
   * @throws EngineError `stale` when it has fired or was cancelled; otherwise as for `schedule`
   */
  reschedule(handle: number): void {
    const at = this.due[0]!;
    if (!(at >= this.clock[0]! && Math.floor(at) === at && at < Infinity)) refuseTime(at, this.clock[0]!);
    const timers = this.#timers;
    const slot = timers.slotOf(handle);
    if (at >= timers.row[slot * 2]!) {
      timers.due[slot * 2] = at; // the row comes up earlier, or now, and is pushed again for this time
      timers.due[slot * 2 + 1] = this.#seq[0]!;
      this.#seq[0] = this.#seq[0]! + 1;
    } else {
      this.#arm(slot, timers.version[slot]! + 1);
      this.#dropped++;
    }
    if (timers.period[slot]! > 0) {
      timers.start[slot] = at;
      timers.fired[slot] = 0;
    }
  }

  /**
   * Runs every event up to and including `until`, then sets the clock to `until` (unless that is Infinity).
   * @param until ns, not before now; default: no end @param limit most events to run; default: no limit
   * @throws EngineError `notANumber`, `past`; `reentrant` from inside an event
   */
  run(until = Infinity, limit = Infinity): StopReason {
    if (!(until >= this.clock[0]!)) refuseTime(until, this.clock[0]!);
    if (this.#running) throw new EngineError('reentrant', 'run was called from inside an event');
    this.#running = true;
    this.#paused = false;
    const count = this.#count;
    const end = count[0]! + limit;
    try {
      for (;;) {
        count[1] = Math.min(end, this.#progressAt);
        if (count[0]! < count[1] && this.#loop(Math.min(until, Number.MAX_VALUE))) {
          this.#lanes.purge();
          const left = this.#queue.size + this.#lanes.size > this.#dropped;
          if (until < Infinity) this.clock[0] = until;
          return left ? 'until' : 'empty';
        }
        if (count[0]! >= this.#progressAt) {
          this.#progressAt = count[0]! + this.#progressEvery;
          this.#progress();
        }
        if (this.#paused) return 'paused';
        if (count[0]! >= end) return 'limit';
      }
    } finally {
      this.#running = false;
    }
  }

  /** Runs the next event. @returns false when there is none */
  step(): boolean {
    return this.run(Infinity, 1) === 'limit';
  }

  /** Makes `run` come back after the present event, from inside one or from the progress callback. `run` again resumes. */
  pause(): void {
    this.#paused = true;
    this.#count[1] = 0;
  }

  /** Calls back between two events, every so many. @param every events, above 0; Infinity ends it */
  onProgress(every: number, callback: () => void): void {
    if (!(every >= 1)) throw new EngineError('negative', `progress is reported every 1 event or more, not ${every}`);
    this.#progressEvery = every;
    this.#progressAt = this.#count[0]! + every;
    this.#progress = callback;
  }

  counters(): EngineCounters {
    return {
      now: this.clock[0]!,
      events: this.#count[0]!,
      pending: this.#queue.size + this.#lanes.size - this.#dropped,
      timers: this.#timers.active,
      dropped: this.#dropped,
    };
  }

  /** @param until ns, finite @returns true when no event is left up to `until`; false when count[1] is reached */
  #loop(until: number): boolean {
    const queue = this.#queue;
    const lanes = this.#lanes;
    const head = queue.head;
    const laneHead = lanes.head;
    const row = queue.row;
    const clock = this.clock;
    const count = this.#count;
    const runs = this.#runs;
    const layers = this.#layers;
    for (;;) {
      if (!queue.headKnown) queue.peek();
      let at = laneHead[0]!;
      if (head[0]! < at || (head[0]! === at && head[1]! < laneHead[1]!)) {
        at = head[0]!;
        if (at > until) return true;
        queue.pop();
        if (row[0] === timerRow && !this.#fires()) continue;
      } else {
        if (at > until) return true;
        if (!lanes.pop()) continue;
      }
      clock[0] = at;
      count[0] = count[0]! + 1;
      const kind = row[0]!;
      const run = runs[kind]!; // not as runs[kind](…), which would be a call with a receiver
      run(layers[kind], row[1]!, row[2]!);
      if (count[0]! >= count[1]!) return false;
    }
  }

  /** Looks at the timer row in the queue's `row`. @returns whether it fires now; its kind, a and b are then in `row` */
  #fires(): boolean {
    const row = this.#queue.row;
    const timers = this.#timers;
    const slot = row[1]!;
    if (timers.version[slot] !== row[2]) {
      this.#dropped--;
      return false;
    }
    if (timers.due[slot * 2 + 1] !== timers.row[slot * 2 + 1]) {
      this.#pushRow(slot); // it was moved to a later place
      return false;
    }
    row[0] = timers.kind[slot]!;
    row[1] = timers.a[slot]!;
    row[2] = timers.b[slot]!;
    if (timers.period[slot]! > 0) {
      const fired = timers.fired[slot]! + 1;
      timers.fired[slot] = fired;
      timers.due[slot * 2] = timers.start[slot]! + Math.round(fired * timers.period[slot]!);
      timers.due[slot * 2 + 1] = this.#seq[0]!;
      this.#seq[0] = this.#seq[0]! + 1;
      this.#pushRow(slot);
    } else timers.close(slot);
    return true;
  }

  /** Sets a timer to fire at `due[0]`, with a row of its own. Changes nothing if the queue is full. */
  #arm(slot: number, version: number): void {
    const timers = this.#timers;
    const key = this.#queue.key; // which is `due`
    const seq = this.#seq;
    key[1] = seq[0]!;
    this.#queue.push(timerRow, slot, version);
    seq[0] = seq[0]! + 1;
    timers.version[slot] = version;
    timers.due[slot * 2] = key[0]!;
    timers.due[slot * 2 + 1] = key[1]!;
    timers.row[slot * 2] = key[0]!;
    timers.row[slot * 2 + 1] = key[1]!;
  }

  /** Pushes the row of a timer for the time and sequence number at which it fires. */
  #pushRow(slot: number): void {
    const timers = this.#timers;
    const key = this.#queue.key;
    const due = key[0]!; // what a model has written to `due` stays
    key[0] = timers.due[slot * 2]!;
    key[1] = timers.due[slot * 2 + 1]!;
    timers.row[slot * 2] = key[0];
    timers.row[slot * 2 + 1] = key[1];
    this.#queue.push(timerRow, slot, timers.version[slot]!);
    key[0] = due;
  }
}

function refuseTime(at: number, now: number): never {
  if (Number.isNaN(at)) throw new EngineError('notANumber', 'the time of an event is not a number');
  if (at < 0) throw new EngineError('negative', `the time ${at} ns is negative`);
  if (at < now) throw new EngineError('past', `the time ${at} ns has passed: it is ${now} ns`);
  throw new EngineError('notAnInteger', `a time is a whole number of nanoseconds, not ${at}`);
}

function refuseKind(kind: number): never {
  throw new EngineError('unknownKind', `no kind of event has the number ${kind}`);
}
