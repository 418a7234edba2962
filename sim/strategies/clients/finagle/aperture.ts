import type { Strategy, View } from '../../strategy.ts';
import type { Load } from '../loads.ts';
import { Newcomers } from '../newcomers.ts';
import { lessLoaded } from '../two-choices.ts';

export interface Band {
  /** Requests in flight per backend at which the aperture narrows, and widens. */
  readonly low: number;
  readonly high: number;
  /** Requests in flight are averaged over this time, ns. */
  readonly window: number;
  /** The fewest backends. */
  readonly least: number;
}

/**
 * Two choices among the first of the backends, in an order of this client's own; how many they are follows the load: one more or one
 * fewer at each request's start and end, as the average in flight per backend leaves the band.
 * @source finagle loadbalancer/aperture/RandomAperture.scala, LoadBand.scala, BaseDist.scala; util/Ema.scala
 */
export class Aperture implements Strategy {
  readonly #view: View;
  readonly #load: Load;
  readonly #band: Band;
  /** By slot: what it is sorted by, drawn when it is first seen; 0: not seen yet. */
  readonly #token: Float64Array;
  readonly #newcomers: Newcomers;
  /** The first so many are the members, by token. */
  readonly #order: Int32Array;
  #count = 0;
  #width: number;
  #inFlight = 0;
  /** [0] the average in flight; [1] when it was updated, ns; NaN: never. */
  readonly #average = Float64Array.of(0, Number.NaN);

  constructor(view: View, load: Load, band: Band) {
    this.#view = view;
    this.#load = load;
    this.#band = band;
    this.#token = new Float64Array(view.capacity);
    this.#newcomers = new Newcomers(view);
    this.#order = new Int32Array(view.capacity);
    this.#width = band.least;
  }

  changed(): void {
    this.#load.changed?.();
    const found = this.#newcomers.changed();
    const order = this.#order;
    let kept = 0;
    for (let i = 0; i < this.#count; i++) {
      const slot = order[i]!;
      if (this.#newcomers.isMember(slot)) order[kept++] = slot;
    }
    this.#count = kept;
    for (let i = 0; i < found; i++) this.#insert(this.#newcomers.slots[i]!);
    this.#adjust(0);
  }

  #insert(slot: number): void {
    const order = this.#order;
    const token = this.#token;
    token[slot] ||= this.#view.random.uniform();
    let place = this.#count++;
    for (; place > 0 && token[order[place - 1]!]! > token[slot]!; place--) order[place] = order[place - 1]!;
    order[place] = slot;
  }

  pick(): number {
    return this.#count === 0 ? -1 : lessLoaded(this.#view, this.#load, this.#order, this.width);
  }

  /** How many backends it picks from. */
  get width(): number {
    return Math.min(this.#width, this.#count);
  }

  started(): void {
    this.#inFlight++;
    this.#follow();
  }

  ended(slot: number): void {
    this.#load.ended?.(slot);
    this.#inFlight--;
    this.#follow();
  }

  #follow(): void {
    const average = this.#average;
    const now = this.#view.clock[0]!;
    const { high, low, window } = this.#band;
    const weight = Math.exp((average[1]! - now) / window);
    average[0] = Number.isNaN(weight) ? this.#inFlight : this.#inFlight * (1 - weight) + average[0]! * weight;
    average[1] = now;
    const each = average[0]! / this.#width;
    if (each >= high) this.#adjust(1);
    else if (each <= low) this.#adjust(-1);
  }

  #adjust(by: number): void {
    const most = this.#count;
    if (most > 0) this.#width = Math.max(Math.min(this.#band.least, most), Math.min(most, this.#width + by));
  }
}
