/**
 * Which of n places has the least key: a tournament tree. Setting a key is O(log n), asking is O(1). Of equal keys the first
 * place wins, as in a walk from the first to the last that replaces only what is greater.
 */
export class LeastTree {
  /** A power of two: places are padded with keys that never win. */
  readonly #width: number;
  readonly #keys: Float64Array;
  /** A heap of winners: node 1 is the root, leaves begin at `#width`. */
  readonly #winner: Int32Array;

  /** @param size places, at least 1; each begins with the key Infinity: not there */
  constructor(size: number) {
    let width = 1;
    while (width < size) width *= 2;
    this.#width = width;
    this.#keys = new Float64Array(width).fill(Infinity);
    this.#winner = new Int32Array(2 * width);
    for (let i = 0; i < width; i++) this.#winner[width + i] = i;
    for (let node = width - 1; node > 0; node--) this.#winner[node] = this.#winner[2 * node]!;
  }

  /** @returns the place with the least key; -1: every key is Infinity */
  get first(): number {
    const winner = this.#winner[1]!;
    return this.#keys[winner]! === Infinity ? -1 : winner;
  }

  keyOf(place: number): number {
    return this.#keys[place]!;
  }

  /** @param key Infinity: the place takes no part */
  set(place: number, key: number): void {
    const keys = this.#keys;
    const winner = this.#winner;
    keys[place] = key;
    for (let node = (this.#width + place) >> 1; node > 0; node >>= 1) {
      const left = winner[2 * node]!;
      const right = winner[2 * node + 1]!;
      winner[node] = keys[right]! < keys[left]! ? right : left;
    }
  }

  /** No place takes part. */
  clear(): void {
    this.#keys.fill(Infinity);
  }
}
