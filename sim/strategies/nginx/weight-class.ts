import { OrderedTree } from '../structures/ordered-tree.ts';

/**
 * Servers of one weight, in the order of (requests in flight, current weight). What a tie adds to the current weights, it adds to all that have the
 * same count; so it is kept by count, once, and the order stays as it is.
 */
export class WeightClass {
  readonly weight: number;
  /** In the order of the configuration. */
  readonly slots: Int32Array;
  /** By place in `slots`: its count, and its current weight less what its count was given, negated. */
  readonly #tree: OrderedTree;
  /** By count: what it was given, and how many servers have it. */
  #given = new Float64Array(16);
  #having = new Int32Array(16);

  constructor(weight: number, slots: Int32Array) {
    this.weight = weight;
    this.slots = slots;
    this.#tree = new OrderedTree(slots.length);
  }

  /** The least count. */
  get count(): number {
    return this.#tree.firstKey(this.#tree.first);
  }

  /** How many have it. */
  get tied(): number {
    return this.#having[this.count]!;
  }

  /** Of those, the one with the highest current weight, and that. */
  get slot(): number {
    return this.slots[this.#tree.first]!;
  }

  get highest(): number {
    const place = this.#tree.first;
    return this.#given[this.#tree.firstKey(place)]! - this.#tree.secondKey(place);
  }

  /** Adds their weight to the current weights of those with the least count. */
  give(): void {
    this.#given[this.count]! += this.weight;
  }

  /** Takes from the current weight of `slot`. */
  take(weight: number): void {
    const place = this.#tree.first;
    this.#tree.set(place, this.#tree.firstKey(place), this.#tree.secondKey(place) + weight);
  }

  /** Takes counts and current weights over. */
  enter(counts: Int32Array, current: Float64Array): void {
    this.#given.fill(0);
    this.#having.fill(0);
    for (let place = 0; place < this.slots.length; place++) {
      const slot = this.slots[place]!;
      const count = counts[slot]!;
      this.#grow(count);
      this.#having[count]!++;
      this.#tree.set(place, count, -current[slot]!);
    }
  }

  /** Hands the current weights back. */
  leave(current: Float64Array): void {
    for (let place = 0; place < this.slots.length; place++) {
      current[this.slots[place]!] = this.#given[this.#tree.firstKey(place)]! - this.#tree.secondKey(place);
    }
  }

  /** The server at this place has another count. */
  move(place: number, count: number): void {
    const before = this.#tree.firstKey(place);
    this.#grow(count);
    this.#having[before]!--;
    this.#having[count]!++;
    this.#tree.set(place, count, this.#tree.secondKey(place) - this.#given[before]! + this.#given[count]!);
  }

  #grow(count: number): void {
    if (count < this.#having.length) return;
    const given = new Float64Array(2 * count);
    const having = new Int32Array(2 * count);
    given.set(this.#given);
    having.set(this.#having);
    this.#given = given;
    this.#having = having;
  }
}
