import { EngineError } from '../errors.ts';
import type { Stream } from '../random.ts';
import { notNegative } from '../samplers/sampler.ts';
import type { Arrivals } from './arrivals.ts';

/** A phase of a Markov-modulated Poisson process. */
export interface Phase {
  /** Arrivals per second while the phase lasts, at least 0. */
  readonly ratePerSecond: number;
  /** Changes per second to each phase, by its index; the entry of the phase itself is ignored. */
  readonly leavesPerSecond: readonly number[];
}

/** Markov-modulated Poisson arrivals: the rate is that of the phase, and phases change at exponential times. Exact. */
export class MmppArrivals implements Arrivals {
  /** Long-run arrivals per second. */
  readonly ratePerSecond: number;
  readonly #stream: Stream;
  readonly #rates: Float64Array; // per phase: of arrivals, per ns
  readonly #leaves: Float64Array; // phases × phases, row by row, per ns
  readonly #totals: Float64Array; // per phase: of anything happening, per ns
  readonly #now = new Float64Array(1);
  #phase = 0;

  /** @param phases at least one; the process starts in the first @param start ns; default 0 */
  constructor(stream: Stream, phases: readonly Phase[], start = 0) {
    const count = phases.length;
    if (count === 0) throw new EngineError('parameter', 'an MMPP needs at least one phase');
    this.#stream = stream;
    this.#rates = Float64Array.from(phases, (phase) => notNegative('rate', phase.ratePerSecond) / 1e9);
    this.#leaves = new Float64Array(count * count);
    this.#totals = Float64Array.from(this.#rates);
    phases.forEach((phase, from) => {
      for (let to = 0; to < count; to++) {
        if (to === from) continue;
        const rate = notNegative('rate of leaving', phase.leavesPerSecond[to] ?? 0) / 1e9;
        this.#leaves[from * count + to] = rate;
        this.#totals[from] = this.#totals[from]! + rate;
      }
    });
    this.#now[0] = start;
    const share = stationary(this.#leaves, count);
    this.ratePerSecond = phases.reduce((sum, phase, i) => sum + share[i]! * phase.ratePerSecond, 0);
  }

  next(due: Float64Array): boolean {
    const count = this.#rates.length;
    for (;;) {
      const total = this.#totals[this.#phase]!;
      if (total === 0) return false;
      this.#now[0] = this.#now[0]! - Math.log(this.#stream.uniform()) / total;
      let which = this.#stream.uniform() * total - this.#rates[this.#phase]!;
      if (which < 0) {
        due[0] = Math.round(this.#now[0]);
        return true;
      }
      const row = this.#phase * count;
      let to = -1;
      for (let i = 0; i < count; i++) {
        const rate = this.#leaves[row + i]!;
        if (rate === 0) continue;
        to = i; // the last possible one stays if rounding used up `which`
        which -= rate;
        if (which < 0) break;
      }
      if (to >= 0) this.#phase = to;
    }
  }
}

/** Long-run share of time in each phase, from the rates of change: elimination without subtractions. @source Grassmann, Taksar, Heyman 1985 */
function stationary(rates: Float64Array, count: number): Float64Array {
  const q = rates.slice();
  for (let k = count - 1; k > 0; k--) {
    let out = 0;
    for (let j = 0; j < k; j++) out += q[k * count + j]!;
    if (out === 0)
      throw new EngineError('parameter', `phase ${k} of the MMPP never leads back to the phases before it`);
    for (let i = 0; i < k; i++) {
      q[i * count + k] = q[i * count + k]! / out;
      for (let j = 0; j < k; j++) {
        if (i !== j) q[i * count + j] = q[i * count + j]! + q[i * count + k]! * q[k * count + j]!;
      }
    }
  }
  const share = new Float64Array(count);
  share[0] = 1;
  for (let k = 1; k < count; k++) {
    for (let i = 0; i < k; i++) share[k] = share[k]! + share[i]! * q[i * count + k]!;
  }
  const sum = share.reduce((total, s) => total + s, 0);
  return share.map((s) => s / sum);
}
