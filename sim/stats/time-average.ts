import { ExactSum } from './exact-sum.ts';

/**
 * Averages over time of a level that changes in steps: queue lengths, busy slots. The level is a whole number, and the area
 * under it an exact sum (level × ns), so that averages of parts merge exactly.
 */
export class TimeAverage {
  readonly #clock: Float64Array;
  readonly #area = new ExactSum();
  readonly #times: Float64Array; // beginning, last change
  #level = 0;
  #max = 0;

  /** @param clock [0] is now, ns; observation begins now @param level whole, at least 0; default 0 */
  constructor(clock: Float64Array, level = 0) {
    this.#clock = clock;
    this.#times = new Float64Array([clock[0]!, clock[0]!]);
    this.#level = level;
    this.#max = level;
  }

  /** The level now. */
  get level(): number {
    return this.#level;
  }

  /** The highest level so far. */
  get max(): number {
    return this.#max;
  }

  /** Changes the level by a whole number. @throws RangeError when it would fall below 0 */
  add(change: number): void {
    this.#settle();
    this.#level += change;
    if (this.#level < 0) throw new RangeError(`a level fell to ${this.#level}`);
    if (this.#level > this.#max) this.#max = this.#level;
  }

  /** @returns the average level from the beginning to now; the level itself if no time has passed */
  average(): number {
    this.#settle();
    const span = this.#times[1]! - this.#times[0]!;
    return span > 0 ? this.#area.value() / span : this.#level;
  }

  /** Begins anew at the present level: what was before is warm-up. */
  restart(): void {
    this.#area.limbs.fill(0);
    this.#times.fill(this.#clock[0]!);
    this.#max = this.#level;
  }

  #settle(): void {
    const now = this.#clock[0]!;
    let span = now - this.#times[1]!;
    if (span === 0) return;
    this.#times[1] = now;
    if (span * this.#level < 0x10000000000000) this.#area.add(span * this.#level);
    else {
      // too large for one addition: in pieces of ns that fit
      const piece = Math.floor(0xfffffffffffff / this.#level);
      for (; span > piece; span -= piece) this.#area.add(piece * this.#level);
      this.#area.add(span * this.#level);
    }
  }
}
