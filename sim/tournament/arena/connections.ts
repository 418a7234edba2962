import { type Column, grown, Slots } from '../../engine/slots.ts';

/** What ended a connection's use: it is gone when its last request has ended. */
const OPEN = 0;
const CLOSING = 1;

/**
 * The connections of clients that keep one for many requests: each has one at a time, and all its requests go there.
 * @simplifies requests share it as streams do, without blocking each other
 */
export class Connections {
  readonly slots = new Slots((capacity) => this.#resize(capacity));
  readonly #current: Int32Array;
  pod = new Int32Array(0);
  /** Requests that it may still carry; and that are under way on it. */
  #left = new Float64Array(0);
  #underWay = new Int32Array(0);
  #closing = new Uint8Array(0);
  readonly #requests: number;

  /** @param requests of one connection; may be Infinity */
  constructor(clients: number, requests: number) {
    this.#current = new Int32Array(clients).fill(-1);
    this.#requests = requests;
  }

  /** @returns the connection of a client; -1: it has to open one */
  of(client: number): number {
    return this.#current[client]!;
  }

  opened(client: number, pod: number): number {
    const row = this.slots.take();
    this.pod[row] = pod;
    this.#left[row] = this.#requests;
    this.#underWay[row] = 0;
    this.#closing[row] = OPEN;
    this.#current[client] = row;
    return row;
  }

  /** A request begins on it. */
  begins(row: number, client: number): void {
    this.#underWay[row] = this.#underWay[row]! + 1;
    this.#left[row] = this.#left[row]! - 1;
    if (this.#left[row]! <= 0) this.leaves(row, client);
  }

  /** The client makes no more requests on it. */
  leaves(row: number, client: number): void {
    this.#closing[row] = CLOSING;
    if (this.#current[client] === row) this.#current[client] = -1;
  }

  /** A request on it has ended. @returns whether the connection is closed with it, and its row free */
  ends(row: number): boolean {
    this.#underWay[row] = this.#underWay[row]! - 1;
    if (this.#closing[row] === OPEN || this.#underWay[row]! > 0) return false;
    this.slots.release(row);
    return true;
  }

  #resize(capacity: number): void {
    const larger = <C extends Column>(column: C): C => grown(column, capacity);
    this.pod = larger(this.pod);
    this.#left = larger(this.#left);
    this.#underWay = larger(this.#underWay);
    this.#closing = larger(this.#closing);
  }
}
