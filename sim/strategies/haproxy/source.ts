import type { Strategy, View } from '../strategy.ts';
import type { HashRing } from '../structures/hash-ring.ts';
import { consistentRing, fullHash, nearest } from './consistent-ring.ts';
import { Servers } from './servers.ts';

/**
 * HAProxy's `balance source` with `hash-type consistent`: the client's address takes the nearest point of the ring. With a balance factor, a
 * server that has its share of all requests times that factor is passed over.
 * @source haproxy src/backend.c, get_server_sh; src/lb_chash.c, chash_get_server_hash
 */
export class Source implements Strategy {
  readonly #view: View;
  readonly #servers: Servers;
  readonly #avalanche: boolean;
  readonly #factor: number;
  /** By slot: the effective weights of those before it. */
  readonly #before: Int32Array;
  #ring: HashRing | undefined;
  /** Requests in flight, of all servers. */
  #served = 0;

  /** @param options.avalanche 0: the address is the hash, as without that word in `hash-type` @param options.balanceFactor percent; 0: no bound */
  constructor(view: View, { avalanche, balanceFactor }: { avalanche: number; balanceFactor: number }) {
    this.#view = view;
    this.#servers = new Servers(view);
    this.#avalanche = avalanche !== 0;
    this.#factor = balanceFactor;
    this.#before = new Int32Array(view.capacity);
  }

  changed(): void {
    this.#servers.changed(() => {});
    let before = 0;
    for (const slot of this.#servers.slots) {
      this.#before[slot] = before;
      before += this.#servers.effective[slot]!;
    }
    this.#ring = consistentRing(this.#view, this.#servers);
  }

  pick(source: number): number {
    const ring = this.#ring;
    if (ring === undefined || ring.size === 0) return -1;
    let place = nearest(ring, this.#avalanche ? fullHash(source) : source);
    if (this.#factor === 0) return ring.owner[place]!;
    for (let i = 0; i < ring.size && this.#isFull(ring.owner[place]!); i++) {
      if (++place === ring.size) place = 0;
    }
    return ring.owner[place]!;
  }

  started(): void {
    this.#served++;
  }

  ended(): void {
    this.#served--;
  }

  #isFull(slot: number): boolean {
    const { effective, total } = this.#servers;
    const slots = slotsOf(this.#served, this.#factor, effective[slot]!, this.#before[slot]!, total);
    return this.#view.inFlight[slot]! >= slots;
  }
}

/**
 * How many requests a server may have at a time: whole slots for each unit of weight; the rest is spread along the order of the servers; at least one.
 * @param served requests of all servers @param factor percent @param before the weights of the servers before it @param total of all weights
 * @source haproxy src/lb_chash.c, chash_server_is_eligible
 */
export function slotsOf(served: number, factor: number, weight: number, before: number, total: number): number {
  const slots = Math.trunc(((served + 1) * factor + 99) / 100);
  const rest = slots % total;
  const extra = Math.trunc(((before + weight) * rest) / total) - Math.trunc((before * rest) / total);
  return Math.max(1, weight * Math.trunc(slots / total) + extra);
}
