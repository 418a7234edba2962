import type { CallStore } from './call-store.ts';
import type { Client } from './client.ts';
import { RowStore } from './row-store.ts';
import { LISTENING } from './server.ts';
import type { Servers } from './servers.ts';
import { CLOSED_BY_CLIENT, CLOSED_BY_RESET, CLOSED_BY_SERVER, type TrackedFlows } from './tracked-flows.ts';

/** Beside `CLOSED_BY_…`: it is still good. */
const NOBODY = -1;

/** Idle keep-alive connections. One that a call holds is known by the call alone. */
export class Connections extends RowStore {
  readonly #clock: Float64Array;
  readonly #servers: Servers;
  readonly #flows: TrackedFlows;
  /** By slot: when it is too old for another request, ns. Only of clients that are not plain. */
  #expiresAt = new Float64Array(0);

  constructor(clock: Float64Array, servers: Servers, flows: TrackedFlows) {
    super(32);
    this.#clock = clock;
    this.#servers = servers;
    this.#flows = flows;
  }

  /**
   * The idle connection to the address at `position` that was used last, if it is still good; those that have been idle
   * for too long, or that the other end has closed, are dropped on the way.
   * @returns a slot, to be closed when read; -1: none
   */
  takeIdle(client: Client, position: number): number {
    for (let slot = client.idle[position]!; slot >= 0; slot = client.idle[position]!) {
      client.idle[position] = this.#next(slot);
      client.idleCount--;
      const closedBy = this.#closedBy(client, slot);
      if (closedBy === NOBODY) return slot;
      this.#drop(slot, client, closedBy);
    }
    return -1;
  }

  /**
   * May one more be idle to the host at `position`? Those that are idle for too long, or dead, do not count. To a client that looks a name up
   * the name is the host, to one that knows Pods' addresses each of these.
   */
  mayKeep(client: Client, position: number): boolean {
    const { discovery, edge } = client;
    const isByAddress = discovery === 'podIP' || discovery === 'endpoints';
    let count = 0;
    client.idle.forEach((_, place) => {
      if (!isByAddress || place === position) count += this.#countFresh(client, place);
    });
    return count < edge.policy.maxIdle;
  }

