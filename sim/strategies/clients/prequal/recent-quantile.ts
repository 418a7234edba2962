/** Larger counts are held to be this large. */
const MOST = 4095;

/** A quantile of the last so many counts, kept up to date: each new one costs O(1) on average. */
export class RecentQuantile {
  readonly #quantile: number;
  /** The last ones, in a ring; how often each is among them. */
  readonly #recent: Int32Array;
  readonly #often = new Int32Array(MOST + 1);
  #count = 0;
  /** How many of them may not be above the value. */
  #wanted = 0;
  #next = 0;
  /** The least count that as many as the quantile asks for are not above; how many are below it. */
  #value = 0;
  #below = 0;

  /** @param quantile 0 to 1 @param window how many count */
  constructor(quantile: number, window: number) {
    this.#quantile = quantile;
    this.#recent = new Int32Array(window);
  }

  /** 0 as long as there is none. */
  get value(): number {
    return this.#value;
  }

  push(count: number): void {
    const value = count > MOST ? MOST : count;
    if (this.#count === this.#recent.length) this.#tally(this.#recent[this.#next]!, -1);
    else this.#wanted = Math.max(1, Math.ceil(this.#quantile * ++this.#count - 1e-9));
    this.#recent[this.#next] = value;
    this.#next = this.#next + 1 === this.#recent.length ? 0 : this.#next + 1;
    this.#tally(value, 1);
    this.#settle();
  }

  #tally(value: number, by: number): void {
    this.#often[value]! += by;
    if (value < this.#value) this.#below += by;
  }

  #settle(): void {
    const wanted = this.#wanted;
    while (this.#below >= wanted) {
      this.#value--;
      this.#below -= this.#often[this.#value]!;
    }
    while (this.#below + this.#often[this.#value]! < wanted) {
      this.#below += this.#often[this.#value]!;
      this.#value++;
    }
  }
}
