import { mix, uniform } from '../../engine/hash.ts';
import { CANCELLED, OK, POOL_TIMEOUT, REQUEST_TIMEOUT, RESET } from '../../trace/outcomes.ts';
import { CONNECTING as CALL_CONNECTING, type CallStore, SENT } from '../call-store.ts';
import type { Client } from '../client.ts';
import { RowStore } from '../row-store.ts';
import { LISTENING } from '../server.ts';
import type { Servers } from '../servers.ts';
import { CLOSED_BY_CLIENT, type TrackedFlows } from '../tracked-flows.ts';
import { outcomeOf } from './http-status.ts';

/** What a shared connection asks of those that make calls; `calls.ts` is it. */
export interface StreamCaller {
  clientOf(call: number): Client;
  /** The call makes the connection: it sends the SYN. */
  connects(call: number, client: Client): void;
  /** The request goes out over a connection that stands. @param at ns: when it is at the Pod */
  streams(call: number, client: Client, at: number): void;
  /** The call's attempt is over. @param result as `http-status.ts` has it */
  fails(call: number, client: Client, result: number): void;
  /** Nothing is heard of the Pod, not even that a connection has ended. */
  hearsNothing(client: Client, pod: number): boolean;
}

/** Purpose of a draw: by how much a lifetime is shorter. */
const LIFETIME = 0x21;

/**
 * Connections whose requests share them, as HTTP/2's and gRPC's do: a call takes a stream of one to the address that it goes
 * to; there is one until its streams are all in use, then another, up to the pool's size. The call that finds none makes it, and those
 * that come meanwhile wait with it: they are sent when it stands, and fail when it fails.
 *
 * The kernel chose a Pod when the connection was made, so all its requests go to that Pod, until it closes or
 * has reached its lifetime. A GOAWAY of a Pod that drains, and of one that limits its connections' age, is known at the next use.
 * @source RFC 9113, 5.1.2 and 6.8; grpc/grpc doc/connection-backoff.md and gRFC A9 (MAX_CONNECTION_AGE with jitter)
 * @simplifies a call that makes the connection and gives up hands it over to the next one that waits, which sends a SYN of its own; a
 *   Pod counts streams and no connections; lost packets hold up no other stream
 */
export class SharedConnections extends RowStore {
  readonly #clock: Float64Array;
  readonly #latency: readonly number[];
  readonly #servers: Servers;
  readonly #flows: TrackedFlows;
  readonly #store: CallStore;
  readonly #caller: StreamCaller;
  /** By slot, while it connects: (call, generation) pairs. */
  readonly #waiting: number[][] = [];

  constructor(
    world: { clock: Float64Array; latency: readonly number[]; servers: Servers; flows: TrackedFlows },
    store: CallStore,
    caller: StreamCaller,
  ) {
    super(64);
    this.#clock = world.clock;
    this.#latency = world.latency;
    this.#servers = world.servers;
    this.#flows = world.flows;
    this.#store = store;
    this.#caller = caller;
  }

