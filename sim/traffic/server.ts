import type { WorkloadBehaviour } from '../input/scenario.ts';
import type { Client } from './client.ts';
import type { ServerRows } from './server-rows.ts';

export const DOWN = 0;
export const LISTENING = 1;
/** After SIGTERM: finishes what it has, accepts no new connection. */
export const DRAINING = 2;

/** One Pod's process, as those see it that do not count by the request: those that do read its row. */
export class Server {
  readonly pod: number;
  readonly node: number;
  /** `namespace/name` of its Deployment. */
  readonly workload: string;
  readonly behaviour: WorkloadBehaviour;
  address = -1;
  /** That stand, where they are counted. */
  connections = 0;
  /** It routes HTTP for an Ingress or a Gateway. */
  readonly isRouter: boolean;
  #clients: readonly Client[] = [];
  #senders: readonly Client[] = [];
  readonly #rows: ServerRows;

  constructor(
    rows: ServerRows,
    pod: number,
    node: number,
    workload: string,
    behaviour: WorkloadBehaviour,
    isRouter: boolean,
  ) {
    this.#rows = rows;
    this.pod = pod;
    this.node = node;
    this.workload = workload;
    this.behaviour = behaviour;
    this.isRouter = isRouter;
  }

  /** One for each of the workload's calls; made when the process starts to listen. */
  get clients(): readonly Client[] {
    return this.#clients;
  }

  /** Clients of traffic sources that send from this Pod. */
  get senders(): readonly Client[] {
    return this.#senders;
  }

  setClients(clients: readonly Client[], senders: readonly Client[]): void {
    this.#clients = clients;
    this.#senders = senders;
    // Those behind its own calls are a router's backends, of which a request goes to one.
    this.#rows.setCalls(this.pod, Math.min(clients.length, this.behaviour.calls.length));
  }

  /** `DOWN`, `LISTENING` or `DRAINING`. */
  get state(): number {
    return this.#rows.state(this.pod);
  }

  get incarnation(): number {
    return this.#rows.incarnation(this.pod);
  }

  /** Slots taken. */
  get busy(): number {
    return this.#rows.busy(this.pod);
  }

  /** Cores at work, and cores. */
  get computing(): number {
    return this.#rows.computing(this.pod);
  }

  get cores(): number {
    return this.#rows.cores(this.pod);
  }

  /** Requests that wait for a slot. */
  get waiting(): number {
    return this.#rows.length(this.#rows.waiting(this.pod));
  }

  /** CPU time used in all its life, ns. */
  get busyTime(): number {
    return this.#rows.busyTime(this.pod);
  }

  /** Requests of all its life: accepted, finished, and lost when it was killed. */
  get accepted(): number {
    return this.#rows.accepted(this.pod);
  }

  get finished(): number {
    return this.#rows.finished(this.pod);
  }

  get lost(): number {
    return this.#rows.lost(this.pod);
  }

  /** The longest queue since this was last asked. */
  takeLongestQueue(): number {
    const longest = Math.max(this.#rows.longestQueue(this.pod), this.waiting);
    this.#rows.setLongestQueue(this.pod, 0);
    return longest;
  }
}
