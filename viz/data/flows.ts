import type { Trace } from '../../sim/trace/trace.ts';
import { groupOf, OUTCOME_GROUPS } from './outcome-groups.ts';

/** What one client sent to one target around an instant, attempts per second. */
export interface Flow {
  readonly client: number;
  /** A Pod or Address; -1: none was picked. */
  readonly target: number;
  /** By outcome group. */
  readonly rates: Float64Array;
  /** Sum of them. */
  rate: number;
}

/** Longest time that is averaged, in buckets: bounds the work of a frame. */
const MAX_WINDOW = 64;

/** Attempts by client, target and outcome around any instant: reads only the rows of the buckets there. */
export class Flows {
  readonly #trace: Trace;
  readonly #bucketStarts: Int32Array;
  readonly #keyOf: Int32Array; // by series: which flow; -1: no attempts
  readonly #groupOf: Int32Array;
  readonly #flows: Flow[] = [];

  constructor(trace: Trace) {
    this.#trace = trace;
    const { samples, series } = trace.tables;
    this.#bucketStarts = new Int32Array(trace.bucketCount + 1);
    for (const bucket of samples.bucket) this.#bucketStarts[bucket + 1] = this.#bucketStarts[bucket + 1]! + 1;
    for (let b = 1; b <= trace.bucketCount; b++)
      this.#bucketStarts[b] = this.#bucketStarts[b]! + this.#bucketStarts[b - 1]!;
    this.#keyOf = new Int32Array(series.length).fill(-1);
    this.#groupOf = new Int32Array(series.length);
    const known = new Map<string, number>();
    for (const id of trace.seriesOf('attempt.ended')) {
      const { client, target, outcome } = series[id]!.labels;
      const group = groupOf(outcome);
      if (typeof client !== 'number' || group < 0) continue;
      const key = `${client} ${target}`;
      let flow = known.get(key);
      if (flow === undefined) {
        flow = this.#flows.length;
        known.set(key, flow);
        const rates = new Float64Array(OUTCOME_GROUPS.length);
        this.#flows.push({ client, target: typeof target === 'number' ? target : -1, rates, rate: 0 });
      }
      this.#keyOf[id] = flow;
      this.#groupOf[id] = group;
    }
  }

  /**
   * @param span averaged up to `time`, ns; at least the bucket that `time` is in, at most 64
   * @returns the flows that are not 0. They are the same objects at each call, with new figures.
   */
  at(time: number, span: number): Flow[] {
    const { header, samples } = { header: this.#trace.header, samples: this.#trace.tables.samples };
    for (const flow of this.#flows) {
      if (flow.rate > 0) flow.rates.fill(0);
      flow.rate = 0;
    }
    const last = Math.min(this.#trace.bucketCount - 1, Math.max(0, Math.ceil(time / header.bucket) - 1));
    const count = Math.max(1, Math.min(MAX_WINDOW, last + 1, Math.round(span / header.bucket)));
    const seconds = (count * header.bucket) / 1e9;
    const end = this.#bucketStarts[last + 1]!;
    for (let row = this.#bucketStarts[last + 1 - count]!; row < end; row++) {
      const series = samples.series[row]!;
      const key = this.#keyOf[series]!;
      if (key < 0) continue;
      const flow = this.#flows[key]!;
      const group = this.#groupOf[series]!;
      const rate = samples.value[row]! / seconds;
      flow.rates[group] = flow.rates[group]! + rate;
      flow.rate += rate;
    }
    return this.#flows.filter((flow) => flow.rate > 0);
  }
}

/** The group with the highest rate. */
export function mainGroup(rates: Float64Array): number {
  let main = 0;
  for (let group = 1; group < rates.length; group++) if (rates[group]! > rates[main]!) main = group;
  return main;
}