  /** The call gets a stream to the address at `position`, or at the next that has one left. */
  take(call: number, client: Client, position: number): void {
    const store = this.#store;
    const places = client.idle.length;
    for (let i = 0; i < places; i++) {
      const place = (position + i) % places;
      const slot = this.#withRoom(client, place);
      if (slot === FULL) continue;
      store.setPosition(call, place);
      if (!client.usesVirtualAddress) store.setAddress(call, client.addresses[place]!);
      if (slot === NONE) return this.#open(call, client, place);
      if (this.streams(slot) === 0) this.#setIdleSince(slot, this.#clock[0]!);
      this.#setStreams(slot, this.streams(slot) + 1);
      store.setStream(call, slot);
      if (this.#stands(slot)) return this.#send(call, client, slot, this.#clock[0]!);
      store.setSynAt(call, this.#clock[0]!);
      store.setPhase(call, CALL_CONNECTING);
      this.#waiting[slot]!.push(call, store.generation[call]!);
      return;
    }
    throw new Error('a call was let through to connections without room');
  }

  /** The request of the call that made it is at the Pod: the connection stands, and those that wait are sent. */
  established(call: number, client: Client): void {
    const store = this.#store;
    const slot = store.stream(call);
    if (slot < 0 || this.#stands(slot) || this.#leader(slot) !== call) return;
    const now = this.#clock[0]!;
    const { maxLifetime, lifetimeJitter } = client.edge.policy;
    const shorter = lifetimeJitter === 0 ? 0 : lifetimeJitter * uniform(mix(store.id(call), LIFETIME));
    this.#setStands(slot);
    this.#setIdleSince(slot, now);
    this.#setExpiresAt(slot, store.connectedAt(call) + maxLifetime * (1 - shorter));
    this.#setAddress(slot, store.address(call));
    this.#setPod(slot, store.pod(call));
    this.#setIncarnation(slot, store.incarnation(call));
    this.#setDistance(slot, store.distance(call));
    this.#setResult(slot, store.result(call));
    if (this.#flows.isOn) {
      this.#setTracked(slot, store.tracked(call));
      store.setTracked(call, -1);
    }
    if (store.result(call) !== OK) this.#unlink(slot, client); // the wrong Pod: nobody keeps that
    const waiting = this.#waiting[slot]!;
    for (let i = 0; i < waiting.length; i += 2) {
      const other = waiting[i]!;
      if (store.generation[other] === waiting[i + 1])
        this.#send(other, client, slot, Math.max(now - this.#latency[this.#distance(slot)]!, store.synAt(other)));
    }
    this.#waiting[slot] = [];
  }

  /** The call's attempt is over, and its stream free. @param result as `http-status.ts` has it */
  ended(call: number, client: Client, result: number): void {
    const store = this.#store;
    const slot = store.stream(call);
    if (slot < 0) return;
    store.setStream(call, -1);
    this.#setStreams(slot, this.streams(slot) - 1);
    const outcome = outcomeOf(result);
    if (!this.#stands(slot)) {
      if (this.#leader(slot) === call) {
        // It was accepted, and the request was still on its way.
        const isOpen = this.#servers.countsConnections && store.phase(call) === SENT;
        if (isOpen) this.#servers.closed(store.pod(call), store.incarnation(call));
        this.#leaderEnded(slot, client, outcome);
      }
    } else if (outcome === RESET) this.#unlink(slot, client);
    if (this.isOpen(slot) && this.streams(slot) === 0) {
      this.#setIdleSince(slot, this.#clock[0]!);
      if (!this.#isLinked(slot)) this.#drop(slot, client);
    }
  }

  /** Every second: connections with streams whose other end has been silent for too long are broken off. */
  breakSilent(clients: readonly Client[]): void {
    const now = this.#clock[0]!;
    for (const client of clients) {
      if (!client.sharesConnections || client.inUse === 0) continue;
      for (const first of client.idle) {
        for (let slot = first; slot >= 0; ) {
          const next = this.#next(slot);
          if (this.#stands(slot) && this.streams(slot) > 0) {
            if (!this.#caller.hearsNothing(client, this.pod(slot))) this.#setIdleSince(slot, now);
            else if (now - this.#idleSince(slot) >= client.edge.policy.deadAfter) this.#break(slot, client);
          }
          slot = next;
        }
      }
    }
  }

  closeAll(client: Client): void {
    for (const first of client.idle) this.#forgetAll(first, client);
    client.idle.fill(-1);
  }

  /** The client sends to other addresses from now on; connections to those that stay are kept, others end with their last stream. */
  readdress(client: Client, addresses: Int32Array): void {
    client.readdress(addresses, (first) => this.#forgetAll(first, client));
  }

  /** Closes those to a virtual address whose other end `isGone`; their calls are told on their own. */
  closeWhere(client: Client, isGone: (address: number) => boolean): void {
    for (let slot = client.idle[0]!; slot >= 0; ) {
      const next = this.#next(slot);
      if (this.#stands(slot) && isGone(this.address(slot))) this.#unlink(slot, client);
      slot = next;
    }
  }

  /** For the audit: how many are in `TrackedFlows`. */
  countTracked(): number {
    let count = 0;
    for (let slot = 0; slot < this.used; slot++) if (this.isOpen(slot) && this.#tracked(slot) >= 0) count++;
    return count;
  }

  /** @returns a slot with a stream left, which stands or is being made; NONE: another may be made; FULL */
  #withRoom(client: Client, place: number): number {
    const { pool, maxStreams, keepAlive } = client.edge.policy;
    const now = this.#clock[0]!;
    let count = 0;
    let found = NONE;
    for (let slot = client.idle[place]!; slot >= 0; ) {
      const next = this.#next(slot);
      if (this.#stands(slot) && !this.#isGood(slot, now, keepAlive)) this.#unlink(slot, client);
      else {
        count++;
        if (found === NONE && this.streams(slot) < maxStreams) found = slot;
      }
      slot = next;
    }
    return found === NONE && count >= pool ? FULL : found;
  }

  #isGood(slot: number, now: number, keepAlive: number): boolean {
    const server = this.#servers.at(this.pod(slot))!;
    if (server.state !== LISTENING || server.incarnation !== this.#incarnation(slot)) return false;
    if (now >= this.#expiresAt(slot)) return false;
    return this.streams(slot) > 0 || now - this.#idleSince(slot) <= keepAlive;
  }

  #open(call: number, client: Client, place: number): void {
    const slot = this.slots.take();
    this.#setNext(slot, client.idle[place]!);
    client.idle[place] = slot;
    client.idleCount++;
    this.ints[(slot << 4) | 9] = CONNECTING | LINKED;
    this.#setStreams(slot, 1);
    this.#setLeader(slot, call);
    this.#setTracked(slot, -1);
    this.#waiting[slot] = [];
    this.#store.setStream(call, slot);
    this.#caller.connects(call, client);
  }

  #send(call: number, client: Client, slot: number, from: number): void {
    const store = this.#store;
    store.setAddress(call, this.address(slot));
    store.setPod(call, this.pod(slot));
    store.setIncarnation(call, this.#incarnation(slot));
    store.setDistance(call, this.#distance(slot));
    store.setPhase(call, SENT);
    store.setResult(call, this.#result(slot));
    store.setConnectedAt(call, from);
    this.#caller.streams(call, client, from + this.#latency[this.#distance(slot)]!);
  }

  #leaderEnded(slot: number, client: Client, outcome: number): void {
    const store = this.#store;
    const waiting = this.#waiting[slot]!;
    this.#waiting[slot] = [];
    const gaveUp = outcome === REQUEST_TIMEOUT || outcome === CANCELLED || outcome === POOL_TIMEOUT;
    if (gaveUp && client.alive) {
      for (let i = 0; i < waiting.length; i += 2) {
        const next = waiting[i]!;
        if (store.generation[next] !== waiting[i + 1]) continue;
        this.#setLeader(slot, next);
        this.#waiting[slot] = waiting.slice(i + 2);
        return this.#caller.connects(next, client);
      }
    }
    this.#unlink(slot, client);
    if (!client.alive) return;
    for (let i = 0; i < waiting.length; i += 2) {
      if (store.generation[waiting[i]!] === waiting[i + 1]) this.#caller.fails(waiting[i]!, client, outcome);
    }
  }

  #break(slot: number, client: Client): void {
    this.#unlink(slot, client);
    const store = this.#store;
    for (let call = 0; call < store.used; call++) {
      if (store.isOpen(call) && store.stream(call) === slot && this.#caller.clientOf(call) === client) {
        this.#caller.fails(call, client, RESET);
      }
    }
  }

  /** It takes no further stream, and closes with its last. */
  #unlink(slot: number, client: Client): void {
    if (!this.#isLinked(slot)) return;
    for (let place = 0; place < client.idle.length; place++) {
      let before = -1;
      for (let each = client.idle[place]!; each >= 0; before = each, each = this.#next(each)) {
        if (each !== slot) continue;
        if (before < 0) client.idle[place] = this.#next(slot);
        else this.#setNext(before, this.#next(slot));
        client.idleCount--;
        return this.#forget(slot, client);
      }
    }
  }

  /** The client's lists know none of these any longer. @param first of a list; -1: it is empty */
  #forgetAll(first: number, client: Client): void {
    for (let slot = first; slot >= 0; ) {
      const next = this.#next(slot);
      client.idleCount--;
      this.#forget(slot, client);
      slot = next;
    }
  }

  /** The client's lists know it no longer. */
  #forget(slot: number, client: Client): void {
    this.ints[(slot << 4) | 9]! &= ~LINKED;
    if (this.streams(slot) === 0) this.#drop(slot, client);
  }

  #drop(slot: number, client: Client): void {
    if (this.#flows.isOn && this.#tracked(slot) >= 0) this.#flows.end(this.#tracked(slot), client, CLOSED_BY_CLIENT);
    if (this.#servers.countsConnections && this.#stands(slot))
      this.#servers.closed(this.pod(slot), this.#incarnation(slot));
    this.close(slot);
  }

  /** When it is too old for a further request, ns. */
  #expiresAt(slot: number): number {
    return this.doubles[slot << 3]!;
  }

  #setExpiresAt(slot: number, value: number): void {
    this.doubles[slot << 3] = value;
  }

  address(slot: number): number {
    return this.ints[(slot << 4) | 2]!;
  }

  #setAddress(slot: number, value: number): void {
    this.ints[(slot << 4) | 2] = value | 0;
  }

  pod(slot: number): number {
    return this.ints[(slot << 4) | 3]!;
  }

  #setPod(slot: number, value: number): void {
    this.ints[(slot << 4) | 3] = value | 0;
  }

  #incarnation(slot: number): number {
    return this.ints[(slot << 4) | 4]!;
  }

  #setIncarnation(slot: number, value: number): void {
    this.ints[(slot << 4) | 4] = value | 0;
  }

  #distance(slot: number): number {
    return this.ints[(slot << 4) | 5]!;
  }

  #setDistance(slot: number, value: number): void {
    this.ints[(slot << 4) | 5] = value | 0;
  }

