import type { Engine } from '../../engine/engine.ts';
import type { Kinds } from '../../engine/kinds.ts';
import { OK, OK_AFTER_RETRY } from '../../trace/outcomes.ts';
import { BACKING_OFF, type CallStore, OF_HEDGE } from '../call-store.ts';
import type { Client } from '../client.ts';
import { outcomeOf } from './http-status.ts';
import type { Policies } from './policies.ts';
import { RecentLatencies } from './recent-latencies.ts';

const kinds = {
  'call.hedge': { a: 'call', b: 'generation', run: (hedges, call, generation) => hedges.due(call, generation) },
} satisfies Kinds<Hedges>;

/** What hedging asks of those that make calls; `calls.ts` is it. */
export interface HedgeCaller {
  clientOf(call: number): Client;
  /** Begins the next attempt of the call, or of the hedge. */
  attemptAgain(call: number, client: Client): void;
  /** Ends the attempt that is under way. */
  cancel(call: number, client: Client): void;
  close(call: number, client: Client, outcome: number): void;
}

/**
 * Calls whose further attempts are sent while earlier ones are under way: after a delay, or at once when one has failed. Each is
 * a call of its own here, beside the first; the first success of them ends the call, and cancels the others.
 * @source gRFC A6, “Hedging Policy”; J. Dean and L. A. Barroso, “The Tail at Scale”, Communications of the ACM 56 (2013)
 */
export class Hedges {
  readonly #engine: Engine;
  readonly #clock: Float64Array;
  readonly #store: CallStore;
  readonly #caller: HedgeCaller;
  readonly #policies: Policies;
  readonly #kind: number;

  constructor(engine: Engine, store: CallStore, caller: HedgeCaller, policies: Policies) {
    this.#engine = engine;
    this.#clock = engine.clock;
    this.#store = store;
    this.#caller = caller;
    this.#policies = policies;
    this.#kind = engine.define<Hedges, typeof kinds>(this, kinds)['call.hedge'];
  }

  /** A hedged call's first attempt begins. */
  begins(call: number, client: Client): void {
    this.#store.setHedge(call, -1);
    if ('percentile' in client.edge.policy.hedging!.after) client.latencies ??= new RecentLatencies();
    this.#await(call, client);
  }

  /** The time has come for the next attempt, if none has succeeded. */
  due(call: number, generation: number): void {
    if (this.#store.generation[call] !== generation) return;
    const client = this.#caller.clientOf(call);
    if (this.#lastAttempt(call) <= client.edge.policy.hedging!.max) this.#sendBeside(call, client);
  }

  /** An attempt of a hedged call, or of one of its hedges, has ended and given its connection back. */
  ended(attempt: number, client: Client, result: number): void {
    const store = this.#store;
    const call = store.job(attempt) === OF_HEDGE ? store.jobGeneration(attempt) : attempt;
    // Its row stays until the call ends, so that its number is not given again.
    store.setPhase(attempt, BACKING_OFF);
    if (outcomeOf(result) === OK) {
      // Of the call: a first attempt that a hedge has overtaken counts as long as it was waited for, or the percentile would sink.
      client.latencies?.record(this.#clock[0]!, this.#clock[0]! - store.startedAt(attempt));
      return this.#close(call, client, store.attempt(attempt) === 1 ? OK : OK_AFTER_RETRY);
    }
    const last = this.#lastAttempt(call);
    if (last <= client.edge.policy.hedging!.max && this.#policies.mayTryAgain(call, client, result)) {
      if (store.phase(call) !== BACKING_OFF) return this.#sendBeside(call, client);
      store.setAttempt(call, last);
      this.#caller.attemptAgain(call, client);
      return this.#await(call, client);
    }
    if (!this.#isUnderWay(call)) this.#close(call, client, outcomeOf(result));
  }

  /** The next attempt, beside the call's own. */
  #sendBeside(call: number, client: Client): void {
    const store = this.#store;
    const hedge = store.open(this.#clock);
    store.setClient(hedge, store.client(call));
    store.setJob(hedge, OF_HEDGE);
    store.setJobGeneration(hedge, call);
    store.setId(hedge, store.id(call));
    store.setRequest(hedge, store.request(call));
    store.setStartedAt(hedge, store.startedAt(call));
    store.setDeadline(hedge, store.deadline(call));
    store.setAttempt(hedge, this.#lastAttempt(call));
    store.setHedge(hedge, store.hedge(call));
    store.setHedge(call, hedge);
    this.#await(call, client);
    this.#caller.attemptAgain(hedge, client);
  }

  #close(call: number, client: Client, outcome: number): void {
    const store = this.#store;
    for (let hedge = store.hedge(call); hedge >= 0; ) {
      const before = store.hedge(hedge);
      if (store.phase(hedge) !== BACKING_OFF) this.#caller.cancel(hedge, client);
      store.close(hedge);
      hedge = before;
    }
    if (store.phase(call) !== BACKING_OFF) this.#caller.cancel(call, client);
    this.#caller.close(call, client, outcome);
  }

  /** The highest number of an attempt of the call. */
  #lastAttempt(call: number): number {
    const store = this.#store;
    let last = store.attempt(call);
    for (let hedge = store.hedge(call); hedge >= 0; hedge = store.hedge(hedge)) {
      last = Math.max(last, store.attempt(hedge));
    }
    return last;
  }

  #isUnderWay(call: number): boolean {
    const store = this.#store;
    for (let each = call; each >= 0; each = store.hedge(each)) if (store.phase(each) !== BACKING_OFF) return true;
    return false;
  }

  /** Schedules the next attempt, if there may be one more. */
  #await(call: number, client: Client): void {
    const { after, max } = client.edge.policy.hedging!;
    if (this.#lastAttempt(call) > max) return;
    const now = this.#clock[0]!;
    const delay = 'delay' in after ? after.delay : client.latencies!.quantile(now, after.percentile / 100);
    if (delay === Infinity) return;
    this.#engine.due[0] = now + Math.round(delay);
    this.#engine.schedule(this.#kind, call, this.#store.generation[call]!);
  }
}
