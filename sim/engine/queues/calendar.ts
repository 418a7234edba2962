import { EngineError } from '../errors.ts';
import type { EventQueue } from './queue.ts';

/** Offsets in a row of 32 bytes, half a cache line: in doubles (stride 4) and in integers (stride 8). */
const AT = 0;
const SEQ = 1;
const KIND = 4; // -1: the row is free
const A = 5;
const B = 6;
const NEXT = 7; // in a bucket, in the list behind the window or among the free rows

const perBucket = 4; // events that a bucket should hold when its turn comes: 2 to 8 measured alike
const smallest = 64; // buckets

/** Places in `bounds`. */
const SCALE = 0; // buckets per ns
const FRONT = 1; // number of the bucket that is in front: events up to it go to the front
const LIMIT = 2; // number of the first bucket behind the window
const FAR = 3; // lowest bucket number of an event behind the window

/**
 * Two tiers: a window of buckets that slides over time, with the bucket whose turn it is sorted in front of it. Events
 * behind the window wait in one list. Adding and removing an event takes constant time on average.
 *
 * Bucket number = floor(time · scale), and a ring of buckets holds the numbers from the front's to LIMIT. The window has at
 * least as many buckets as there were events when it was made, so the list behind it is walked about once while
 * that many events pass. The width follows the rate at which events are taken; when walks and empty buckets cost
 * more than the events did, it is measured anew on a sample of those that are pending. Whatever the width, the order is right,
 * and the front is never slower than a binary heap.
 * @source after R. Brown, Calendar queues, CACM 31, 1988, and W. T. Tang et al., Ladder queue, TOMACS 15, 2005
 */
export class CalendarQueue implements EventQueue {
  readonly key = new Float64Array(2);
  readonly head = new Float64Array([Infinity, 0]);
  readonly row = new Int32Array(3);
  size = 0;
  headKnown = true;
  readonly #limit: number;
  // rows: all of an event lies in one cache line, which with a million pending was worth 1.5 times a column per field
  #doubles = new Float64Array(0);
  #ints = new Int32Array(0);
  #used = 0; // rows from 0 on that have ever been taken
  #firstFree = -1;
  // the front: a run of rows that was sorted when its bucket came to the front, and a heap of those pushed since
  #run = new Int32Array(smallest);
  #cursor = 0;
  #end = 0;
  #heap = new Int32Array(smallest);
  #heapSize = 0;
  #headRow = -1;
  // the window, and the list behind it
  #buckets = new Int32Array(smallest).fill(-1); // first row of each bucket, -1: empty
  #far = -1; // first row behind the window
  #bounds = new Float64Array([0, -1, 0, Infinity]);
  // what adapting goes by
  #since = new Float64Array(1); // time at which the counting below began
  #served = 0; // rows that came to the front since then
  #heaped = 0; // rows that were pushed into the heap since then
  #work = 0; // rows walked and empty buckets passed since then

  /** @param limit most events that may be pending at once; default 2^26, 2 GB */
  constructor(limit = 2 ** 26) {
    this.#limit = limit;
  }

  push(kind: number, a: number, b: number): void {
    let row = this.#firstFree;
    if (row >= 0) this.#firstFree = this.#ints[(row << 3) | NEXT]!;
    else row = this.#newRow();
    const doubles = this.#doubles;
    const ints = this.#ints;
    const key = this.key;
    const at = key[0]!;
    const i = row << 3;
    doubles[(row << 2) | AT] = at;
    doubles[(row << 2) | SEQ] = key[1]!;
    // | 0: an argument of unknown type would otherwise be stored by way of a double
    ints[i | KIND] = kind | 0;
    ints[i | A] = a | 0;
    ints[i | B] = b | 0;
    this.size++;
    const bounds = this.#bounds;
    const bucket = Math.floor(at * bounds[SCALE]!);
    if (bucket > bounds[FRONT]! && bucket < bounds[LIMIT]!) {
      const buckets = this.#buckets;
      const place = bucket & (buckets.length - 1);
      ints[i | NEXT] = buckets[place]!;
      buckets[place] = row;
      if (at < this.head[0]!) this.headKnown = false;
    } else this.#pushAside(row, bucket);
  }

