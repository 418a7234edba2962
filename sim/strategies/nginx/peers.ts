import type { View } from '../strategy.ts';

/** What may be set for all servers of an upstream. */
export interface PeerOptions {
  /** Failures that take a server out; 0: none do. */
  readonly maxFails: number;
  /** Within how many seconds they must happen, and for how long it is then out. */
  readonly failTimeout: number;
}

/**
 * The servers of an upstream as one nginx worker sees them: their weights, current weights and failures, and smooth weighted round robin
 * over them. All methods of nginx are built on it.
 * @source nginx src/http/ngx_http_upstream_round_robin.c; http://nginx.org/en/docs/http/ngx_http_upstream_module.html: max_fails 1,
 *   fail_timeout 10 s; time is in whole seconds, as ngx_time's
 * @simplifies weights are rounded to whole numbers, at least 1. Every request that ends in an error counts as a failed attempt; in nginx an
 *   HTTP status does so only where proxy_next_upstream names it, so errors take more servers out here. With all of them out a request
 *   fails; old versions also forgot the failures then. That a request does not try the same server twice is not known here. Servers that
 *   come or go change nothing about the others, as in an upstream whose zone is resolved anew.
 */
export class Peers {
  readonly view: View;
  /** Those that may be picked by their weight, in the order of the configuration. */
  slots = new Int32Array(0);
  /** By slot; 0: it is none. */
  readonly weight: Int32Array;
  readonly current: Float64Array;
  readonly effective: Int32Array;
  readonly #fails: Int32Array;
  /** By slot: when it last failed, and when it was last tried after a time without failures: s. */
  readonly #accessed: Float64Array;
  readonly #checked: Float64Array;
  readonly #options: PeerOptions;
  /** How many have failures that are not forgotten, or an effective weight below their weight. */
  #suspects = 0;
  totalWeight = 0;
  /** All weights are the same. */
  even = true;

  constructor(view: View, options: PeerOptions) {
    this.view = view;
    this.#options = options;
    this.weight = new Int32Array(view.capacity);
    this.current = new Float64Array(view.capacity);
    this.effective = new Int32Array(view.capacity);
    this.#fails = new Int32Array(view.capacity);
    this.#accessed = new Float64Array(view.capacity);
    this.#checked = new Float64Array(view.capacity);
  }

  /** Nobody has failed of late: all take part, with their full weights. */
  get sound(): boolean {
    return this.#suspects === 0;
  }

  /** Takes the members over. */
  changed(): void {
    const { view, weight } = this;
    const before = this.slots;
    this.slots = view.members.slice(0, view.count).filter((slot) => view.weight[slot]! > 0);
    const left = new Set(before);
    for (const slot of this.slots) left.delete(slot);
    for (const slot of left) weight[slot] = 0;
    this.totalWeight = 0;
    this.even = true;
    this.#suspects = 0;
    for (const slot of this.slots) {
      const now = Math.max(1, Math.round(view.weight[slot]!));
      if (weight[slot] === 0) {
        this.current[slot] = 0;
        this.#fails[slot] = 0;
        this.#accessed[slot] = 0;
        this.#checked[slot] = 0;
      }
      if (weight[slot] !== now) this.effective[slot] = now;
      weight[slot] = now;
      this.totalWeight += now;
      if (now !== weight[this.slots[0]!]) this.even = false;
      if (this.#isSuspect(slot)) this.#suspects++;
    }
  }

  /** It is not out for its failures. */
  isUp(slot: number): boolean {
    const { maxFails, failTimeout } = this.#options;
    const fails = this.#fails[slot]!;
    return maxFails === 0 || fails < maxFails || this.#seconds() - this.#checked[slot]! > failTimeout;
  }

  /** Smooth weighted round robin, a step: O(n). @returns -1: all are out */
  smooth(): number {
    const { slots } = this;
    if (slots.length === 1) return slots[0]!; // a single one is never out
    let best = -1;
    let total = 0;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      if (this.#suspects > 0 && !this.isUp(slot)) continue;
      total += this.add(slot);
      if (best < 0 || this.current[slot]! > this.current[best]!) best = slot;
    }
    if (best < 0) return -1;
    this.current[best]! -= total;
    this.chosen(best);
    return best;
  }

  /** Adds to the current weight of one that takes part in a round. @returns what was added */
  add(slot: number): number {
    const effective = this.effective[slot]!;
    this.current[slot]! += effective;
    if (effective < this.weight[slot]!) {
      this.effective[slot] = effective + 1;
      if (!this.#isSuspect(slot)) this.#suspects--;
    }
    return effective;
  }

  /** It has been picked: if it was quiet for long, it is on trial now. */
  chosen(slot: number): void {
    if (this.#fails[slot] === 0) return; // of one without failures nobody asks when it was checked
    if (this.#seconds() - this.#checked[slot]! > this.#options.failTimeout) this.#checked[slot] = this.#seconds();
  }

  /** A request has ended there. */
  ended(slot: number, ok: boolean): void {
    if (this.weight[slot] === 0) return;
    const suspect = this.#isSuspect(slot);
    if (this.slots.length === 1) this.#fails[slot] = 0;
    else if (ok) {
      if (this.#accessed[slot]! < this.#checked[slot]!) this.#fails[slot] = 0;
    } else {
      this.#fails[slot]!++;
      this.#accessed[slot] = this.#seconds();
      this.#checked[slot] = this.#seconds();
      const { maxFails } = this.#options;
      if (maxFails > 0) {
        const less = Math.trunc(this.weight[slot]! / maxFails);
        this.effective[slot] = Math.max(0, this.effective[slot]! - less);
      }
    }
    this.#suspects += Number(this.#isSuspect(slot)) - Number(suspect);
  }

  #isSuspect(slot: number): boolean {
    return this.#fails[slot]! > 0 || this.effective[slot]! < this.weight[slot]!;
  }

  #seconds(): number {
    return Math.floor(this.view.clock[0]! / 1e9);
  }
}
