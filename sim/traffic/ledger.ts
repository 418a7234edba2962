import { keyOf, mix, uniform } from '../engine/hash.ts';
import { Histogram } from '../stats/histogram.ts';
import { ATTEMPT_OUTCOME_COUNT, IN_FLIGHT, OUTCOMES } from '../trace/outcomes.ts';
import type { TraceWriter } from '../trace/writer.ts';
import type { CallStore } from './call-store.ts';
import type { Edge } from './edge.ts';

/** The trace's objects that attempts go to. */
export interface Targets {
  /** @returns the trace object of a Pod */
  pod(slot: number): number;
  /** @returns the trace object of an address that nobody has */
  address(index: number): number;
}

/** The books of one edge. */
interface Account {
  readonly edge: Edge;
  readonly client: number;
  readonly traffic: number;
  /** Series ids. */
  readonly begun: number;
  readonly retries: number;
  readonly latency: number;
  /** The same at full precision, over the whole run; of users only. */
  readonly latencies: Histogram;
  readonly wait: number;
  /** By outcome: series of calls ended; -1 until the first. */
  readonly ended: Int32Array;
  /** By target object + 1: the first of its entries in `flows`; -1 until the first attempt. */
  flowOf: Int32Array;
  /** Entries of ATTEMPT_OUTCOME_COUNT + 1: the series of attempts sent, then of those ended, by outcome. */
  flows: Int32Array;
  flowCount: number;
  /** Counts of the whole run, for the audit. */
  callsBegun: number;
  callsEnded: number;
  attemptsBegun: number;
  attemptsEnded: number;
}

const FLOW_WIDTH = ATTEMPT_OUTCOME_COUNT + 1;

/**
 * Counts everything that clients do into the trace: calls and attempts begun and ended, by client, target and outcome;
 * latencies; waits for a connection; and whole attempts of a sample of user requests.
 */
export class Ledger {
  readonly #trace: TraceWriter;
  readonly #clock: Float64Array;
  readonly #targets: Targets;
  readonly #accounts: Account[] = [];
  readonly #sampleShare: number;
  readonly #sampleKey: number;

  /** @param sampleShare of user requests whose attempts are kept whole, 0 to 1 */
  constructor(trace: TraceWriter, clock: Float64Array, targets: Targets, sampleShare: number) {
    this.#trace = trace;
    this.#clock = clock;
    this.#targets = targets;
    this.#sampleShare = sampleShare;
    this.#sampleKey = keyOf('attempts kept whole');
  }

