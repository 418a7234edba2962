/**
 * A ring of hashes of 64 bits (of 32: with low halves of 0), each with whom it belongs to. Built once, then only asked: finding a
 * point is O(1) on average, as the upper bits of a hash say about where it is.
 */
export class HashRing {
  /** By place on the ring, ascending: the hash in halves, and its owner. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly owner: Int32Array;
  /** By the upper bits of a hash: the first place whose upper bits are no less. */
  readonly #start: Uint32Array;
  readonly #shift: number;

  /**
   * @param points in any order; of equal hashes the earlier comes first, or is the only one
   * @param distinct drops points whose hash is there already
   */
  constructor(points: { high: Uint32Array; low: Uint32Array; owner: Int32Array }, distinct = false) {
    const order = ascending(points.high, points.low);
    const { high, low, owner } = points;
    let size = 0;
    for (let i = 0; i < order.length; i++) {
      const point = order[i]!;
      const last = i === 0 ? -1 : order[size - 1]!;
      if (!distinct || last < 0 || high[point] !== high[last] || low[point] !== low[last]) order[size++] = point;
    }
    this.high = new Uint32Array(size);
    this.low = new Uint32Array(size);
    this.owner = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      this.high[i] = high[order[i]!]!;
      this.low[i] = low[order[i]!]!;
      this.owner[i] = owner[order[i]!]!;
    }
    let bits = 1;
    while (bits < 24 && 1 << bits < this.size) bits++;
    this.#shift = 32 - bits;
    this.#start = new Uint32Array((1 << bits) + 1);
    let place = 0;
    for (let bucket = 0; bucket < 1 << bits; bucket++) {
      while (place < this.size && this.high[place]! >>> this.#shift < bucket) place++;
      this.#start[bucket] = place;
    }
    this.#start[1 << bits] = this.size;
  }

  get size(): number {
    return this.owner.length;
  }

  /** @returns the place of the first point whose hash is no less, else 0; a ring without points has no place */
  at(high: number, low: number): number {
    const h = high >>> 0;
    const l = low >>> 0;
    const bucket = h >>> this.#shift;
    let place = this.#start[bucket]!;
    const end = this.#start[bucket + 1]!;
    while (place < end && (this.high[place]! < h || (this.high[place] === h && this.low[place]! < l))) place++;
    return place < this.owner.length ? place : 0;
  }
}

/** Points whose number fits beside 32 bits of hash into a double. */
const FEW = 0x200000;

/** The points in ascending order of their hashes; equal ones in the order in which they are. */
function ascending(high: Uint32Array, low: Uint32Array): Uint32Array {
  const size = high.length;
  const order = new Uint32Array(size);
  if (size > FEW) {
    for (let i = 0; i < size; i++) order[i] = i;
    return order.sort((a, b) => high[a]! - high[b]! || low[a]! - low[b]! || a - b);
  }
  const keys = new Float64Array(size); // sorted without a comparing function: ten times as fast
  for (let i = 0; i < size; i++) keys[i] = high[i]! * FEW + i;
  keys.sort();
  for (let i = 0; i < size; i++) {
    const point = keys[i]! - Math.floor(keys[i]! / FEW) * FEW;
    let place = i;
    for (; place > 0 && high[order[place - 1]!] === high[point] && low[order[place - 1]!]! > low[point]!; place--) {
      order[place] = order[place - 1]!;
    }
    order[place] = point;
  }
  return order;
}