  /** Drops the idle connections to one address that are no good any longer. @returns how many are left */
  #countFresh(client: Client, position: number): number {
    let count = 0;
    let before = -1;
    for (let slot = client.idle[position]!; slot >= 0; ) {
      const next = this.#next(slot);
      const closedBy = this.#closedBy(client, slot);
      if (closedBy === NOBODY) {
        count++;
        before = slot;
      } else {
        if (before < 0) client.idle[position] = next;
        else this.#setNext(before, next);
        client.idleCount--;
        this.#drop(slot, client, closedBy);
      }
      slot = next;
    }
    return count;
  }

  /** Who has closed the idle connection meanwhile: `CLOSED_BY_CLIENT`, `CLOSED_BY_SERVER`, or `NOBODY`. */
  #closedBy(client: Client, slot: number): number {
    const now = this.#clock[0]!;
    const server = this.#servers.at(this.pod(slot))!;
    if (server.state !== LISTENING || server.incarnation !== this.incarnation(slot)) return CLOSED_BY_SERVER;
    const isFresh = client.isPlain || now < this.#expiresAt[slot]!;
    return isFresh && this.#idleSince(slot) >= now - client.edge.policy.keepAlive ? NOBODY : CLOSED_BY_CLIENT;
  }

  /** The call's connection becomes idle. */
  giveBack(client: Client, store: CallStore, call: number): void {
    const slot = this.slots.take();
    const position = store.position(call);
    this.#setAddress(slot, store.address(call));
    this.#setPod(slot, store.pod(call));
    this.#setIncarnation(slot, store.incarnation(call));
    this.#setDistance(slot, store.distance(call));
    if (this.#flows.isOn) this.#setTracked(slot, store.tracked(call));
    this.#setNext(slot, client.idle[position]!);
    this.#setIdleSince(slot, this.#clock[0]!);
    client.idle[position] = slot;
    client.idleCount++;
    if (!client.isPlain) this.#expires(slot, store.expiresAt(call));
  }

  /** Meaningless for a plain client. */
  expiresAt(slot: number): number {
    return this.#expiresAt[slot]!;
  }

  #expires(slot: number, at: number): void {
    if (slot >= this.#expiresAt.length) {
      const longer = new Float64Array(2 * (slot + 8));
      longer.set(this.#expiresAt);
      this.#expiresAt = longer;
    }
    this.#expiresAt[slot] = at;
  }

  /** Closes one idle connection, whichever address it goes to. */
  closeAny(client: Client): void {
    const position = client.idle.findIndex((slot) => slot >= 0);
    if (position < 0) return;
    const slot = client.idle[position]!;
    client.idle[position] = this.#next(slot);
    client.idleCount--;
    this.#drop(slot, client, CLOSED_BY_CLIENT);
  }

  /** Closes the idle connections to a virtual address whose other end `isGone`. */
  closeWhere(client: Client, isGone: (address: number) => boolean): void {
    let before = -1;
    for (let slot = client.idle[0]!; slot >= 0; ) {
      const next = this.#next(slot);
      if (isGone(this.address(slot))) {
        if (before < 0) client.idle[0] = next;
        else this.#setNext(before, next);
        client.idleCount--;
        this.#drop(slot, client, CLOSED_BY_RESET);
      } else before = slot;
      slot = next;
    }
  }

  /** The client's process is gone. */
  closeAll(client: Client): void {
    while (client.idleCount > 0) this.closeAny(client);
  }

  /** The client sends to other addresses from now on; idle connections to those that stay are kept. */
  readdress(client: Client, addresses: Int32Array): void {
    client.readdress(addresses, (first) => {
      for (let slot = first; slot >= 0; slot = this.#next(slot)) {
        client.idleCount--;
        this.#drop(slot, client, CLOSED_BY_CLIENT);
      }
    });
  }

  #drop(slot: number, client: Client, how: number): void {
    if (this.#flows.isOn) this.#flows.end(this.tracked(slot), client, how);
    if (this.#servers.countsConnections) this.#servers.closed(this.pod(slot), this.incarnation(slot));
    this.close(slot);
  }

  /** Index of the address at its other end. */
  address(slot: number): number {
    return this.ints[(slot << 3) | 2]!;
  }

  #setAddress(slot: number, value: number): void {
    this.ints[(slot << 3) | 2] = value | 0;
  }

  /** The Pod there, and which life of its process. */
  pod(slot: number): number {
    return this.ints[(slot << 3) | 3]!;
  }

  #setPod(slot: number, value: number): void {
    this.ints[(slot << 3) | 3] = value | 0;
  }

  incarnation(slot: number): number {
    return this.ints[(slot << 3) | 4]!;
  }

  #setIncarnation(slot: number, value: number): void {
    this.ints[(slot << 3) | 4] = value | 0;
  }

  distance(slot: number): number {
    return this.ints[(slot << 3) | 5]!;
  }

  #setDistance(slot: number, value: number): void {
    this.ints[(slot << 3) | 5] = value | 0;
  }

  /** The connection that was idle before it. */
  #idleSince(slot: number): number {
    return this.doubles[slot << 2]!;
  }

  #setIdleSince(slot: number, value: number): void {
    this.doubles[slot << 2] = value;
  }

  #next(slot: number): number {
    return this.ints[(slot << 3) | 6]!;
  }

  #setNext(slot: number, value: number): void {
    this.ints[(slot << 3) | 6] = value | 0;
  }

  /** The connection in `TrackedFlows`. */
  tracked(slot: number): number {
    return this.ints[(slot << 3) | 7]!;
  }

  #setTracked(slot: number, value: number): void {
    this.ints[(slot << 3) | 7] = value | 0;
  }
}
