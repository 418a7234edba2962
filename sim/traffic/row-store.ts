import { Slots } from '../engine/slots.ts';

/**
 * Things in flight, a slot each, reused through the engine's free list. All facts of one lie in a row of their own, as
 * integers and doubles over the same bytes: with a column per fact each step of a request met a cache line and an array per
 * fact.
 *
 * Facts are read and written by small methods, whose places in the row are literal numbers: V8 inlines them, whereas a constant of
 * another module costs a load and checks at each use, and as a value to store a conversion by way of a double.
 */
export abstract class RowStore {
  protected ints = new Int32Array(0);
  protected doubles = new Float64Array(0);
  protected readonly slots: Slots;

  /** @param bytes of a row: a power of two */
  constructor(bytes: number) {
    this.slots = new Slots((capacity) => {
      const doubles = new Float64Array((capacity * bytes) / 8);
      doubles.set(this.doubles);
      this.doubles = doubles;
      this.ints = new Int32Array(doubles.buffer);
    });
  }

  /** Odd while the slot is open. A (slot, generation) that does not match is stale. */
  get generation(): Int32Array {
    return this.slots.generation;
  }

  /** Open slots. */
  get inUse(): number {
    return this.slots.open;
  }

  /** Slots from 0 on that have ever been open: as far as a walk over all has to go. */
  get used(): number {
    return this.slots.used;
  }

  isOpen(slot: number): boolean {
    return (this.slots.generation[slot]! & 1) === 1;
  }

  /** What is on its way to this slot becomes stale; the slot stays open. */
  outdate(slot: number): void {
    const { generation } = this.slots;
    generation[slot] = generation[slot]! + 2;
  }

  close(slot: number): void {
    this.slots.release(slot);
  }
}