  /** @param client and traffic are trace objects; traffic is -1 for calls between workloads */
  open(edge: Edge, client: number, traffic: number): void {
    const trace = this.#trace;
    const labels = edge.isUser ? { traffic } : { client };
    const of = edge.isUser ? 'user' : 'call';
    this.#accounts[edge.index] = {
      edge,
      client,
      traffic,
      begun: trace.series(`${of}.sent`, 'sum', labels),
      retries: trace.series(edge.isUser ? 'user.retries' : 'retries', 'sum', labels),
      latency: trace.histogram(`${of}.latency`, labels),
      latencies: new Histogram(),
      wait: trace.histogram('pool.wait', { client }),
      ended: new Int32Array(OUTCOMES.length).fill(-1),
      flowOf: new Int32Array(64).fill(-1),
      flows: new Int32Array(FLOW_WIDTH * 16).fill(-1),
      flowCount: 0,
      callsBegun: 0,
      callsEnded: 0,
      attemptsBegun: 0,
      attemptsEnded: 0,
    };
  }

  podTarget(pod: number): number {
    return this.#targets.pod(pod);
  }

  addressTarget(address: number): number {
    return this.#targets.address(address);
  }

  callBegins(edge: Edge): void {
    const account = this.#accounts[edge.index]!;
    account.callsBegun++;
    this.#trace.values[account.begun]!++;
  }

  callEnds(store: CallStore, call: number, edge: Edge, outcome: number): void {
    const account = this.#accounts[edge.index]!;
    account.callsEnded++;
    let series = account.ended[outcome]!;
    if (series < 0) {
      const labels = edge.isUser ? { traffic: account.traffic } : { client: account.client };
      series = this.#trace.series(`${edge.isUser ? 'user' : 'call'}.ended`, 'sum', {
        ...labels,
        outcome: OUTCOMES[outcome]!,
      });
      account.ended[outcome] = series;
    }
    this.#trace.values[series]!++;
    const latency = this.#clock[0]! - store.startedAt(call);
    this.#trace.record(account.latency, latency);
    if (edge.isUser && outcome !== IN_FLIGHT) account.latencies.record(latency);
  }

  attemptBegins(edge: Edge): void {
    this.#accounts[edge.index]!.attemptsBegun++;
  }

  retries(edge: Edge): void {
    this.#trace.values[this.#accounts[edge.index]!.retries]!++;
  }

  /** @param time ns that a call waited for a connection */
  waited(edge: Edge, time: number): void {
    this.#trace.record(this.#accounts[edge.index]!.wait, time);
  }

  /** The attempt has picked its target and is on its way. */
  attemptSent(store: CallStore, call: number, edge: Edge): void {
    const account = this.#accounts[edge.index]!;
    const flow = this.#flowOf(account, store.target(call)); // may replace `values`, so it comes first
    store.setFlow(call, flow);
    this.#trace.values[account.flows[flow]!]!++;
  }

  attemptEnds(store: CallStore, call: number, edge: Edge, outcome: number): void {
    const account = this.#accounts[edge.index]!;
    account.attemptsEnded++;
    const target = store.target(call);
    const flow = target < 0 ? this.#flowOf(account, target) : store.flow(call);
    // One that never had a target was sent nowhere: it counts as sent when it ends.
    if (target < 0) this.#trace.values[account.flows[flow]!]!++;
    let series = account.flows[flow + 1 + outcome]!;
    if (series < 0) {
      const labels = { client: account.client, ...(target < 0 ? {} : { target }), outcome: OUTCOMES[outcome]! };
      series = this.#trace.series('attempt.ended', 'sum', labels);
      account.flows[flow + 1 + outcome] = series;
    }
    this.#trace.values[series]!++;
    if (this.#sampleShare > 0) this.#sample(store, call, account, outcome);
  }

  #flowOf(account: Account, target: number): number {
    const flow = target + 1 < account.flowOf.length ? account.flowOf[target + 1]! : -1;
    return flow >= 0 ? flow : this.#newFlow(account, target);
  }

  #newFlow(account: Account, target: number): number {
    if (target + 1 >= account.flowOf.length) {
      const longer = new Int32Array((target + 1) * 2).fill(-1);
      longer.set(account.flowOf);
      account.flowOf = longer;
    }
    const flow = account.flowCount++ * FLOW_WIDTH;
    if (flow + FLOW_WIDTH > account.flows.length) {
      const longer = new Int32Array(account.flows.length * 2).fill(-1);
      longer.set(account.flows);
      account.flows = longer;
    }
    account.flowOf[target + 1] = flow;
    const labels = { client: account.client, ...(target < 0 ? {} : { target }) };
    account.flows[flow] = this.#trace.series('attempt.sent', 'sum', labels);
    return flow;
  }

  #sample(store: CallStore, call: number, account: Account, outcome: number): void {
    const request = store.request(call);
    if (uniform(mix(request, this.#sampleKey)) >= this.#sampleShare) return;
    const now = this.#clock[0]!;
    const connected = store.connectedAt(call);
    this.#trace.attempt({
      request: request >>> 0,
      client: account.client,
      attempt: store.attempt(call),
      target: store.target(call),
      startedAt: store.attemptAt(call),
      connectedAt: connected <= now ? connected : -1, // it was foreseen, and did not come to be
      servedAt: store.servedAt(call),
      endedAt: now,
      outcome,
    });
  }

  get accounts(): readonly Readonly<Account>[] {
    return this.#accounts;
  }
}
