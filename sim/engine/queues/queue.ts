/**
 * Events in order of (time, sequence number). Numbers go in and out through registers, since V8 would box a double that
 * is an argument or a result.
 */
export interface EventQueue {
  /** In: [0] time (ns) and [1] sequence number of the event that the next `push` adds. */
  readonly key: Float64Array;
  /** Out: time and sequence number of the first event, while `headKnown`; time Infinity when there is none. */
  readonly head: Float64Array;
  /** False when `head` may be out of date: `peek` before you look at it or `pop`. */
  readonly headKnown: boolean;
  /** Out: kind, a and b of the event that `pop` removed. */
  readonly row: Int32Array;
  /** Number of events in the queue. */
  readonly size: number;
  /** Adds an event at `key`. Sequence numbers differ; times may be equal, and may be before the head's. */
  push(kind: number, a: number, b: number): void;
  /** Finds the first event, writes `head` and makes it known. */
  peek(): void;
  /** Removes the first event, the one at `head`, and writes `row`. */
  pop(): void;
}