  #next(slot: number): number {
    return this.ints[(slot << 4) | 6]!;
  }

  #setNext(slot: number, value: number): void {
    this.ints[(slot << 4) | 6] = value | 0;
  }

  #tracked(slot: number): number {
    return this.ints[(slot << 4) | 7]!;
  }

  #setTracked(slot: number, value: number): void {
    this.ints[(slot << 4) | 7] = value | 0;
  }

  /** Requests that it carries, or that wait for it. */
  streams(slot: number): number {
    return this.ints[(slot << 4) | 8]!;
  }

  #setStreams(slot: number, value: number): void {
    this.ints[(slot << 4) | 8] = value | 0;
  }

  #stands(slot: number): boolean {
    return (this.ints[(slot << 4) | 9]! & CONNECTING) === 0;
  }

  #setStands(slot: number): void {
    this.ints[(slot << 4) | 9]! &= ~CONNECTING;
  }

  #isLinked(slot: number): boolean {
    return (this.ints[(slot << 4) | 9]! & LINKED) !== 0;
  }

  /** The call that makes it. */
  #leader(slot: number): number {
    return this.ints[(slot << 4) | 10]!;
  }

  #setLeader(slot: number, value: number): void {
    this.ints[(slot << 4) | 10] = value | 0;
  }

  /** What its requests will have met, unless something happens: OK, or the wrong backend. */
  #result(slot: number): number {
    return this.ints[(slot << 4) | 11]!;
  }

  #setResult(slot: number, value: number): void {
    this.ints[(slot << 4) | 11] = value | 0;
  }

  /** Without a stream since, or last known to hear the other end, ns. */
  #idleSince(slot: number): number {
    return this.doubles[(slot << 3) | 6]!;
  }

  #setIdleSince(slot: number, value: number): void {
    this.doubles[(slot << 3) | 6] = value;
  }
}

const NONE = -1;
const FULL = -2;

/** Bits of a state. */
const CONNECTING = 1;
const LINKED = 2;
