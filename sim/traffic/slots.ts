/**
 * The free list and the generations of a struct-of-arrays store: a slot for each thing in flight, reused when it ends.
 * A handle is (slot, generation): a timer that holds one knows when it is stale.
 */
export abstract class Slots {
  /** +1 at each step that makes earlier timers stale, and at each close. */
  generation = new Int32Array(0);
  /** Slots in use now. */
  inUse = 0;
  #nextFree = new Int32Array(0);
  #firstFree = -1;

  get capacity(): number {
    return this.generation.length;
  }

  /** Makes every column `capacity` long and keeps what is there. */
  protected abstract growColumns(capacity: number): void;

  protected take(): number {
    if (this.#firstFree < 0) this.#grow();
    const slot = this.#firstFree;
    this.#firstFree = this.#nextFree[slot]!;
    this.#nextFree[slot] = TAKEN;
    this.inUse++;
    return slot;
  }

  close(slot: number): void {
    this.generation[slot]!++;
    this.#nextFree[slot] = this.#firstFree;
    this.#firstFree = slot;
    this.inUse--;
  }

  isOpen(slot: number): boolean {
    return this.#nextFree[slot] === TAKEN;
  }

  #grow(): void {
    const old = this.capacity;
    const capacity = Math.max(256, old * 2);
    this.generation = grown(this.generation, capacity);
    this.#nextFree = grown(this.#nextFree, capacity);
    for (let slot = capacity - 1; slot >= old; slot--) {
      this.#nextFree[slot] = this.#firstFree;
      this.#firstFree = slot;
    }
    this.growColumns(capacity);
  }
}

const TAKEN = -2;

/** A copy that is longer. */
export function grown<T extends Int32Array | Float64Array | Uint8Array>(column: T, capacity: number): T {
  const longer = new (column.constructor as new (length: number) => T)(capacity);
  longer.set(column);
  return longer;
}
