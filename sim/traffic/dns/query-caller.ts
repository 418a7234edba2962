import type { Client } from '../client.ts';
import type { Edge } from '../edge.ts';
import type { Server } from '../server.ts';
import type { Caller } from '../servers.ts';
import { FIRST_QUERY, type Lookups } from './lookups.ts';

/** Stands between the Pods' processes and the calls where queries are simulated: what a query meets goes to its lookup. */
export class QueryCaller implements Caller {
  readonly #calls: Caller;
  readonly #lookups: Lookups;

  constructor(calls: Caller, lookups: Lookups) {
    this.#calls = calls;
    this.#lookups = lookups;
  }

  clientsStart(server: Server): void {
    this.#calls.clientsStart(server);
  }

  begin(client: Client, job: number, generation: number, id: number, request: number): void {
    this.#calls.begin(client, job, generation, id, request);
  }

  edgeOf(call: number, generation: number): Edge | undefined {
    return call < FIRST_QUERY ? this.#calls.edgeOf(call, generation) : undefined;
  }

  urgencyOf(call: number): number {
    return call < FIRST_QUERY ? this.#calls.urgencyOf(call) : 0;
  }

  served(call: number, generation: number): void {
    if (call < FIRST_QUERY) this.#calls.served(call, generation);
  }

  answer(call: number, generation: number, distance: number, outcome: number): void {
    if (call < FIRST_QUERY) this.#calls.answer(call, generation, distance, outcome);
    else this.#lookups.answered(call - FIRST_QUERY, generation);
  }

  /** Whose query dies with the process waits for its timeout. */
  reset(call: number, generation: number, distance: number): void {
    if (call < FIRST_QUERY) this.#calls.reset(call, generation, distance);
  }

  clientsGone(server: Server): void {
    this.#calls.clientsGone(server);
  }

  disturbed(pod: number): void {
    this.#calls.disturbed(pod);
  }

  filled(pod: number): void {
    this.#calls.filled(pod);
  }
}
