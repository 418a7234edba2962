import type { Scenario } from '../../sim/input/scenario.ts';
import { runScenario } from '../../sim/run/run.ts';
import { OUTCOMES } from '../../sim/trace/outcomes.ts';
import { readTrace } from '../../sim/trace/reader.ts';
import type { Trace } from '../../sim/trace/trace.ts';

/** One way of the network of `FAST`, ns. */
const HOP = 1e3;
const [OK, IN_FLIGHT] = [OUTCOMES.indexOf('ok'), OUTCOMES.indexOf('inFlight')];

/** Runs a scenario. @returns its trace, every attempt in it */
export function traceOf(scenario: Scenario): Trace {
  const chunks: Uint8Array[] = [];
  runScenario(scenario, { version: 'test', sink: (chunk) => chunks.push(chunk), summarise: () => ({}) });
  return readTrace(Buffer.concat(chunks));
}

/**
 * What queueing theory asks of a run, times in seconds. Of attempts that began between `from` and `to`, where each has a connection
 * of its own: it is at the server after three ways of the network, and its answer takes the fourth.
 */
export class Figures {
  readonly #trace: Trace;
  readonly #from: number;
  readonly #to: number;
  readonly #slots: number;
  /** Rows of the attempts that count. */
  readonly #rows: Int32Array;

  /** @param from ns @param to ns @param slots of all Pods */
  constructor(trace: Trace, from: number, to: number, slots: number) {
    this.#trace = trace;
    this.#from = from;
    this.#to = to;
    this.#slots = slots;
    const { startedAt, outcome } = trace.tables.attempts;
    this.#rows = Int32Array.from(startedAt.keys()).filter(
      (row) => startedAt[row]! >= from && startedAt[row]! < to && outcome[row] !== IN_FLIGHT,
    );
  }

  meanSojourn(): number {
    return mean(this.#sojourns());
  }

  maxSojourn(): number {
    return this.#sojourns().reduce((a, b) => Math.max(a, b), 0);
  }

  p50Sojourn(): number {
    return quantile(this.#sojourns(), 0.5);
  }

  p99Sojourn(): number {
    return quantile(this.#sojourns(), 0.99);
  }

  /** Of the answered requests of one traffic. */
  sojournOf(traffic: string): number {
    const { tables } = this.#trace;
    const clients = new Set(tables.objects.flatMap(({ name }, id) => (name.startsWith(`${traffic} →`) ? [id] : [])));
    return mean(this.#sojourns((row) => clients.has(tables.attempts.client[row]!)));
  }

  /** Of all that arrived, those too that left the queue. */
  meanWait(): number {
    return mean(this.#waits(() => true));
  }

  /** The share that did not get a slot at once. */
  pWait(): number {
    return share(
      this.#waits(() => true),
      (wait) => wait > 0,
    );
  }

  pWaitOfServed(): number {
    const { servedAt } = this.#trace.tables.attempts;
    return share(
      this.#waits((row) => servedAt[row]! >= 0),
      (wait) => wait > 0,
    );
  }

  /** The share of attempts that never got a slot. */
  unserved(): number {
    const { servedAt } = this.#trace.tables.attempts;
    return share(this.#rows, (row) => servedAt[row]! < 0);
  }

  /** Of CPU time, in whole buckets of the trace. */
  utilisation(): number {
    const trace = this.#trace;
    const { bucket } = trace.header;
    const [first, last] = [Math.ceil(this.#from / bucket), Math.floor(this.#to / bucket)];
    let time = 0;
    const servers = new Set(trace.tables.objects.flatMap(({ name }, id) => (name.startsWith('app-') ? [id] : [])));
    for (const pod of servers)
      for (const series of trace.seriesOf('pod.busy', { pod }))
        time += trace
          .dense(series)
          .slice(first, last)
          .reduce((sum, x) => sum + x, 0);
    return time / (this.#slots * (last - first) * bucket);
  }

  meanInSystem(): number {
    const times = this.#timesByCount();
    return times.reduce((sum, time, count) => sum + time * count, 0) / times.reduce((sum, time) => sum + time, 0);
  }

  /** The share of time that a server has at least so many inside, in the mean of servers. */
  queueTail(least: number): number {
    const times = this.#timesByCount();
    const all = times.reduce((sum, time) => sum + time, 0);
    return times.slice(least).reduce((sum, time) => sum + time, 0) / all;
  }

  throughput(): number {
    const { outcome } = this.#trace.tables.attempts;
    return (1e9 * this.#rows.filter((row) => outcome[row] === OK).length) / (this.#to - this.#from);
  }

  attemptsPerSecond(): number {
    return (1e9 * this.#rows.length) / (this.#to - this.#from);
  }

  attemptsPerRequest(): number {
    const { attempt } = this.#trace.tables.attempts;
    return 1 / share(this.#rows, (row) => attempt[row] === 1);
  }

  /** The share of requests that are given up: in the long run as many end as begin. */
  failed(): number {
    const { attempt, outcome } = this.#trace.tables.attempts;
    const answered = this.#rows.filter((row) => outcome[row] === OK).length;
    return 1 - answered / this.#rows.filter((row) => attempt[row] === 1).length;
  }

  /** The share of first attempts that are turned away. */
  firstBlocked(): number {
    const { attempt, outcome } = this.#trace.tables.attempts;
    const first = this.#rows.filter((row) => attempt[row] === 1);
    return share(first, (row) => outcome[row] !== OK);
  }

  #sojourns(counts: (row: number) => boolean = () => true): Float64Array {
    const { startedAt, endedAt, outcome } = this.#trace.tables.attempts;
    const rows = this.#rows.filter((row) => outcome[row] === OK && counts(row));
    return Float64Array.from(rows, (row) => (endedAt[row]! - startedAt[row]! - 4 * HOP) / 1e9);
  }

  #waits(counts: (row: number) => boolean): Float64Array {
    const { startedAt, servedAt, endedAt } = this.#trace.tables.attempts;
    return Float64Array.from(this.#rows.filter(counts), (row) => {
      const leaves = servedAt[row]! >= 0 ? servedAt[row]! : endedAt[row]! - HOP;
      return Math.max(0, leaves - startedAt[row]! - 3 * HOP) / 1e9;
    });
  }

  /** Time (ns) with so many requests inside, of all servers. */
  #timesByCount(): number[] {
    const { startedAt, endedAt, target } = this.#trace.tables.attempts;
    const times: number[] = [];
    for (const server of new Set(this.#rows.map((row) => target[row]!))) {
      const rows = this.#rows.filter((row) => target[row] === server);
      const arrivals = Float64Array.from(rows, (row) => startedAt[row]! + 3 * HOP).sort();
      const departures = Float64Array.from(rows, (row) => endedAt[row]! - HOP).sort();
      let [count, left, now] = [0, 0, this.#from];
      for (const arrival of arrivals) {
        for (; left < departures.length && departures[left]! <= arrival; left++) {
          times[count] = (times[count] ?? 0) + departures[left]! - now;
          now = departures[left]!;
          count--;
        }
        times[count] = (times[count] ?? 0) + arrival - now;
        now = arrival;
        count++;
      }
    }
    return Array.from(times, (time) => time ?? 0);
  }
}

/** A figure that takes nothing, or what the case says. */
export type Metric = keyof Figures;

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(values: Float64Array, q: number): number {
  return values.sort()[Math.floor(q * values.length)]!;
}

function share(values: Float64Array | Int32Array, is: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (is(value)) count++;
  return count / values.length;
}
