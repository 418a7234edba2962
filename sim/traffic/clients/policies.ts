import { mix, uniform } from '../../engine/hash.ts';
import type { Sampler } from '../../engine/samplers/sampler.ts';
import type { Distribution } from '../../input/scenario.ts';
import { BUDGET_EXHAUSTED, CIRCUIT_OPEN, OK } from '../../trace/outcomes.ts';
import type { CallStore } from '../call-store.ts';
import type { Client } from '../client.ts';
import { samplerOf } from '../sampler-of.ts';
import type { Servers } from '../servers.ts';
import { isRefusal, outcomeOf } from './http-status.ts';
import { retryDelay } from './retry.ts';

/** Purposes of draws. */
const BACKOFF = 0x20;
const PRESS_AGAIN = 0x30;
const ADMISSION = 0x22;
const BALANCE = 0x23;
const PATIENCE = 0x26;

/** What a client's policy says at each step of a call, and what the client learns for the next. */
export class Policies {
  readonly #clock: Float64Array;
  readonly #store: CallStore;
  readonly #servers: Servers;
  readonly #clients: readonly Client[];
  /** By edge. */
  readonly #patience: Sampler[] = [];

  /** @param clients by number */
  constructor(clock: Float64Array, store: CallStore, servers: Servers, clients: readonly Client[]) {
    this.#clock = clock;
    this.#store = store;
    this.#servers = servers;
    this.#clients = clients;
  }

  /** A call begins. @param job that it is made for; below 0: none */
  begins(call: number, client: Client, job: number): void {
    if (client.edge.isBounded) this.#store.setDeadline(call, this.#deadlineOf(call, client, job));
    client.budget?.begins(this.#clock[0]!);
  }

  /** An attempt is about to begin. @returns OK, or the outcome that it has without being sent */
  admits(call: number, client: Client): number {
    if (client.balancer !== null) this.#store.setAddress(call, -1);
    if (client.sharesConnections) this.#store.setStream(call, -1);
    const { guards } = client;
    if (guards === null) return OK;
    if (client.inUse >= client.limit && client.waitingCount >= client.edge.policy.maxWaiting) return CIRCUIT_OPEN;
    const now = this.#clock[0]!;
    const draw = uniform(mix(this.#keyOf(call), ADMISSION));
    for (const guard of guards) {
      const verdict = guard.admits(now, draw);
      if (verdict !== OK) return verdict;
    }
    for (const guard of guards) guard.began();
    return OK;
  }

  /** Chooses an address by the client's balancer, for the call. @returns its position */
  balance(call: number, client: Client): number {
    const { addresses, turn } = client;
    const balancer = client.balancer!;
    const draw = uniform(mix(this.#keyOf(call), BALANCE));
    const position = balancer.pick(addresses, turn, this.#clock[0]!, draw);
    client.turn = (balancer.isInTurn ? position + 1 : position) % addresses.length;
    balancer.began(addresses[position]!);
    this.#store.setAddress(call, addresses[position]!);
    return position;
  }

  /** What the client learns from an attempt that has ended. @param result as `http-status.ts` has it */
  learn(call: number, client: Client, result: number): void {
    const store = this.#store;
    const now = this.#clock[0]!;
    const outcome = outcomeOf(result);
    if (client.guards !== null && outcome !== CIRCUIT_OPEN && outcome !== BUDGET_EXHAUSTED) {
      for (const guard of client.guards) guard.ended(now, result, now - store.attemptAt(call));
    }
    client.budget?.ended(outcome === OK, store.attempt(call) > 1);
    const { balancer } = client;
    if (balancer === null || store.address(call) < 0 || client.usesVirtualAddress) return;
    const { length } = client.addresses;
    const leaves = balancer.ended(store.address(call), result, now, length);
    if (leaves && length > 0 && store.position(call) === client.turn) client.turn = (client.turn + 1) % length;
  }

  /** Is another attempt sent after one that ended so? A person may, and a budget must allow it. */
  mayTryAgain(call: number, client: Client, result: number): boolean {
    if (!client.edge.retriesOn.include(result)) return false;
    const { probability } = client.edge.policy.retries;
    if (probability < 1 && uniform(mix(this.#keyOf(call), PRESS_AGAIN)) >= probability) return false;
    return client.budget === null || client.budget.takes(this.#clock[0]!, client.inUse);
  }

  /** @returns ns until the next attempt; -1: it would begin too late */
  pauseAfter(call: number, client: Client, result: number): number {
    const store = this.#store;
    const { backoff, retryAfter } = client.edge.policy.retries;
    const draw = (attempt: number) => uniform(mix(mix(store.id(call), attempt), BACKOFF));
    let pause = retryDelay(backoff, store.attempt(call), draw);
    if (retryAfter && isRefusal(result)) pause = Math.max(pause, this.#servers.retryAfter(store.pod(call)));
    return client.edge.isBounded && this.#clock[0]! + pause >= store.deadline(call) ? -1 : pause;
  }

  /** Its own, or that of the attempt for whose sake it is made, if that is inherited and sooner. */
  #deadlineOf(call: number, client: Client, job: number): number {
    const store = this.#store;
    const { totalTimeout, patience, inheritsDeadline } = client.edge.policy;
    const own = this.#clock[0]! + (patience === null ? totalTimeout : this.#patienceOf(call, client, patience));
    if (!inheritsDeadline || job < 0) return own;
    const { jobs } = this.#servers;
    const caller = jobs.call(job);
    if (caller < 0) return own; // a probe's
    if (store.generation[caller] !== jobs.callGeneration(job)) return this.#clock[0]!; // it has given up
    const { edge } = this.#clients[store.client(caller)]!;
    const attempt = store.attemptAt(caller) + edge.policy.timeout;
    return Math.min(own, attempt, edge.isBounded ? store.deadline(caller) : Infinity);
  }

  /** ns, the person's own. */
  #patienceOf(call: number, { edge }: Client, patience: Distribution): number {
    this.#patience[edge.index] ??= samplerOf(patience);
    const sampler = this.#patience[edge.index]!;
    sampler.draw(mix(this.#store.id(call), PATIENCE));
    return sampler.out[0]!;
  }

  /** 32 bits that belong to the attempt. */
  #keyOf(call: number): number {
    return mix(this.#store.id(call), this.#store.attempt(call));
  }
}
