import { type Column, grown, Slots } from '../../engine/slots.ts';

/** Where a request is. */
export const ON_THE_WAY = 1;
export const WAITING = 2;
export const IN_SERVICE = 3;
export const ANSWERED = 4;
/** Its Pod is gone without a word. */
export const LOST = 5;

/** How a request ended. */
export const OUTCOMES = ['ok', 'error', 'refused', 'full', 'reset', 'timeout', 'noBackend'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const OK = 0;
export const ERROR = 1;
export const REFUSED = 2;
export const FULL = 3;
export const RESET = 4;
export const TIMEOUT = 5;
export const NO_BACKEND = 6;

/** Requests under way: a row each, until neither the client nor a Pod has to do with it any more. */
export class Requests {
  readonly slots = new Slots((capacity) => this.#resize(capacity));
  /** When it was sent, ns; what it takes a core of speed 1, ns; how long its Pod served it, ns. */
  sentAt = new Float64Array(0);
  demand = new Float64Array(0);
  service = new Float64Array(0);
  pod = new Int32Array(0);
  instance = new Int32Array(0);
  client = new Int32Array(0);
  /** 32 bits that belong to it alone. */
  hash = new Int32Array(0);
  /** Its connection, -1: its own. */
  connection = new Int32Array(0);
  /** The next that waits at the same Pod. */
  next = new Int32Array(0);
  /** Requests that the Pod had when this one came; when it answered. */
  queueBefore = new Int32Array(0);
  queueAfter = new Int32Array(0);
  state = new Uint8Array(0);
  outcome = new Uint8Array(0);
  /** 1: it arrived in the time that counts. */
  counts = new Uint8Array(0);
  /** 1: the client waits no longer. */
  abandoned = new Uint8Array(0);

  #resize(capacity: number): void {
    const larger = <C extends Column>(column: C): C => grown(column, capacity);
    this.sentAt = larger(this.sentAt);
    this.demand = larger(this.demand);
    this.service = larger(this.service);
    this.pod = larger(this.pod);
    this.instance = larger(this.instance);
    this.client = larger(this.client);
    this.hash = larger(this.hash);
    this.connection = larger(this.connection);
    this.next = larger(this.next);
    this.queueBefore = larger(this.queueBefore);
    this.queueAfter = larger(this.queueAfter);
    this.state = larger(this.state);
    this.outcome = larger(this.outcome);
    this.counts = larger(this.counts);
    this.abandoned = larger(this.abandoned);
  }
}
