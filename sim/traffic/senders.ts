import type { Calls } from './calls.ts';
import type { Edge } from './edge.ts';

/**
 * From where a request of traffic goes out: users outside are one client; what a workload sends goes out from one of its
 * living Pods. Numbers the requests of all traffic.
 */
export class Senders {
  readonly #calls: Calls;
  #requests = 0;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /**
   * Begins a request.
   * @param sender 32 bits that choose the Pod @param id 32 bits that tell the request from others
   * @param job `OF_USER`, or -1: nobody waits for the answer @param user who does
   * @returns false when no Pod lives that could send it
   */
  send(edge: Edge, sender: number, id: number, job: number, user: number): boolean {
    const clients = this.#calls.living(edge);
    const client = clients.length === 1 ? clients[0] : clients[(sender >>> 0) % clients.length];
    if (client === undefined) return false;
    this.#calls.begin(client, job, user, id, this.#requests++ | 0);
    return true;
  }
}
