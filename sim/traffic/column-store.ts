import { Slots } from '../engine/slots.ts';

/** Things in flight as a struct of arrays: a slot each, a column a fact, reused through the engine's free list. */
export abstract class ColumnStore {
  protected readonly slots = new Slots((capacity) => this.growColumns(capacity));

  /** Odd while the slot is open. A (slot, generation) that does not match is stale. */
  get generation(): Uint32Array {
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

  /** Makes every column `capacity` long and keeps what is there. */
  protected abstract growColumns(capacity: number): void;
}
