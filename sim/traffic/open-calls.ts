import { IN_FLIGHT } from '../trace/outcomes.ts';
import { BACKING_OFF, type CallStore, OF_HEDGE } from './call-store.ts';
import type { Client } from './client.ts';
import type { Edge } from './edge.ts';
import type { Ledger } from './ledger.ts';

/** Walks over the calls that are open, for the audit, for what waits too long, and for the end of the run. */
export class OpenCalls {
  readonly #store: CallStore;
  readonly #clients: readonly Client[];

  constructor(store: CallStore, clients: readonly Client[]) {
    this.#store = store;
    this.#clients = clients;
  }

  /** Calls open, and attempts under way, by edge. */
  count(): { calls: number; attempts: number }[] {
    const open: { calls: number; attempts: number }[] = [];
    this.#forEach((call, { index }) => {
      open[index] ??= { calls: 0, attempts: 0 };
      if (this.#store.job(call) !== OF_HEDGE) open[index].calls++;
      if (this.#isUnderWay(call)) open[index].attempts++;
    });
    return open;
  }

  /** Calls of an edge that are open, and the age of the oldest (ns): all, and those older than `limit` ns. */
  unanswered(edge: Edge, limit: number, now: number): { open: number; overdue: number; oldest: number } {
    const result = { open: 0, overdue: 0, oldest: 0 };
    this.#forEach((call, of) => {
      if (of !== edge || this.#store.job(call) === OF_HEDGE) return;
      const age = now - this.#store.startedAt(call);
      result.open++;
      if (age > limit) result.overdue++;
      result.oldest = Math.max(result.oldest, age);
    });
    return result;
  }

  /** At the end of the run: what is still open ends as `inFlight`. */
  finish(ledger: Ledger): void {
    this.#forEach((call, edge) => {
      if (this.#isUnderWay(call)) ledger.attemptEnds(this.#store, call, edge, IN_FLIGHT);
      if (this.#store.job(call) !== OF_HEDGE) ledger.callEnds(this.#store, call, edge, IN_FLIGHT);
    });
  }

  #isUnderWay(call: number): boolean {
    return this.#store.phase(call) !== BACKING_OFF;
  }

  #forEach(visit: (call: number, edge: Edge) => void): void {
    const store = this.#store;
    for (let call = 0; call < store.used; call++) {
      if (store.isOpen(call)) visit(call, this.#clients[this.#store.client(call)]!.edge);
    }
  }
}
