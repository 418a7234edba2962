import { keyOf, mix, uniform } from '../engine/hash.ts';
import { Histogram } from '../stats/histogram.ts';
import { IN_FLIGHT, OUTCOMES } from '../trace/outcomes.ts';
import type { TraceWriter } from '../trace/writer.ts';
import type { CallStore } from './call-store.ts';
import type { Edge } from './edge.ts';
import { Flows } from './flows.ts';

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
  /** By outcome: calls ended since the last bucket's end, and their series; -1 until the first. */
  readonly ended: Int32Array;
  readonly endedSeries: Int32Array;
  readonly flows: Flows;
  /** Counts of the whole run, for the audit. */
  callsBegun: number;
  callsEnded: number;
  attemptsBegun: number;
  attemptsEnded: number;
  retried: number;
  /** Of those, what the trace has been told. */
  begunTold: number;
  retriedTold: number;
}

/**
 * Counts everything that clients do into the trace: calls and attempts begun and ended, by client, target and outcome;
 * latencies; waits for a connection; and whole attempts of a sample of user requests. Counts reach the trace at `flush`.
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
      ended: new Int32Array(OUTCOMES.length),
      endedSeries: new Int32Array(OUTCOMES.length).fill(-1),
      flows: new Flows({
        sent: (target) => trace.series('attempt.sent', 'sum', { client, ...(target < 0 ? {} : { target }) }),
        ended: (target, outcome) => {
          const labels = { client, ...(target < 0 ? {} : { target }), outcome: OUTCOMES[outcome]! };
          return trace.series('attempt.ended', 'sum', labels);
        },
      }),
      callsBegun: 0,
      callsEnded: 0,
      attemptsBegun: 0,
      attemptsEnded: 0,
      retried: 0,
      begunTold: 0,
      retriedTold: 0,
    };
  }

  callBegins(edge: Edge): void {
    this.#accounts[edge.index]!.callsBegun++;
  }

  callEnds(store: CallStore, call: number, edge: Edge, outcome: number): void {
    const account = this.#accounts[edge.index]!;
    account.callsEnded++;
    if (account.ended[outcome]!++ === 0) this.#needEnded(account, outcome);
    const latency = this.#clock[0]! - store.startedAt(call);
    this.#trace.record(account.latency, latency);
    if (edge.isUser && outcome !== IN_FLIGHT) account.latencies.record(latency);
  }

  attemptBegins(edge: Edge): void {
    this.#accounts[edge.index]!.attemptsBegun++;
  }

  retries(edge: Edge): void {
    this.#accounts[edge.index]!.retried++;
  }

  /** @param time ns that a call waited for a connection */
  waited(edge: Edge, time: number): void {
    this.#trace.record(this.#accounts[edge.index]!.wait, time);
  }

  /** The attempt is on its way to a Pod. */
  sentToPod(store: CallStore, call: number, edge: Edge, pod: number): void {
    const { flows } = this.#accounts[edge.index]!;
    let flow = flows.ofPod(pod);
    if (flow < 0) flow = flows.addPod(pod, this.#targets.pod(pod));
    store.setFlow(call, flow);
    flows.countSent(flow);
  }

  /** The attempt is on its way to an address that nobody has. */
  sentToAddress(store: CallStore, call: number, edge: Edge, address: number): void {
    const { flows } = this.#accounts[edge.index]!;
    let flow = flows.ofAddress(address);
    if (flow < 0) flow = flows.addAddress(address, this.#targets.address(address));
    store.setFlow(call, flow);
    flows.countSent(flow);
  }

  attemptEnds(store: CallStore, call: number, edge: Edge, outcome: number): void {
    const account = this.#accounts[edge.index]!;
    const { flows } = account;
    account.attemptsEnded++;
    let flow = store.flow(call);
    if (flow < 0) {
      // One that never had a target was sent nowhere: it counts as sent when it ends.
      flow = flows.ofNone();
      flows.countSent(flow);
    }
    flows.countEnded(flow, outcome);
    if (this.#sampleShare > 0) this.#sample(store, call, account, flows.target(flow), outcome);
  }

  /** Moves all counts into the trace's present bucket. */
  flush(): void {
    const { values } = this.#trace;
    for (const account of this.#accounts) {
      account.flows.flush(values);
      values[account.begun]! += account.callsBegun - account.begunTold;
      account.begunTold = account.callsBegun;
      values[account.retries]! += account.retried - account.retriedTold;
      account.retriedTold = account.retried;
      account.ended.forEach((count, outcome) => {
        if (count > 0) values[account.endedSeries[outcome]!]! += count;
      });
      account.ended.fill(0);
    }
  }

  #needEnded(account: Account, outcome: number): void {
    if (account.endedSeries[outcome]! >= 0) return;
    const { isUser } = account.edge;
    const labels = isUser ? { traffic: account.traffic } : { client: account.client };
    const metric = isUser ? 'user.ended' : 'call.ended';
    account.endedSeries[outcome] = this.#trace.series(metric, 'sum', { ...labels, outcome: OUTCOMES[outcome]! });
  }

  #sample(store: CallStore, call: number, account: Account, target: number, outcome: number): void {
    const request = store.request(call);
    if (uniform(mix(request, this.#sampleKey)) >= this.#sampleShare) return;
    const now = this.#clock[0]!;
    const connected = store.connectedAt(call);
    this.#trace.attempt({
      request: request >>> 0,
      client: account.client,
      attempt: store.attempt(call),
      target,
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
