import type { View } from '../strategy.ts';

/**
 * New requests a second for each server: those of this second, and those of the last one as far as it still reaches into the second that ends now.
 * @source haproxy include/haproxy/freq_ctr.h
 * @simplifies seconds begin where those of the clock do, for all servers
 */
export class SessionRate {
  readonly #clock: Float64Array;
  /** By slot: the second of its last request, and requests in that second and in the one before. */
  readonly #second: Float64Array;
  readonly #now: Int32Array;
  readonly #before: Int32Array;

  constructor(view: View) {
    this.#clock = view.clock;
    this.#second = new Float64Array(view.capacity);
    this.#now = new Int32Array(view.capacity);
    this.#before = new Int32Array(view.capacity);
  }

  count(slot: number): void {
    const second = Math.floor(this.#clock[0]! / 1e9);
    const passed = second - this.#second[slot]!;
    if (passed > 0) {
      this.#before[slot] = passed === 1 ? this.#now[slot]! : 0;
      this.#now[slot] = 0;
      this.#second[slot] = second;
    }
    this.#now[slot]!++;
  }

  /** @returns whether requests to `a` are fewer a second, equal, or more: negative, 0, positive */
  compare(a: number, b: number): number {
    return this.#rate(a) - this.#rate(b);
  }

  #rate(slot: number): number {
    const seconds = this.#clock[0]! / 1e9;
    const second = Math.floor(seconds);
    const passed = second - this.#second[slot]!;
    const now = passed === 0 ? this.#now[slot]! : 0;
    const before = passed === 0 ? this.#before[slot]! : passed === 1 ? this.#now[slot]! : 0;
    return now + before * (1 - (seconds - second));
  }
}
