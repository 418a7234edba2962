/**
 * Places in buckets by a small count that goes up and down by one: which have the least is O(1), and so is each step.
 */
export class CountBuckets {
  /** By place: its count, its position in its bucket; -1: it takes no part. */
  readonly #count: Int32Array;
  readonly #position: Int32Array;
  /** By count: the places that have it, and how many. */
  readonly #buckets: Int32Array[] = [];
  readonly #sizes: number[] = [];
  readonly #capacity: number;
  #least = 0;
  #size = 0;

  /** @param capacity places */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#count = new Int32Array(capacity);
    this.#position = new Int32Array(capacity).fill(-1);
  }

  /** Places that take part. */
  get size(): number {
    return this.#size;
  }

  /** How many have the least count; 0: there is no place. */
  get ties(): number {
    if (this.#size === 0) return 0;
    let least = this.#least;
    while (this.#sizes[least] === undefined || this.#sizes[least] === 0) least++;
    this.#least = least;
    return this.#sizes[least]!;
  }

  /** One of those with the least count; ask `ties` first. @param i from 0 to `ties` - 1; their order says nothing */
  tied(i: number): number {
    return this.#buckets[this.#least]![i]!;
  }

  has(place: number): boolean {
    return this.#position[place]! >= 0;
  }

  add(place: number, count: number): void {
    if (this.has(place)) return;
    this.#size++;
    this.#put(place, count);
  }

  remove(place: number): void {
    if (!this.has(place)) return;
    this.#size--;
    this.#take(place);
  }

  /** Sets the count of a place that takes part; others are left alone. */
  set(place: number, count: number): void {
    if (!this.has(place)) return;
    this.#take(place);
    this.#put(place, count);
  }

  #put(place: number, count: number): void {
    let bucket = this.#buckets[count];
    if (bucket === undefined) bucket = this.#grow(count, 8);
    let size = this.#sizes[count]!;
    if (size === bucket.length) bucket = this.#grow(count, Math.min(this.#capacity, 2 * size));
    bucket[size] = place;
    this.#position[place] = size;
    this.#count[place] = count;
    this.#sizes[count] = ++size;
    if (count < this.#least) this.#least = count;
  }

  #take(place: number): void {
    const count = this.#count[place]!;
    const bucket = this.#buckets[count]!;
    const size = this.#sizes[count]! - 1;
    const position = this.#position[place]!;
    const last = bucket[size]!;
    bucket[position] = last;
    this.#position[last] = position;
    this.#position[place] = -1;
    this.#sizes[count] = size;
  }

  #grow(count: number, room: number): Int32Array {
    while (this.#buckets.length <= count) {
      this.#buckets.push(new Int32Array(0));
      this.#sizes.push(0);
    }
    const bucket = new Int32Array(Math.max(room, 1));
    bucket.set(this.#buckets[count]!);
    this.#buckets[count] = bucket;
    return bucket;
  }
}
