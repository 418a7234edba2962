import type { TraceWriter } from '../../trace/writer.ts';
import type { Targets } from '../ledger.ts';

/** How a lookup ends: with an address, without one, or without an answer. */
export const FOUND = 0;
export const NOT_FOUND = 1;
export const NO_ANSWER = 2;

/** Why a query was never answered: the connection-tracking race, no room in the server's socket, nobody there, a fault. */
export const RACED = 0;
export const DROPPED = 1;
export const NOBODY = 2;
export const DOWN = 3;

/** The program that asked is gone. */
export const ABANDONED = 3;

const LOOKUP_OUTCOMES = ['found', 'notFound', 'noAnswer', 'abandoned'];
const LOSSES = ['race', 'dropped', 'nobody', 'down'];

/** Counts lookups and queries into the trace. */
export class DNSBooks {
  /** Lookups of the whole run, for the audit. */
  begun = 0;
  ended = 0;
  readonly #trace: TraceWriter;
  readonly #targets: Targets;
  readonly #latency: number;
  /** Since the last flush: lookups by outcome, losses by reason, queries by Pod slot. */
  readonly #lookups = new Int32Array(LOOKUP_OUTCOMES.length);
  readonly #losses = new Int32Array(LOSSES.length);
  #queries = new Int32Array(0);
  #local = 0;
  readonly #lookupSeries: number[];
  readonly #lossSeries: number[];
  readonly #querySeries: number[] = [];
  #localSeries = -1;

  constructor(trace: TraceWriter, targets: Targets) {
    this.#trace = trace;
    this.#targets = targets;
    this.#latency = trace.histogram('dns.latency', {});
    this.#lookupSeries = LOOKUP_OUTCOMES.map((outcome) => trace.series('dns.lookups', 'sum', { outcome }));
    this.#lossSeries = LOSSES.map((reason) => trace.series('dns.lost', 'sum', { reason }));
  }

  /** @param time ns */
  lookupEnds(outcome: number, time: number): void {
    this.ended++;
    this.#lookups[outcome]!++;
    this.#trace.record(this.#latency, time);
  }

  lost(reason: number): void {
    this.#losses[reason]!++;
  }

  /** A query is on its way to a Pod. */
  sent(pod: number): void {
    if (pod >= this.#queries.length) {
      const longer = new Int32Array(2 * pod + 8);
      longer.set(this.#queries);
      this.#queries = longer;
    }
    this.#queries[pod]!++;
  }

  /** A node's cache has answered. */
  local(): void {
    this.#local++;
  }

  /** Moves all counts into the trace's present bucket. */
  flush(): void {
    const trace = this.#trace;
    this.#queries.forEach((count, pod) => {
      if (count === 0) return;
      this.#querySeries[pod] ??= trace.series('dns.queries', 'sum', { pod: this.#targets.pod(pod) });
      trace.values[this.#querySeries[pod]!]! += count;
    });
    this.#queries.fill(0);
    if (this.#local > 0 && this.#localSeries < 0) this.#localSeries = trace.series('dns.local', 'sum', {});
    const { values } = trace;
    if (this.#localSeries >= 0) values[this.#localSeries]! += this.#local;
    this.#local = 0;
    this.#lookups.forEach((count, i) => {
      values[this.#lookupSeries[i]!]! += count;
    });
    this.#lookups.fill(0);
    this.#losses.forEach((count, i) => {
      values[this.#lossSeries[i]!]! += count;
    });
    this.#losses.fill(0);
  }
}
