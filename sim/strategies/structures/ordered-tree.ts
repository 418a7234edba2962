/**
 * Which of n places comes first by two keys: the least first key, of equal ones the least second key, of equal ones the first
 * place. A tournament tree: setting is O(log n), asking is O(1). The second key is a sequence number where equals take turns,
 * a weight where the heavier goes first.
 */
export class OrderedTree {
  /** A power of two: places are padded with keys that never win. */
  readonly #width: number;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  /** A heap of winners: node 1 is the root, leaves begin at `#width`. */
  readonly #winner: Int32Array;

  /** @param size places, at least 1; each begins with the first key Infinity: not there */
  constructor(size: number) {
    let width = 1;
    while (width < size) width *= 2;
    this.#width = width;
    this.#first = new Float64Array(width).fill(Infinity);
    this.#second = new Float64Array(width);
    this.#winner = new Int32Array(2 * width);
    this.clear();
  }

  /** @returns the place that comes first; -1: there is none */
  get first(): number {
    const winner = this.#winner[1]!;
    return this.#first[winner]! === Infinity ? -1 : winner;
  }

  /** Infinity: the place is not there. */
  firstKey(place: number): number {
    return this.#first[place]!;
  }

  secondKey(place: number): number {
    return this.#second[place]!;
  }

  /** @param first Infinity: the place takes no part */
  set(place: number, first: number, second: number): void {
    const width = this.#width;
    const firsts = this.#first;
    const seconds = this.#second;
    const winners = this.#winner;
    firsts[place] = first;
    seconds[place] = second;
    for (let node = (width + place) >> 1; node > 0; node >>= 1) {
      const left = winners[2 * node]!;
      const right = winners[2 * node + 1]!;
      const a = firsts[left]!;
      const b = firsts[right]!;
      winners[node] = b < a || (b === a && seconds[right]! < seconds[left]!) ? right : left;
    }
  }

  remove(place: number): void {
    this.set(place, Infinity, 0);
  }

  /** No place takes part. */
  clear(): void {
    const width = this.#width;
    this.#first.fill(Infinity);
    this.#second.fill(0);
    for (let i = 0; i < width; i++) this.#winner[width + i] = i;
    for (let node = width - 1; node > 0; node--) this.#winner[node] = this.#winner[2 * node]!;
  }
}
