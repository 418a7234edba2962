/** How loaded a client holds its backends to be: what Finagle and Linkerd compare two of. */
import { REPLY, type View } from '../strategy.ts';
import { Newcomers } from './newcomers.ts';

export interface Load {
  /** What was measured last; two at a time are compared. */
  readonly measured: Float64Array;
  /** Measures a backend into `measured[at]`. */
  measure(slot: number, at: number): void;
  /** Those that join are new to it, even if they were here before. */
  changed?(): void;
  ended?(slot: number): void;
}

/** Requests in flight. @source finagle loadbalancer/LeastLoaded.scala */
export class LeastLoaded implements Load {
  readonly measured = new Float64Array(2);
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  measure(slot: number, at: number): void {
    this.measured[at] = this.#view.inFlight[slot]!;
  }
}

/** A backend that has requests in flight and no answer yet: no other is worse. Long.MaxValue >> 16, ns. */
export const NO_ANSWER_YET = 2 ** 47 - 1;

/**
 * e^-x, to 1e-14 of it. Most times between two looks at a backend are a small part of the decay, for which six terms of the series
 * do; Math.exp takes five times as long. Small enough to be put into its callers, so that its doubles are not boxed.
 */
function decayed(x: number): number {
  return x < 0.02
    ? 1 - x * (1 - x * (1 / 2 - x * (1 / 6 - x * (1 / 24 - x * (1 / 120 - x * (1 / 720))))))
    : Math.exp(-x);
}

/**
 * An average of latencies, times the requests that would be in flight: a latency above it replaces it at once, others and time
 * pull it down. Whoever measures it observes a latency of 0.
 * @source finagle loadbalancer/PeakEwma.scala; tower tower/src/load/peak_ewma.rs, which begins with a latency and so knows no penalty
 */
export class PeakEwma implements Load {
  readonly measured = new Float64Array(2);
  readonly #view: View;
  /** [0]: 1 over the decay, per ns. */
  readonly #perDecay: Float64Array;
  readonly #initial: number;
  /** By slot: the average, ns; when it was observed. */
  readonly #cost: Float64Array;
  readonly #observed: Float64Array;
  readonly #newcomers: Newcomers;

  /** @param decay after this time an old average counts 1/e, ns @param initial of a new backend, ns; 0: it has no history */
  constructor(view: View, decay: number, initial: number) {
    this.#view = view;
    this.#perDecay = Float64Array.of(1 / decay);
    this.#initial = initial;
    this.#cost = new Float64Array(view.capacity);
    this.#observed = new Float64Array(view.capacity);
    this.#newcomers = new Newcomers(view);
  }

  changed(): void {
    const now = this.#view.clock[0]!;
    const { slots } = this.#newcomers;
    for (let i = this.#newcomers.changed() - 1; i >= 0; i--) {
      this.#cost[slots[i]!] = this.#initial;
      this.#observed[slots[i]!] = now;
    }
  }

  measure(slot: number, at: number): void {
    const now = this.#view.clock[0]!;
    const pending = this.#view.inFlight[slot]!;
    const cost = this.#cost[slot]! * decayed((now - this.#observed[slot]!) * this.#perDecay[0]!);
    this.#cost[slot] = cost;
    this.#observed[slot] = now;
    this.measured[at] = cost === 0 && pending !== 0 ? NO_ANSWER_YET + pending : cost * (pending + 1);
  }

  ended(slot: number): void {
    const now = this.#view.clock[0]!;
    const latency = this.#view.reply[REPLY.latency]!;
    const cost = this.#cost[slot]!;
    if (latency > cost) this.#cost[slot] = latency;
    else {
      const weight = decayed((now - this.#observed[slot]!) * this.#perDecay[0]!);
      this.#cost[slot] = cost * weight + latency * (1 - weight);
    }
    this.#observed[slot] = now;
  }
}
