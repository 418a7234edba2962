import type { View } from '../strategy.ts';

/** Which members were none at the change before: those of whom nothing is known, even if they were here earlier. */
export class Newcomers {
  readonly #view: View;
  /** By slot: the change in which it was a member last. */
  readonly #seen: Int32Array;
  /** The first so many are the newcomers of the last change. */
  readonly slots: Int32Array;
  #changes = 0;

  constructor(view: View) {
    this.#view = view;
    this.#seen = new Int32Array(view.capacity);
    this.slots = new Int32Array(view.capacity);
  }

  /** To be called at every change. @returns how many there are */
  changed(): number {
    const { count, members } = this.#view;
    const before = this.#changes++;
    let found = 0;
    for (let i = 0; i < count; i++) {
      const slot = members[i]!;
      if (before === 0 || this.#seen[slot] !== before) this.slots[found++] = slot;
      this.#seen[slot] = before + 1;
    }
    return found;
  }

  /** Whether it was a member at the last change. */
  isMember(slot: number): boolean {
    return this.#changes > 0 && this.#seen[slot] === this.#changes;
  }
}
