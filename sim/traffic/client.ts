import type { Discovery } from '../input/scenario.ts';
import { Balancer, needsBalancer } from './clients/balancer.ts';
import { type Guard, guardsOf } from './clients/guard.ts';
import type { RecentLatencies } from './clients/recent-latencies.ts';
import { type Budget, budgetOf } from './clients/retry-budget.ts';
import type { Edge } from './edge.ts';

export const NO_SERVICE = -1;
/** `FIRST_DEAD - address`: of a Service that is gone, the address index. */
export const FIRST_DEAD = -2;

/** Where a client sits. */
export interface Whereabouts {
  /** Slots; -1: outside the cluster. */
  pod: number;
  node: number;
  /** The first of its addresses, u32, and how many there are: a power of two. */
  address: number;
  addressCount: number;
}

/**
 * One user of a client policy: a Pod's client towards one target, or all users of a traffic source. It knows addresses,
 * keeps connections and has a queue of calls that wait for one.
 */
export class Client {
  readonly edge: Edge;
  /** Its place among all clients; set when it is added. */
  number = -1;
  /** -1: outside the cluster. */
  readonly pod: number;
  readonly node: number;
  /** Its address as 32 bits; users outside have one each, `sourceMask` + 1 of them from this one on. */
  readonly source: number;
  readonly sourceMask: number;
  readonly discovery: Discovery;
  /** Whether it sends to a virtual address, which the data plane turns into a Pod's at each new connection. */
  usesVirtualAddress: boolean;
  /**
   * The Service whose virtual address it knows, and the place of its port in the spec. `NO_SERVICE`: it knows none;
   * `FIRST_DEAD` and below: an address that nobody has.
   */
  serviceSlot = NO_SERVICE;
  portIndex = 0;
  /** Address indices to choose from, in turn; empty when it sends to the Service's virtual address. */
  addresses: Int32Array = NONE;
  /** By position in `addresses` (one place for a virtual address): the connection last used, a slot of ConnectionStore; -1. */
  idle: Int32Array = new Int32Array(1).fill(-1);
  /** The position whose turn it is. */
  turn = 0;
  /** Of its node's proxy when it was last asked (-1: anew), and what the node draws from since; see `DataPlane.drawnFrom`. */
  cursor = -1;
  drawnFrom: Int32Array | null = null;
  /** When its cached DNS answer expires, ns. */
  dnsExpiry = -1;
  /** Connections that a call holds, and that none holds. */
  inUse = 0;
  idleCount = 0;
  /** Calls that wait for a connection, as (slot, generation) pairs in a ring; stale ones are skipped. */
  waiting = new Int32Array(16);
  waitingHead = 0;
  /** Pairs in the ring, stale ones too; and calls that really wait. */
  waitingPairs = 0;
  waitingCount = 0;
  /** Attempts that may hold a connection, or a stream of one, at a time. */
  limit: number;
  /** Attempts after the first. */
  maxRetries: number;
  /** Whether its requests share connections. */
  readonly sharesConnections: boolean;
  readonly guards: Guard[] | null;
  readonly budget: Budget | null;
  readonly balancer: Balancer | null;
  /** Where it hedges by percentile. */
  latencies: RecentLatencies | null = null;
  /** Whether there is none of the above, nor a deadline, a lifetime of connections or hedging: what most calls are. */
  readonly isPlain: boolean;
  /** False once its process is gone. */
  alive = true;
  readonly #ports = new Map<number, number>();

  constructor(edge: Edge, from: Whereabouts, discovery: Discovery) {
    this.edge = edge;
    this.pod = from.pod;
    this.node = from.node;
    this.source = from.address | 0;
    this.sourceMask = from.addressCount - 1;
    this.discovery = discovery;
    this.usesVirtualAddress = discovery === 'dns' || discovery === 'env';
    const { policy } = edge;
    this.sharesConnections = policy.protocol === 'http2' && edge.protocol !== 'UDP';
    this.limit = this.#limitFor(1);
    this.maxRetries = this.#maxRetriesFor(1);
    this.guards = guardsOf(policy);
    this.budget = policy.retries.budget && budgetOf(policy.retries.budget);
    this.balancer = needsBalancer(policy) ? new Balancer(policy) : null;
    this.isPlain =
      !this.sharesConnections &&
      !edge.isBounded &&
      policy.maxLifetime === Infinity &&
      policy.hedging === null &&
      this.guards === null &&
      this.budget === null &&
      this.balancer === null;
  }

  /**
   * It sends to the virtual address of a Service from now on.
   * @param slot `NO_SERVICE`: it has found none @param portIndex the place of its port in the Service's spec
   */
  knows(slot: number, portIndex: number): void {
    this.serviceSlot = slot;
    this.portIndex = portIndex;
    this.usesVirtualAddress = true;
    this.cursor = -1;
  }

  /** The virtual address that it sends to is one that nobody has. @param address its index */
  knowsDeadAddress(address: number): void {
    this.serviceSlot = FIRST_DEAD - address;
    this.usesVirtualAddress = true;
    this.cursor = -1;
  }

  /**
   * It sends to other addresses from now on, and keeps its lists of connections to those that stay.
   * @param forget hears of each other list's first connection
   */
  readdress(addresses: Int32Array, forget: (first: number) => void = () => {}): void {
    const idle = new Int32Array(Math.max(1, addresses.length)).fill(-1);
    this.addresses.forEach((address, position) => {
      const place = addresses.indexOf(address);
      if (place >= 0) idle[place] = this.idle[position]!;
      else forget(this.idle[position]!);
    });
    this.addresses = addresses;
    this.idle = idle;
    this.turn %= idle.length;
    this.limit = this.#limitFor(idle.length);
    this.maxRetries = this.#maxRetriesFor(idle.length);
  }

  #maxRetriesFor(addresses: number): number {
    const { max } = this.edge.policy.retries;
    return max === 'addresses' ? addresses - 1 : max;
  }

  #limitFor(addresses: number): number {
    const { pool, maxStreams } = this.edge.policy;
    return this.sharesConnections ? pool * maxStreams * addresses : pool;
  }

  /** Source ports in use towards an address index; -1: its virtual address. Counted by `TrackedFlows` alone. */
  portsInUse(to: number): number {
    return this.#ports.get(to) ?? 0;
  }

  takePort(to: number): void {
    this.#ports.set(to, this.portsInUse(to) + 1);
  }

  freePort(to: number): void {
    this.#ports.set(to, this.portsInUse(to) - 1);
  }

  enqueue(call: number, generation: number): void {
    const size = this.waiting.length;
    if (this.waitingPairs * 2 === size) {
      const longer = new Int32Array(size * 2);
      for (let i = 0; i < size; i++) longer[i] = this.waiting[(this.waitingHead + i) % size]!;
      this.waiting = longer;
      this.waitingHead = 0;
    }
    const at = (this.waitingHead + this.waitingPairs * 2) % this.waiting.length;
    this.waiting[at] = call;
    this.waiting[at + 1] = generation;
    this.waitingPairs++;
    this.waitingCount++;
  }

  /** @returns the call at the head that still waits; -1: none does */
  dequeue(generations: Int32Array): number {
    while (this.waitingPairs > 0) {
      const call = this.waiting[this.waitingHead]!;
      const generation = this.waiting[this.waitingHead + 1]!;
      this.waitingHead = (this.waitingHead + 2) % this.waiting.length;
      this.waitingPairs--;
      if (generations[call] === generation) {
        this.waitingCount--;
        return call;
      }
    }
    return -1;
  }
}

const NONE = new Int32Array(0);
