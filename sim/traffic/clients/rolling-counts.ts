/** Parts of a window. */
const PARTS = 10;

/** Two counts over a window that moves in tenths of its length: at least nine tenths of it are covered, at most all. */
export class RollingCounts {
  first = 0;
  second = 0;
  readonly #length: number;
  readonly #firsts = new Float64Array(PARTS);
  readonly #seconds = new Float64Array(PARTS);
  #part = 0;

  /** @param window ns */
  constructor(window: number) {
    this.#length = window / PARTS;
  }

  /** To be called before the counts are read. @param now ns */
  moveTo(now: number): void {
    const part = Math.floor(now / this.#length);
    for (let gone = Math.max(this.#part + 1, part - PARTS + 1); gone <= part; gone++) {
      const place = gone % PARTS;
      this.first -= this.#firsts[place]!;
      this.second -= this.#seconds[place]!;
      this.#firsts[place] = 0;
      this.#seconds[place] = 0;
    }
    this.#part = part;
  }

  add(first: number, second: number): void {
    const place = this.#part % PARTS;
    this.first += first;
    this.second += second;
    this.#firsts[place]! += first;
    this.#seconds[place]! += second;
  }
}