  peek(): void {
    const head = this.head;
    if (this.#heapSize === 0 && this.#cursor === this.#end && !this.#advance()) {
      head[0] = Infinity;
      this.headKnown = true;
      return;
    }
    const doubles = this.#doubles;
    let row = this.#heap[0]!;
    if (this.#cursor < this.#end) {
      const next = this.#run[this.#cursor]!;
      if (this.#heapSize === 0 || this.#before(next, row)) row = next;
    }
    this.#headRow = row;
    head[0] = doubles[(row << 2) | AT]!;
    head[1] = doubles[(row << 2) | SEQ]!;
    this.headKnown = true;
  }

  pop(): void {
    const ints = this.#ints;
    const out = this.row;
    const row = this.#headRow;
    const i = row << 3;
    out[0] = ints[i | KIND]!;
    out[1] = ints[i | A]!;
    out[2] = ints[i | B]!;
    ints[i | KIND] = -1;
    ints[i | NEXT] = this.#firstFree;
    this.#firstFree = row;
    this.size--;
    const run = this.#run;
    let cursor = this.#cursor;
    const end = this.#end;
    if (this.#heapSize === 0) {
      this.#cursor = ++cursor;
      if (cursor < end) {
        const next = run[cursor]!;
        const doubles = this.#doubles;
        const head = this.head;
        this.#headRow = next;
        head[0] = doubles[(next << 2) | AT]!;
        head[1] = doubles[(next << 2) | SEQ]!;
      } else this.headKnown = false;
      return;
    }
    if (cursor < end && run[cursor] === row) this.#cursor++;
    else this.#sink();
    this.headKnown = false;
  }

  /** Puts a row into the heap or behind the window. */
  #pushAside(row: number, bucket: number): void {
    if (bucket <= this.#bounds[FRONT]!) {
      this.#rise(row);
      this.headKnown = false;
      if (++this.#heaped > 4 * this.size + 4096) this.#adapt(false);
    } else {
      this.#ints[(row << 3) | NEXT] = this.#far;
      this.#far = row;
      if (bucket < this.#bounds[FAR]!) this.#bounds[FAR] = bucket;
      if (this.size === 1) this.headKnown = false;
    }
  }

  /** Brings the next bucket that holds something to the front. @returns false when there is none */
  #advance(): boolean {
    if (this.size === 0) return false;
    const bounds = this.#bounds;
    const room = this.size + this.#buckets.length;
    if (bounds[SCALE] === 0 || this.#work > 4 * room) this.#adapt(true);
    else if (this.#served + this.#heaped > 2 * room + 1024) this.#adapt(false);

    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    const from = bounds[FRONT]! + 1;
    let steps = 0;
    while (buckets[(from + steps) & mask]! < 0 && steps <= mask) steps++;
    this.#work += steps >> 3;
    if (steps > mask || bounds[FAR]! <= from + steps) {
      this.#moveWindow(bounds[FAR]!);
      return this.#advance();
    }
    const place = (from + steps) & mask;
    bounds[FRONT] = from + steps;
    bounds[LIMIT] = from + steps + mask + 1;
    this.#fill(buckets[place]!);
    buckets[place] = -1;
    return true;
  }

  /** Lets the window begin at a bucket number before which nothing waits, and puts into buckets what it now covers. */
  #moveWindow(first: number): void {
    const bounds = this.#bounds;
    bounds[FRONT] = first - 1;
    bounds[LIMIT] = first - 1 + this.#buckets.length;
    bounds[FAR] = Infinity;
    const ints = this.#ints;
    let row = this.#far;
    this.#far = -1;
    while (row >= 0) {
      const next = ints[(row << 3) | NEXT]!;
      this.#place(row);
      this.#work++;
      row = next;
    }
  }

  /** Puts a row into its bucket or behind the window. */
  #place(row: number): void {
    const doubles = this.#doubles;
    const ints = this.#ints;
    const bounds = this.#bounds;
    const bucket = Math.floor(doubles[(row << 2) | AT]! * bounds[SCALE]!);
    if (bucket < bounds[LIMIT]!) {
      const place = bucket & (this.#buckets.length - 1);
      ints[(row << 3) | NEXT] = this.#buckets[place]!;
      this.#buckets[place] = row;
    } else {
      ints[(row << 3) | NEXT] = this.#far;
      this.#far = row;
      if (bucket < bounds[FAR]!) bounds[FAR] = bucket;
    }
  }

  /**
   * Chooses width and number of buckets anew, and sorts all events into them if that changes much.
   * @param sample measure on the pending events; otherwise on those taken since the last time
   */
  #adapt(sample: boolean): void {
    const now = this.head[0]!; // of the event that was first when somebody last looked
    const popped = this.#served + this.#heaped;
    const span = now - this.#since[0]!;
    const gap = sample || popped < 256 || span === Infinity ? this.#sampledGap() : span / popped;
    if (now < Infinity) this.#since[0] = now;
    this.#served = 0;
    this.#heaped = 0;
    this.#work = 0;

    let count = smallest;
    while (count < this.size) count *= 2;
    const scale = 1 / Math.max(1, perBucket * gap);
    const change = scale / this.#bounds[SCALE]!;
    const resize = count / this.#buckets.length;
    if (change > 0.4 && change < 2.5 && resize > 0.2 && resize < 2.5) return;

    if (resize === 1) this.#buckets.fill(-1);
    else this.#buckets = new Int32Array(count).fill(-1);
    this.#far = -1;
    this.#cursor = 0;
    this.#end = 0;
    this.#heapSize = 0;
    this.headKnown = false;
    const doubles = this.#doubles;
    const ints = this.#ints;
    let first = Infinity;
    for (let row = 0; row < this.#used; row++) {
      const at = doubles[(row << 2) | AT]!;
      if (at < first && ints[(row << 3) | KIND]! >= 0) first = at;
    }
    const bounds = this.#bounds;
    bounds[SCALE] = scale;
    bounds[FRONT] = Math.floor(first * scale) - 1;
    bounds[LIMIT] = bounds[FRONT]! + count;
    bounds[FAR] = Infinity;
    for (let row = 0; row < this.#used; row++) {
      if (ints[(row << 3) | KIND]! >= 0) this.#place(row);
    }
  }

  /** Time between the next events to come, from the earlier eighth (or, when that is one instant, more) of a sample. */
  #sampledGap(): number {
    const doubles = this.#doubles;
    const ints = this.#ints;
    const used = this.#used;
    const step = Math.max(1, used / 512);
    const times: number[] = [];
    for (let i = 0; i < used; i += step) {
      const row = Math.floor(i);
      if (ints[(row << 3) | KIND]! >= 0) times.push(doubles[(row << 2) | AT]!);
    }
    times.sort((x, y) => x - y);
    for (const share of [0.125, 0.25, 0.5, 1]) {
      const span = times[Math.ceil(share * (times.length - 1))]! - times[0]!;
      if (span > 0) return span / (share * this.size);
    }
    return 1;
  }

