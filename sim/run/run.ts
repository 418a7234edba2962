import type { LiveState } from '../dataplane/walk/network.ts';
import { Engine } from '../engine/engine.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { Scenario } from '../input/scenario.ts';
import type { Histogram } from '../stats/histogram.ts';
import { type LatencyFigures, latencyFigures } from '../stats/latency-figures.ts';
import { TraceWriter } from '../trace/writer.ts';
import { checkConservation } from './conservation.ts';
import { liveStateOf } from './live-state.ts';
import { createWorld, type World } from './world.ts';

/** Of one traffic source, exact. */
export interface TrafficFigures {
  latency: LatencyFigures;
  /** Requests without an answer when the run ended that had waited for more than ten seconds, and the longest wait (seconds). */
  overdue: number;
  oldest: number;
}

/** What users got so far. */
export interface UserBooks {
  readonly traffic: string;
  /** Of calls that ended, ns, from the start of the run. */
  readonly latencies: Histogram;
  /** By outcome: how many ended in this bucket. */
  readonly ended: Int32Array;
  /** Calls begun, from the start of the run. */
  readonly sent: number;
}

/** A request that waits longer than this when the run ends has failed, whatever its client's patience. */
const OVERDUE = 10e9;

/** Of one run: the part of its result that may differ between two runs of the same input. */
export interface RunCounters {
  events: number;
  requests: number;
  attempts: number;
  /** ns of simulated time that were run: less than the scenario's duration when it was interrupted. */
  endedAt: number;
}

export interface RunOptions {
  /** Version of svclab, for the trace's header. */
  version: string;
  /** Where the trace goes, chunk by chunk. */
  sink(chunk: Uint8Array): void;
  /** ns at which the run ends; default: the scenario's duration. */
  until?: number;
  /** Told at each time bucket's end. @returns false to end the run here; what there is, is kept */
  progress?(now: number): boolean;
  /** Shown the books of users at each time bucket's end, before they move into the trace. */
  observe?(books: readonly UserBooks[]): void;
  /** Shown what is so when the run ends, and stays so. */
  atEnd?(state: LiveState): void;
  /** Makes the summary for the trace's end, when all its rows are written. @param traffic what the trace's bins cannot tell, by source */
  summarise(traffic: Record<string, TrafficFigures>): Record<string, unknown>;
}

const kinds = {
  'run.bucket': { a: '-', b: '-', run: (run) => run.bucket() },
} satisfies Kinds<Run>;

/**
 * Runs a scenario into a trace: a pure function of (scenario, seed, version).
 * @throws ConservationError if anything was lost or counted twice
 */
export function runScenario(scenario: Scenario, options: RunOptions): RunCounters {
  return new Run(scenario, options).run();
}

class Run {
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  readonly #engine = new Engine();
  readonly #trace: TraceWriter;
  readonly #world: World;
  readonly #kind: number;
  #stopped = false;

  constructor(scenario: Scenario, options: RunOptions) {
    this.#scenario = scenario;
    this.#options = options;
    const { name, description, variant, seed, duration, representing, business, thresholds } = scenario;
    this.#trace = new TraceWriter(options.sink, this.#engine.clock, {
      scenario: name,
      description,
      variant,
      seed,
      duration,
      bucket: scenario.trace.bucket,
      representing,
      svclab: options.version,
      settings: { business, thresholds, sampled: scenario.trace.requests },
    });
    this.#world = createWorld(scenario, this.#trace, this.#engine);
    this.#kind = this.#engine.define<Run, typeof kinds>(this, kinds)['run.bucket'];
    this.#scheduleBucket();
  }

  run(): RunCounters {
    const duration = Math.min(this.#scenario.duration, this.#options.until ?? Infinity);
    // A bucket's end may stop the run, so it goes from bucket to bucket.
    while (!this.#stopped && this.#engine.clock[0]! < duration) {
      this.#engine.run(Math.min(duration, this.#engine.clock[0]! + this.#scenario.trace.bucket));
    }
    checkConservation(this.#world, this.#engine.clock[0]!);
    this.#options.atEnd?.(liveStateOf(this.#world));
    const figures = this.#trafficFigures();
    this.#world.calls.open.finish(this.#world.ledger);
    this.#world.ledger.flush();
    this.#world.lookups?.books.flush();
    this.#world.propagation.read();
    this.#trace.finish();
    this.#trace.close(this.#options.summarise(figures));
    let requests = 0;
    let attempts = 0;
    for (const account of this.#world.ledger.accounts) {
      if (account.edge.isUser) requests += account.callsBegun;
      attempts += account.attemptsBegun;
    }
    return { events: this.#engine.eventCount, requests, attempts, endedAt: this.#engine.clock[0]! };
  }

  bucket(): void {
    const now = this.#engine.clock[0]!;
    this.#options.observe?.(this.#userBooks());
    this.#world.ledger.flush();
    this.#world.lookups?.books.flush();
    this.#world.gauges.read();
    this.#world.health.read();
    this.#world.propagation.read();
    this.#trace.flushBucket();
    checkConservation(this.#world, now);
    if (this.#options.progress?.(now) === false) this.#stopped = true;
    else this.#scheduleBucket();
  }

  #userBooks(): UserBooks[] {
    const users = this.#world.ledger.accounts.filter(({ edge }) => edge.isUser);
    return users.map(({ edge, latencies, ended, callsBegun }) => ({
      traffic: edge.from,
      latencies,
      ended,
      sent: callsBegun,
    }));
  }

  #trafficFigures(): Record<string, TrafficFigures> {
    const users = this.#world.ledger.accounts.filter(({ edge }) => edge.isUser);
    const now = this.#engine.clock[0]!;
    return Object.fromEntries(
      users.map(({ edge, latencies }) => {
        const { overdue, oldest } = this.#world.calls.open.unanswered(edge, OVERDUE, now);
        return [edge.from, { latency: latencyFigures(latencies), overdue, oldest: oldest / 1e9 }];
      }),
    );
  }

  #scheduleBucket(): void {
    this.#engine.due[0] = this.#engine.clock[0]! + this.#scenario.trace.bucket;
    if (this.#engine.due[0]! <= this.#scenario.duration) this.#engine.schedule(this.#kind, 0, 0);
  }
}
