import { type Requests, WAITING } from './requests.ts';

/** How long a Pod's figures are gathered before it reports them, ns. */
const REPORT_WINDOW = 1e9;
/** Requests at a Pod beyond which its latency estimates make no more difference. */
const LOAD_LEVELS = 32;
/** What a new latency weighs in the estimate of its level. */
const NEWEST = 0.2;

/**
 * The Pods, by slot: cores that each serve one request at a time, and a line in front of them, first come, first served.
 * @simplifies a Pod that becomes slower or faster does so from the next request on, not for those that it serves
 */
export class Pods {
  readonly cores: Int32Array;
  /** Of one core, as built; what faults divide it by; both change rarely. */
  readonly speed: Float64Array;
  readonly slowness: Float64Array;
  /** When it began to be ready, ns: what cold starts count from. -Infinity: it is warm. */
  readonly readyAt: Float64Array;
  /** 1: it runs. 0 with `silent`: nobody even refuses. */
  readonly alive: Uint8Array;
  readonly silent: Uint8Array;
  /** Share of requests that it answers with an error at once. */
  readonly errorShare: Float64Array;
  readonly errorAfter: Float64Array;
  readonly busy: Int32Array;
  readonly waiting: Int32Array;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** Requests that it took in, since the meters asked. */
  readonly taken: Int32Array;
  /** Core time used, ns, up to `#seenAt`. */
  readonly #used: Float64Array;
  readonly #seenAt: Float64Array;
  /** The window that is gathered and the last whole one: start, core time used, answers, errors. */
  readonly #window: Float64Array;
  readonly #report: Float64Array;
  /** By Pod and requests that were there: how long one took, ns; NaN: not known. */
  readonly #latency: Float64Array;

  constructor(capacity: number) {
    this.cores = new Int32Array(capacity).fill(1);
    this.speed = new Float64Array(capacity).fill(1);
    this.slowness = new Float64Array(capacity).fill(1);
    this.readyAt = new Float64Array(capacity).fill(-Infinity);
    this.alive = new Uint8Array(capacity);
    this.silent = new Uint8Array(capacity);
    this.errorShare = new Float64Array(capacity);
    this.errorAfter = new Float64Array(capacity);
    this.busy = new Int32Array(capacity);
    this.waiting = new Int32Array(capacity);
    this.#first = new Int32Array(capacity).fill(-1);
    this.#last = new Int32Array(capacity).fill(-1);
    this.taken = new Int32Array(capacity);
    this.#used = new Float64Array(capacity);
    this.#seenAt = new Float64Array(capacity);
    this.#window = new Float64Array(4 * capacity);
    this.#report = new Float64Array(3 * capacity);
    this.#latency = new Float64Array(LOAD_LEVELS * capacity).fill(Number.NaN);
  }

  /** Puts a request at the end of the line. */
  line(requests: Requests, row: number, pod: number): void {
    requests.state[row] = WAITING;
    requests.next[row] = -1;
    const last = this.#last[pod]!;
    if (last < 0) this.#first[pod] = row;
    else requests.next[last] = row;
    this.#last[pod] = row;
    this.waiting[pod] = this.waiting[pod]! + 1;
  }

  /** @returns the first of the line, which is in it no more; -1: nobody waits */
  nextInLine(requests: Requests, pod: number): number {
    const row = this.#first[pod]!;
    if (row < 0) return -1;
    const next = requests.next[row]!;
    this.#first[pod] = next;
    if (next < 0) this.#last[pod] = -1;
    this.waiting[pod] = this.waiting[pod]! - 1;
    return row;
  }

  /** One core more is busy (or, -1, one less) from now on. */
  busier(pod: number, by: number, clock: Float64Array): void {
    this.#meter(pod, clock);
    this.busy[pod] = this.busy[pod]! + by;
  }

  /** A request has been answered: for the reports of this Pod. */
  answered(pod: number, isError: boolean, clock: Float64Array): void {
    this.#roll(pod, clock);
    const at = 4 * pod;
    this.#window[at + 2] = this.#window[at + 2]! + 1;
    if (isError) this.#window[at + 3] = this.#window[at + 3]! + 1;
  }

  /** Share of its cores that were busy, answers and errors per second, in the last whole second: into `out[from]` on. */
  report(pod: number, clock: Float64Array, out: Float64Array, from: number): void {
    this.#roll(pod, clock);
    for (let i = 0; i < 3; i++) out[from + i] = this.#report[3 * pod + i]!;
  }

  /** One that came when so many were there took so long: ns, in `took[0]`. */
  tookSoLong(pod: number, there: number, took: Float64Array): void {
    const at = LOAD_LEVELS * pod + Math.min(there, LOAD_LEVELS - 1);
    const before = this.#latency[at]!;
    // biome-ignore lint/suspicious/noSelfCompare: NaN, without a call
    this.#latency[at] = before === before ? before + NEWEST * (took[0]! - before) : took[0]!;
  }

  /** How long one would take that comes now, by those that came when about as many were there: ns into `out[0]`; 0: not known. */
  estimate(pod: number, out: Float64Array): void {
    const there = Math.min(this.busy[pod]! + this.waiting[pod]!, LOAD_LEVELS - 1);
    out[0] = 0;
    for (let away = 0; away < LOAD_LEVELS; away++) {
      for (let side = -1; side <= 1; side += 2) {
        const level = there + side * away;
        if (level < 0 || level >= LOAD_LEVELS) continue;
        const known = this.#latency[LOAD_LEVELS * pod + level]!;
        if (known > 0) {
          out[0] = known;
          return;
        }
      }
    }
  }

  #meter(pod: number, clock: Float64Array): void {
    const now = clock[0]!;
    this.#used[pod] = this.#used[pod]! + this.busy[pod]! * (now - this.#seenAt[pod]!);
    this.#seenAt[pod] = now;
  }

  #roll(pod: number, clock: Float64Array): void {
    const at = 4 * pod;
    const window = this.#window;
    const length = clock[0]! - window[at]!;
    if (length < REPORT_WINDOW) return;
    this.#meter(pod, clock);
    const report = this.#report;
    report[3 * pod] = (this.#used[pod]! - window[at + 1]!) / (length * this.cores[pod]!);
    report[3 * pod + 1] = (window[at + 2]! * 1e9) / length;
    report[3 * pod + 2] = (window[at + 3]! * 1e9) / length;
    window[at] = clock[0]!;
    window[at + 1] = this.#used[pod]!;
    window[at + 2] = 0;
    window[at + 3] = 0;
  }
}
