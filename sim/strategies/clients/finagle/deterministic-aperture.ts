import { keyOf } from '../../../engine/hash.ts';
import type { Strategy, View } from '../../strategy.ts';
import { sharedTable } from '../../tables/shared-tables.ts';
import type { Load } from '../loads.ts';

/** Differences of weights and widths below these are rounding. */
const SAME_WEIGHT = 1e-4;
const NO_WIDTH = 1e-6;

/**
 * The part of a ring of backends that a client uses, as wide as it must be for all clients together to cover the ring evenly.
 * @param least backends that a client should have at least
 * @source finagle loadbalancer/aperture/DeterministicAperture.scala, dApertureWidth
 */
export function apertureWidth(clients: number, backends: number, least: number): number {
  const rounds = Math.ceil(Math.min(least, backends) / backends / (1 / clients));
  return Math.min(1, rounds / clients);
}

/** How much of the `index`th of n equal parts of a ring is in [from, from + width), which may go round; of a part with both ends of it, one. */
export function overlap(index: number, n: number, from: number, width: number): number {
  const start = index / n + 1 < from + width ? index / n + 1 : index / n;
  return Math.max(0, Math.min(start + 1 / n, from + width) - Math.max(start, from));
}

/**
 * Clients and backends are spread over one ring; a client uses the backends under its own arc, those at its ends in part: two choices
 * by arc, compared by load per part.
 * @source finagle loadbalancer/aperture/DeterministicAperture.scala, Ring.scala, WeightedP2CPick.scala
 */
export class DeterministicAperture implements Strategy {
  readonly #view: View;
  readonly #load: Load;
  readonly #least: number;
  readonly #from: number;
  #width = 1;
  #order: Int32Array = new Int32Array(0);
  /** By place in the order: the part of it that is under the arc, 0 to 1. */
  #part = new Float64Array(0);

  constructor(view: View, load: Load, least: number) {
    this.#view = view;
    this.#load = load;
    this.#least = least;
    this.#from = view.instance / view.instances;
  }

  changed(): void {
    this.#load.changed?.();
    const { address, instances } = this.#view;
    this.#order = sharedTable(this.#view, 'finagle-deterministic-aperture', (slots) =>
      slots.sort((a, b) => keyOf(address[a]!) - keyOf(address[b]!)),
    );
    const n = this.#order.length;
    this.#width = apertureWidth(instances, n, this.#least);
    if (this.#part.length !== n) this.#part = new Float64Array(n);
    for (let i = 0; i < n; i++) this.#part[i] = overlap(i, n, this.#from, this.#width) * n;
  }

  pick(): number {
    const order = this.#order;
    const n = order.length;
    if (n === 0) return -1;
    const from = this.#from;
    const a = this.#under(from + this.#view.random.uniform() * this.#width);
    const covered = this.#part[a]! / n;
    const rest = this.#width - covered;
    if (rest <= NO_WIDTH) return order[a]!;
    let position = from + this.#view.random.uniform() * rest;
    const start = a / n + 1 < from + this.#width ? a / n + 1 : a / n;
    if (position >= start + 1 / n - covered) position += covered;
    return this.#lessLoaded(a, this.#under(position));
  }

  /** @param position on the ring, below 2 */
  #under(position: number): number {
    const n = this.#order.length;
    const place = Math.floor((position >= 1 ? position - 1 : position) * n);
    return place === n ? 0 : place;
  }

  #lessLoaded(a: number, b: number): number {
    const first = this.#order[a]!;
    const second = this.#order[b]!;
    const { measured } = this.#load;
    this.#load.measure(first, 0);
    this.#load.measure(second, 1);
    const partA = this.#part[a]! || 1;
    const partB = this.#part[b]! || 1;
    if (Math.abs(partA - partB) < SAME_WEIGHT) return measured[0]! <= measured[1]! ? first : second;
    return measured[0]! / partA <= measured[1]! / partB ? first : second;
  }

  ended(slot: number): void {
    this.#load.ended?.(slot);
  }
}
