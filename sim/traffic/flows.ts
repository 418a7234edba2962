import { grown } from '../engine/slots.ts';

/** Who makes the series of a flow, at its first count: so series are in the order in which they were first needed. */
export interface FlowSeries {
  /** @param target trace object; -1: none */
  sent(target: number): number;
  ended(target: number, outcome: number): number;
}

const SENT = 0;
const TARGET = 15;

/**
 * Attempts of one client policy since the last bucket's end, by target: how many were sent, and how many ended by outcome. A flow is
 * a row of 16 integers, so counting touches one cache line; `flush` moves the counts into the trace.
 */
export class Flows {
  readonly #series: FlowSeries;
  #counts = new Int32Array(0);
  /** By place in `#counts`: id of the series; -1 until the first count. */
  #ids = new Int32Array(0);
  #used = 0;
  #ofPod = new Int32Array(64).fill(-1);
  readonly #ofAddress = new Map<number, number>();
  #ofNone = -1;

  constructor(series: FlowSeries) {
    this.#series = series;
  }

  /** @returns the flow to a Pod; -1 before its first attempt */
  ofPod(pod: number): number {
    return pod < this.#ofPod.length ? this.#ofPod[pod]! : -1;
  }

  addPod(pod: number, target: number): number {
    if (pod >= this.#ofPod.length) {
      const length = this.#ofPod.length;
      this.#ofPod = grown(this.#ofPod, 2 * (pod + 1)).fill(-1, length);
    }
    const flow = this.#add(target);
    this.#ofPod[pod] = flow;
    return flow;
  }

  /** @returns the flow to an address that nobody has; -1 before its first attempt */
  ofAddress(address: number): number {
    return this.#ofAddress.get(address) ?? -1;
  }

  addAddress(address: number, target: number): number {
    const flow = this.#add(target);
    this.#ofAddress.set(address, flow);
    return flow;
  }

  /** Attempts that were sent nowhere. */
  ofNone(): number {
    if (this.#ofNone < 0) this.#ofNone = this.#add(-1);
    return this.#ofNone;
  }

  countSent(flow: number): void {
    this.#counts[flow]!++;
  }

  countEnded(flow: number, outcome: number): void {
    const place = flow + 1 + outcome;
    const count = this.#counts[place]!;
    if (count === 0 && this.#ids[place]! < 0) this.#ids[place] = this.#series.ended(this.target(flow), outcome);
    this.#counts[place] = count + 1;
  }

  target(flow: number): number {
    return this.#counts[flow + TARGET]!;
  }

  /** Adds what was counted to the series' values, and begins anew. */
  flush(values: Float64Array): void {
    const counts = this.#counts;
    for (let place = 0; place < this.#used; place++) {
      if ((place & 15) === TARGET || counts[place] === 0) continue;
      values[this.#ids[place]!]! += counts[place]!;
      counts[place] = 0;
    }
  }

  #add(target: number): number {
    const flow = this.#used;
    this.#used += 16;
    if (this.#used > this.#counts.length) {
      this.#counts = grown(this.#counts, 2 * this.#used);
      this.#ids = grown(this.#ids, 2 * this.#used).fill(-1, flow);
    }
    this.#counts[flow + TARGET] = target;
    this.#ids[flow + SENT] = this.#series.sent(target);
    return flow;
  }
}
