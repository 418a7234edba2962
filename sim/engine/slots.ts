import { EngineError } from './errors.ts';

/** A column of a struct-of-arrays store. */
export type Column = Float64Array | Int32Array | Uint8Array;

/**
 * The free list of a struct-of-arrays store: hands out slots, takes them back, and keeps a generation for each, so that
 * whoever holds (slot, generation) can tell whether the slot has been given to another meanwhile. The columns belong to
 * the store; it says in `resize` how they grow. Doubles when full, never shrinks.
 *
 * A slot is taken up again latest freed first, since its columns are still in the cache.
 */
export class Slots {
  /** Of each slot: +1 when it is opened and +1 when it is closed, so odd while it is open. */
  generation = new Int32Array(0);
  /** Open slots. */
  open = 0;
  /** Slots from 0 on that have ever been opened: as far as a walk over all has to go. */
  used = 0;
  readonly #limit: number;
  readonly #resize: (capacity: number) => void;
  #next = new Int32Array(0);
  #firstFree = -1;

  /**
   * @param resize called with the new capacity before the first slot beyond the old one is given out
   * @param limit most slots that may be open at once; default 2^24
   */
  constructor(resize: (capacity: number) => void, limit = 2 ** 24) {
    this.#resize = resize;
    this.#limit = limit;
  }

  /** @returns a slot whose columns still hold what was there before. @throws EngineError `full` at the limit */
  take(): number {
    let slot = this.#firstFree;
    if (slot >= 0) this.#firstFree = this.#next[slot]!;
    else {
      if (this.used === this.generation.length) this.#grow();
      slot = this.used++;
    }
    this.generation[slot] = this.generation[slot]! + 1;
    this.open++;
    return slot;
  }

  /** Gives a slot back. @throws EngineError `stale` when it is not open */
  release(slot: number): void {
    const generation = this.generation[slot] ?? 0;
    if ((generation & 1) === 0) throw new EngineError('stale', `slot ${slot} is not open`);
    this.generation[slot] = generation + 1;
    this.#next[slot] = this.#firstFree;
    this.#firstFree = slot;
    this.open--;
  }

  /** @returns whether the slot is open and has been since it had this generation */
  isCurrent(slot: number, generation: number): boolean {
    return (generation & 1) === 1 && this.generation[slot] === generation;
  }

  #grow(): void {
    const capacity = Math.min(this.#limit, Math.max(64, 2 * this.used));
    if (capacity <= this.used) throw new EngineError('full', `the store is full: ${this.used} slots are open`);
    this.#resize(capacity);
    this.generation = grown(this.generation, capacity);
    this.#next = grown(this.#next, capacity);
  }
}

/** @returns a column of the same kind with room for `capacity` slots, the old ones copied; `perSlot` elements a slot */
export function grown<C extends Column>(column: C, capacity: number, perSlot = 1): C {
  const larger = new (column.constructor as new (length: number) => C)(capacity * perSlot);
  larger.set(column);
  return larger;
}
