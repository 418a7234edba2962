import type { Strategy, View } from '../strategy.ts';
import { MersenneTwister } from './mersenne-twister.ts';
import { keyOfSource, sourceKeys } from './source-key.ts';

/** A table or a ring of hosts that is asked by keys of 64 bits. */
export interface KeyedHosts {
  changed(): void;
  /** @returns a slot; -1: there are no hosts */
  hostOf(high: number, low: number): number;
}

/**
 * A hashing policy of Envoy: the key of a request is the hash of the client's address (policy `source_ip`). With a balance factor a host with more
 * than its share of all requests times that factor is passed over: hosts are tried in an order that follows from the key, all of them if need
 * be; if all have too many, the one that has the least too many.
 * @source envoy source/extensions/load_balancing_policies/common/thread_aware_lb_impl.cc, BoundedLoadHashingLoadBalancer
 */
export class HashPolicy implements Strategy {
  readonly #view: View;
  readonly #hosts: KeyedHosts;
  readonly #factor: number;
  readonly #twister = new MersenneTwister();
  #slots: Int32Array = new Int32Array(0);
  #order: Int32Array = new Int32Array(0);
  #weights = 0;
  /** Requests in flight, of all hosts. */
  #active = 0;

  /** @param balanceFactor percent; 0: no bound */
  constructor(view: View, hosts: KeyedHosts, balanceFactor: number) {
    this.#view = view;
    this.#hosts = hosts;
    this.#factor = balanceFactor;
  }

  changed(): void {
    const { members, count, weight } = this.#view;
    this.#hosts.changed();
    this.#slots = members.slice(0, count).filter((slot) => weight[slot]! > 0);
    this.#order = new Int32Array(this.#slots.length);
    this.#weights = this.#slots.reduce((sum, slot) => sum + weight[slot]!, 0);
  }

  pick(source: number): number {
    const key = keyOfSource(source);
    const slot = this.#hosts.hostOf(sourceKeys[key]!, sourceKeys[key + 1]!);
    if (this.#factor === 0 || slot < 0 || this.#overload(slot) <= 1) return slot;
    return this.#elsewhere(slot, sourceKeys[key + 1]!);
  }

  started(): void {
    this.#active++;
  }

  ended(): void {
    this.#active--;
  }

  /** Shuffles the hosts as far as it is needed. */
  #elsewhere(first: number, seed: number): number {
    const order = this.#order;
    const slots = this.#slots;
    for (let i = 0; i < order.length; i++) order[i] = i;
    this.#twister.seed(seed);
    let least = first;
    for (let i = 0; i < order.length; i++) {
      const j = i + this.#below(order.length - i);
      const drawn = order[j]!;
      order[j] = order[i]!;
      order[i] = drawn;
      const slot = slots[drawn]!;
      if (slot === first) continue;
      if (this.#overload(slot) <= 1) return slot;
      if (this.#overload(slot) < this.#overload(least)) least = slot;
    }
    return least;
  }

  #below(bound: number): number {
    const part = Math.floor(0x100000000 / bound);
    let drawn = bound;
    while (drawn >= bound) drawn = Math.floor(this.#twister.bits() / part);
    return drawn;
  }

  /** Requests of a host as a share of what it may have; it may have one at least. */
  #overload(slot: number): number {
    const { inFlight, weight } = this.#view;
    const total = Math.floor(((this.#active + 1) * this.#factor + 99) / 100);
    return inFlight[slot]! / Math.max(1, Math.ceil(total * (weight[slot]! / this.#weights)));
  }
}