  /**
   * Takes over a linked list of rows while the front is empty.
   * Sorts by insertion, since a bucket holds a few rows, or many that are in order already; what would make that slow goes to the heap.
   */
  #fill(first: number): void {
    const doubles = this.#doubles;
    const ints = this.#ints;
    let count = 0;
    for (let row = first; row >= 0; row = ints[(row << 3) | NEXT]!) {
      if (count === this.#run.length) this.#run = doubled(this.#run);
      this.#run[count++] = row;
    }
    const run = this.#run;
    this.#served += count;
    this.#cursor = 0;
    this.#end = count;
    let shifts = 16 * count;
    if (count > 16) {
      for (let i = 0, j = count - 1; i < j; i++, j--) {
        const row = run[i]!; // the list grew at its head: what was pushed last is first
        run[i] = run[j]!;
        run[j] = row;
      }
    }
    for (let k = 1; k < count; k++) {
      const row = run[k]!;
      const at = doubles[(row << 2) | AT]!;
      const seq = doubles[(row << 2) | SEQ]!;
      let i = k;
      while (i > 0) {
        const other = run[i - 1]!;
        const otherAt = doubles[(other << 2) | AT]!;
        if (otherAt < at || (otherAt === at && doubles[(other << 2) | SEQ]! < seq)) break;
        run[i] = other;
        i--;
      }
      run[i] = row;
      shifts -= k - i;
      if (shifts < 0) {
        this.#end = k + 1;
        for (let rest = k + 1; rest < count; rest++) this.#rise(run[rest]!);
        return;
      }
    }
  }

  #before(row: number, other: number): boolean {
    const doubles = this.#doubles;
    const at = doubles[(row << 2) | AT]!;
    const otherAt = doubles[(other << 2) | AT]!;
    return at < otherAt || (at === otherAt && doubles[(row << 2) | SEQ]! < doubles[(other << 2) | SEQ]!);
  }

  /** Adds a row to the heap. */
  #rise(row: number): void {
    if (this.#heapSize === this.#heap.length) this.#heap = doubled(this.#heap);
    const doubles = this.#doubles;
    const heap = this.#heap;
    const at = doubles[(row << 2) | AT]!;
    const seq = doubles[(row << 2) | SEQ]!;
    let i = this.#heapSize++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const other = heap[parent]!;
      const otherAt = doubles[(other << 2) | AT]!;
      if (otherAt < at || (otherAt === at && doubles[(other << 2) | SEQ]! < seq)) break;
      heap[i] = other;
      i = parent;
    }
    heap[i] = row;
  }

  /** Removes the top of the heap: the last row takes its place and sinks. */
  #sink(): void {
    const doubles = this.#doubles;
    const heap = this.#heap;
    const size = --this.#heapSize;
    const row = heap[size]!;
    const at = doubles[(row << 2) | AT]!;
    const seq = doubles[(row << 2) | SEQ]!;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#before(heap[child + 1]!, heap[child]!)) child++;
      const other = heap[child]!;
      const otherAt = doubles[(other << 2) | AT]!;
      if (at < otherAt || (at === otherAt && seq < doubles[(other << 2) | SEQ]!)) break;
      heap[i] = other;
      i = child;
    }
    heap[i] = row;
  }

  #newRow(): number {
    if (this.#used * 4 === this.#doubles.length) {
      const capacity = Math.min(this.#limit, Math.max(smallest, this.#used * 2));
      if (capacity <= this.#used)
        throw new EngineError('full', `the event queue is full: ${this.#used} events are pending`);
      const doubles = new Float64Array(capacity * 4);
      doubles.set(this.#doubles);
      this.#doubles = doubles;
      this.#ints = new Int32Array(doubles.buffer);
    }
    return this.#used++;
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
