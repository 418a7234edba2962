import { EngineError } from './errors.ts';

const slotBits = 22;
const slotMask = 2 ** slotBits - 1;
const spare = 1024; // free slots that are left to rest before one is used again

/**
 * Timers that can be cancelled and moved. A timer has a slot here and one row in the event queue; the row names the slot
 * and the version for which it was pushed. Cancelling frees the slot and leaves the row, which is dropped unseen when
 * its time comes. Moving a timer to a later time leaves the row too: it is pushed again when it comes up, so a timer
 * that every request puts off costs one row, not one a request.
 *
 * A handle is 32 bits: 22 of the slot, 10 of its generation. Slots are reused in the order in which they became free, so a
 * stale handle is detected at least until a million more timers have been set.
 */
export class Timers {
  kind = new Int32Array(0);
  a = new Int32Array(0);
  b = new Int32Array(0);
  /** Time and sequence number at which the timer fires, two doubles a slot. */
  due = new Float64Array(0);
  /** Time and sequence number of its row in the queue, two doubles a slot: those of `due`, or earlier ones. */
  row = new Float64Array(0);
  /** Version of the row that counts; rows with another are dropped. */
  version = new Int32Array(0);
  /** ns between two firings, may have a fraction; 0 for a timer that fires once. */
  period = new Float64Array(0);
  /** Of a periodic timer: its first firing, and how many there were. */
  start = new Float64Array(0);
  fired = new Float64Array(0);
  /** Timers that are set. */
  active = 0;
  #generation = new Int32Array(0); // odd: set; even: free
  #nextFree = new Int32Array(0);
  #firstFree = -1;
  #lastFree = -1;
  #used = 0;

  /** @returns the slot of a new timer. @throws EngineError `full` when 2^22 timers are set */
  open(kind: number, a: number, b: number): number {
    let slot = this.#firstFree;
    if (slot >= 0 && (this.#used - this.active > spare || this.#used > slotMask)) {
      this.#firstFree = this.#nextFree[slot]!;
      if (this.#firstFree < 0) this.#lastFree = -1;
    } else {
      if (this.#used > slotMask) throw new EngineError('full', `${this.#used} timers are set, which is the most`);
      if (this.#used === this.kind.length) this.#grow();
      slot = this.#used++;
    }
    this.kind[slot] = kind;
    this.a[slot] = a;
    this.b[slot] = b;
    this.period[slot] = 0;
    this.#generation[slot] = this.#generation[slot]! + 1;
    this.active++;
    return slot;
  }

  close(slot: number): void {
    this.version[slot] = this.version[slot]! + 1;
    this.#generation[slot] = this.#generation[slot]! + 1;
    this.active--;
    this.#nextFree[slot] = -1;
    if (this.#lastFree < 0) this.#firstFree = slot;
    else this.#nextFree[this.#lastFree] = slot;
    this.#lastFree = slot;
  }

  handle(slot: number): number {
    return ((this.#generation[slot]! >> 1) << slotBits) | slot;
  }

  /** @returns whether the timer of this handle is still set */
  isSet(handle: number): boolean {
    const slot = handle & slotMask;
    return slot < this.#used && (this.#generation[slot]! & 1) === 1 && this.handle(slot) === (handle | 0);
  }

  /** @returns the slot of a timer that is set. @throws EngineError `stale` when it has fired or was cancelled */
  slotOf(handle: number): number {
    if (!this.isSet(handle))
      throw new EngineError('stale', `the timer with handle ${handle} has fired or was cancelled`);
    return handle & slotMask;
  }

  #grow(): void {
    const capacity = Math.max(64, 2 * this.kind.length);
    const ints = (old: Int32Array) => copyInto(new Int32Array(capacity), old);
    const doubles = (old: Float64Array) => copyInto(new Float64Array(capacity), old);
    this.kind = ints(this.kind);
    this.a = ints(this.a);
    this.b = ints(this.b);
    this.version = ints(this.version);
    this.#generation = ints(this.#generation);
    this.#nextFree = ints(this.#nextFree);
    this.due = copyInto(new Float64Array(2 * capacity), this.due);
    this.row = copyInto(new Float64Array(2 * capacity), this.row);
    this.period = doubles(this.period);
    this.start = doubles(this.start);
    this.fired = doubles(this.fired);
  }
}

function copyInto<T extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(larger: T, old: ArrayLike<number>): T {
  larger.set(old);
  return larger;
}
