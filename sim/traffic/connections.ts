import { grown } from '../engine/slots.ts';
import type { CallStore } from './call-store.ts';
import type { Client } from './client.ts';
import { ColumnStore } from './column-store.ts';
import { LISTENING } from './server.ts';
import type { Servers } from './servers.ts';

/** Idle keep-alive connections. One that a call holds is known by the call alone. */
export class Connections extends ColumnStore {
  address = new Int32Array(0);
  /** The Pod at its other end, and which life of its process. */
  pod = new Int32Array(0);
  incarnation = new Int32Array(0);
  distance = new Uint8Array(0);
  idleSince = new Float64Array(0);
  /** The one that was idle before it. */
  next = new Int32Array(0);
  readonly #clock: Float64Array;
  readonly #servers: Servers;

  constructor(clock: Float64Array, servers: Servers) {
    super();
    this.#clock = clock;
    this.#servers = servers;
  }

  /**
   * The idle connection to the address at `position` that was used last, if it is still good; those that have been idle
   * for too long, or that the other end has closed, are dropped on the way.
   * @returns a slot, to be closed when read; -1: none
   */
  takeIdle(client: Client, position: number): number {
    const oldest = this.#clock[0]! - client.edge.policy.keepAlive;
    for (let slot = client.idle[position]!; slot >= 0; slot = client.idle[position]!) {
      client.idle[position] = this.next[slot]!;
      client.idleCount--;
      const server = this.#servers.at(this.pod[slot]!)!;
      const open = server.state === LISTENING && server.incarnation === this.incarnation[slot];
      if (open && this.idleSince[slot]! >= oldest) return slot;
      this.close(slot);
    }
    return -1;
  }

  /** The call's connection becomes idle. */
  giveBack(client: Client, store: CallStore, call: number): void {
    const slot = this.slots.take();
    const position = store.position[call]!;
    this.address[slot] = store.address[call]!;
    this.pod[slot] = store.pod[call]!;
    this.incarnation[slot] = store.incarnation[call]!;
    this.distance[slot] = store.distance[call]!;
    this.idleSince[slot] = this.#clock[0]!;
    this.next[slot] = client.idle[position]!;
    client.idle[position] = slot;
    client.idleCount++;
  }

  /** Closes one idle connection, whichever address it goes to. */
  closeAny(client: Client): void {
    const position = client.idle.findIndex((slot) => slot >= 0);
    if (position < 0) return;
    const slot = client.idle[position]!;
    client.idle[position] = this.next[slot]!;
    client.idleCount--;
    this.close(slot);
  }

  /** The client's process is gone. */
  closeAll(client: Client): void {
    while (client.idleCount > 0) this.closeAny(client);
  }

  /** The client sends to other addresses from now on; idle connections to those that stay are kept. */
  readdress(client: Client, addresses: Int32Array): void {
    const idle = new Int32Array(Math.max(1, addresses.length)).fill(-1);
    client.addresses.forEach((address, position) => {
      const place = addresses.indexOf(address);
      if (place >= 0) idle[place] = client.idle[position]!;
      else {
        for (let slot = client.idle[position]!; slot >= 0; slot = this.next[slot]!) {
          client.idleCount--;
          this.close(slot);
        }
      }
    });
    client.addresses = addresses;
    client.idle = idle;
    client.turn = client.turn % Math.max(1, addresses.length);
  }

  protected growColumns(capacity: number): void {
    this.address = grown(this.address, capacity);
    this.pod = grown(this.pod, capacity);
    this.incarnation = grown(this.incarnation, capacity);
    this.distance = grown(this.distance, capacity);
    this.idleSince = grown(this.idleSince, capacity);
    this.next = grown(this.next, capacity);
  }
}
