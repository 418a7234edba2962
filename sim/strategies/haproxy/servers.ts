import type { View } from '../strategy.ts';

/** Effective weights are weights times this, so that they can be changed finely. @source haproxy include/haproxy/defaults.h, backend-t.h */
export const WEIGHT_SCALE = 16;
/** The largest effective weight: of the largest weight, 256. */
export const EFFECTIVE_MAX = 256 * WEIGHT_SCALE;

/**
 * The servers of a backend as HAProxy sees them, and what a change of members means for each.
 * @simplifies weights are rounded to whole numbers from 1 to 256, as the configuration takes no others; there are no health checks of its
 *   own: who is a member is up
 */
export class Servers {
  readonly #view: View;
  /** By slot: its effective weight; 0: it is down, or none. */
  readonly effective: Int32Array;
  /** Those that are up, in the order of the configuration. */
  slots = new Int32Array(0);
  /** The sum of the effective weights. */
  total = 0;

  constructor(view: View) {
    this.#view = view;
    this.effective = new Int32Array(view.capacity);
  }

  /** Takes the members over. @param each is told of every server whose effective weight is another now, those that went first; 0: it is down */
  changed(each: (slot: number, before: number, now: number) => void): void {
    const view = this.#view;
    const before = this.slots;
    this.slots = view.members.slice(0, view.count).filter((slot) => view.weight[slot]! > 0);
    const there = new Set(this.slots);
    for (const slot of before) if (!there.has(slot)) this.#set(slot, 0, each);
    for (const slot of this.slots) {
      const weight = Math.min(256, Math.max(1, Math.round(view.weight[slot]!)));
      this.#set(slot, weight * WEIGHT_SCALE, each);
    }
  }

  #set(slot: number, now: number, each: (slot: number, before: number, now: number) => void): void {
    const before = this.effective[slot]!;
    if (before === now) return;
    this.effective[slot] = now;
    this.total += now - before;
    each(slot, before, now);
  }
}
