import { EngineError } from '../errors.ts';
import { grown } from '../slots.ts';
import type { EventQueue } from './queue.ts';

/** Offsets in a row of 32 bytes, half a cache line: in doubles (stride 4) and in integers (stride 8). */
const AT = 0;
const SEQ = 1;
const KIND = 4; // -1: the row is free
const A = 5;
const B = 6;
const NEXT = 7; // in a bucket, in the list behind the window or among the free rows

/** Events that a bucket should hold when its turn comes: few, to be sorted at once; more where each bucket is a cache miss. Measured. */
const perBucket = (size: number) => (size < 2 ** 17 ? 3 : 8);
const smallest = 64; // buckets
const mostMoves = 32; // of rows in the front, for one that is inserted

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
  // the front: a stack of rows, the first event on top, and a heap of those that would have been too far down in it
  #stackAt = new Float64Array(smallest); // times, so that sorting stays in one cache line
  #stackRow = new Int32Array(smallest);
  #stackSize = 0;
  #heap = new Int32Array(smallest);
  #heapSize = 0;
  // the window, and the list behind it
  #buckets = new Int32Array(smallest).fill(-1); // first row of each bucket, -1: empty
  #far = -1; // first row behind the window, in the order of the pushes
  #farLast = -1;
  #bounds = new Float64Array([0, -1, 0, Infinity]);
  // what adapting goes by
  #since = new Float64Array(1); // time at which the counting below began
  #served = 0; // rows that came to the front since then
  #fronted = 0; // rows that were pushed into the front since then
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
      if (this.size === 1) this.headKnown = false;
    } else if (bucket <= bounds[FRONT]!) this.#pushFront(row);
    else this.#pushFar(row, bucket);
  }

  peek(): void {
    const head = this.head;
    if (this.#heapSize === 0 && this.#stackSize === 0 && !this.#advance()) {
      head[0] = Infinity;
      this.headKnown = true;
      return;
    }
    this.headKnown = true;
    const row = this.#heapIsFirst() ? this.#heap[0]! : this.#stackRow[this.#stackSize - 1]!;
    head[0] = this.#doubles[(row << 2) | AT]!;
    head[1] = this.#doubles[(row << 2) | SEQ]!;
  }

  pop(): void {
    const ints = this.#ints;
    const out = this.row;
    let row: number;
    if (this.#heapSize > 0) {
      row = this.#popEither();
      this.headKnown = false;
    } else {
      const top = --this.#stackSize;
      row = this.#stackRow[top]!;
      if (top > 0) {
        const head = this.head;
        head[0] = this.#stackAt[top - 1]!;
        head[1] = this.#doubles[(this.#stackRow[top - 1]! << 2) | SEQ]!;
      } else this.headKnown = false;
    }
    const i = row << 3;
    out[0] = ints[i | KIND]!;
    out[1] = ints[i | A]!;
    out[2] = ints[i | B]!;
    ints[i | KIND] = -1;
    ints[i | NEXT] = this.#firstFree;
    this.#firstFree = row;
    this.size--;
  }

  /** @returns the first row of stack and heap, removed from where it was */
  #popEither(): number {
    if (!this.#heapIsFirst()) return this.#stackRow[--this.#stackSize]!;
    const row = this.#heap[0]!;
    this.#sink();
    return row;
  }

  #heapIsFirst(): boolean {
    return (
      this.#heapSize > 0 &&
      (this.#stackSize === 0 || this.#before(this.#heap[0]!, this.#stackRow[this.#stackSize - 1]!))
    );
  }

  /** Puts a row into the stack, or into the heap if too many are before it. */
  #pushFront(row: number): void {
    if (!this.#insert(row)) this.#rise(row);
    this.headKnown = false;
    if (++this.#fronted > 4 * this.size + 4096) this.#adapt(false);
  }

  /** Puts a row behind the window. */
  #pushFar(row: number, bucket: number): void {
    const ints = this.#ints;
    ints[(row << 3) | NEXT] = -1;
    if (this.#far < 0) this.#far = row;
    else ints[(this.#farLast << 3) | NEXT] = row;
    this.#farLast = row;
    if (bucket < this.#bounds[FAR]!) this.#bounds[FAR] = bucket;
    if (this.size === 1) this.headKnown = false;
  }

  /** Brings the next bucket that holds something to the front. @returns false when there is none */
  #advance(): boolean {
    if (this.size === 0) return false;
    const bounds = this.#bounds;
    const room = this.size + this.#buckets.length;
    if (bounds[SCALE] === 0 || this.#work > 4 * room) this.#adapt(true);
    else if (this.#served + this.#fronted > 2 * room + 1024) this.#adapt(false);

    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    const from = bounds[FRONT]! + 1;
    let place = from & mask;
    let steps = 0;
    while (buckets[place]! < 0 && steps <= mask) {
      place = (place + 1) & mask;
      steps++;
    }
    this.#work += steps >> 3;
    const front = from + steps;
    if (steps > mask || bounds[FAR]! <= front) {
      this.#moveWindow(bounds[FAR]!);
      return this.#advance();
    }
    bounds[FRONT] = front;
    bounds[LIMIT] = front + mask + 1;
    const first = buckets[place]!;
    buckets[place] = -1;
    this.#fill(first);
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
    } else this.#pushFar(row, bucket);
  }

  /**
   * Chooses width and number of buckets anew, and sorts all events into them if that changes much.
   * @param sample measure on the pending events; otherwise on those taken since the last time
   */
  #adapt(sample: boolean): void {
    const now = this.head[0]!; // of the event that was first when somebody last looked
    const popped = this.#served + this.#fronted;
    const span = now - this.#since[0]!;
    const gap = sample || popped < 256 || span === Infinity ? this.#sampledGap() : span / popped;
    if (now < Infinity) this.#since[0] = now;
    this.#served = 0;
    this.#fronted = 0;
    this.#work = 0;

    let count = smallest;
    while (count < this.size) count *= 2;
    const scale = 1 / Math.max(1, perBucket(this.size) * gap);
    const change = scale / this.#bounds[SCALE]!;
    const resize = count / this.#buckets.length;
    if (change > 0.4 && change < 2.5 && resize > 0.2 && resize < 2.5) return;

    if (resize === 1) this.#buckets.fill(-1);
    else this.#buckets = new Int32Array(count).fill(-1);
    this.#far = -1;
    this.#stackSize = 0;
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
   * Sorts a linked list of rows into the empty stack, by insertion: a bucket holds a few rows, or many of which the later are before
   * the earlier, as they lie in the stack. What would make that slow goes to the heap.
   */
  #fill(first: number): void {
    const doubles = this.#doubles;
    const ints = this.#ints;
    const stackAt = this.#stackAt;
    const stackRow = this.#stackRow;
    let size = 0;
    let row = first;
    // The first few cannot have to move many: as `#insert`, without its questions.
    while (row >= 0 && size < mostMoves) {
      const next = ints[(row << 3) | NEXT]!;
      const at = doubles[(row << 2) | AT]!;
      let i = size++;
      for (; i > 0; i--) {
        const otherAt = stackAt[i - 1]!;
        if (otherAt > at) break;
        const other = stackRow[i - 1]!;
        if (otherAt === at && doubles[(other << 2) | SEQ]! > doubles[(row << 2) | SEQ]!) break;
        stackAt[i] = otherAt;
        stackRow[i] = other;
      }
      stackAt[i] = at;
      stackRow[i] = row;
      row = next;
    }
    this.#stackSize = size;
    while (row >= 0) {
      const next = ints[(row << 3) | NEXT]!;
      if (!this.#insert(row)) this.#rise(row);
      size++;
      row = next;
    }
    this.#served += size;
  }

  /** Puts a row in its place in the stack. @returns false, and does nothing, if too many rows were to be moved for that */
  #insert(row: number): boolean {
    let i = this.#stackSize;
    if (i > mostMoves && this.#before(this.#stackRow[i - mostMoves]!, row)) return false;
    if (i === this.#stackRow.length) {
      this.#stackAt = grown(this.#stackAt, 2 * i);
      this.#stackRow = grown(this.#stackRow, 2 * i);
    }
    const doubles = this.#doubles;
    const stackAt = this.#stackAt;
    const stackRow = this.#stackRow;
    const at = doubles[(row << 2) | AT]!;
    for (; i > 0; i--) {
      const otherAt = stackAt[i - 1]!;
      const other = stackRow[i - 1]!;
      if (otherAt > at || (otherAt === at && doubles[(other << 2) | SEQ]! > doubles[(row << 2) | SEQ]!)) break;
      stackAt[i] = otherAt;
      stackRow[i] = other;
    }
    stackAt[i] = at;
    stackRow[i] = row;
    this.#stackSize++;
    return true;
  }

  #before(row: number, other: number): boolean {
    const doubles = this.#doubles;
    const at = doubles[(row << 2) | AT]!;
    const otherAt = doubles[(other << 2) | AT]!;
    return at < otherAt || (at === otherAt && doubles[(row << 2) | SEQ]! < doubles[(other << 2) | SEQ]!);
  }

  /** Adds a row to the heap. */
  #rise(row: number): void {
    if (this.#heapSize === this.#heap.length) this.#heap = grown(this.#heap, 2 * this.#heapSize);
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
