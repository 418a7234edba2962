import { Histogram } from '../../stats/histogram.ts';

/** Of how much time the latencies count, ns: what the last whole window holds. */
const WINDOW = 10e9;

/** A client's latencies of late, for a percentile of them. */
export class RecentLatencies {
  #filling = new Histogram();
  #last = new Histogram();
  #until = WINDOW;

  record(now: number, latency: number): void {
    this.#moveTo(now);
    this.#filling.record(latency);
  }

  /** @param share 0 to 1 @returns ns; Infinity: nothing is known yet */
  quantile(now: number, share: number): number {
    this.#moveTo(now);
    return this.#last.count === 0 ? Infinity : this.#last.quantile(share);
  }

  #moveTo(now: number): void {
    if (now < this.#until) return;
    const isLate = now >= this.#until + WINDOW;
    this.#last = isLate ? new Histogram() : this.#filling;
    this.#filling = new Histogram();
    this.#until = (Math.floor(now / WINDOW) + 1) * WINDOW;
  }
}
