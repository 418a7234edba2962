import { keyOf, mix, uniform } from '../../engine/hash.ts';
import type { Strategy, StrategyKind, View } from '../strategy.ts';
import { sharedTable } from './shared-tables.ts';

/** Clients are told apart by this many classes. */
const CLASSES = 0x10000;

/**
 * The rank of a backend for a key; the least wins. Exponential with rate `weight`, so that each wins in proportion to its weight.
 * @source D. Thaler, C. Ravishankar, Using name-based mappings to increase hit rates (1998); weights: J. Resch, New hashing
 *   algorithms for data storage (2015)
 */
function rank(backend: number, key: number, weight: number): number {
  return -Math.log(uniform(mix(backend, key))) / weight;
}

/** Who wins each class, found when it is asked for. */
export class Winners {
  readonly #slots: Int32Array;
  readonly #hashes: Int32Array;
  readonly #weights: Float64Array;
  /** By class: its winner's slot; -1: not known yet. */
  readonly #winner: Int32Array;
  readonly #rank: Float64Array;

  /** @param last those of other members, which are right still for a class whose winner is there unchanged and whom no newcomer beats */
  constructor(slots: Int32Array, hashes: Int32Array, weights: Float64Array, last?: Winners) {
    this.#slots = slots;
    this.#hashes = hashes;
    this.#weights = weights;
    this.#winner = last === undefined ? new Int32Array(CLASSES).fill(-1) : last.#winner.slice();
    this.#rank = last === undefined ? new Float64Array(CLASSES) : last.#rank.slice();
    if (last !== undefined) this.#takeOver(last);
  }

  #takeOver(last: Winners): void {
    const before = new Map(Array.from(last.#slots, (slot, i) => [slot, last.#weights[i]!]));
    const kept = new Set<number>([-1]);
    const others: number[] = [];
    this.#slots.forEach((slot, i) => {
      if (before.get(slot) === this.#weights[i]) kept.add(slot);
      else others.push(i);
    });
    for (let key = 0; key < CLASSES; key++) {
      const winner = this.#winner[key]!;
      if (winner < 0) continue;
      if (!kept.has(winner)) this.#winner[key] = -1;
      else for (const i of others) this.#challenge(key, i);
    }
  }

  #challenge(key: number, i: number): void {
    const challenge = rank(this.#hashes[i]!, key, this.#weights[i]!);
    if (challenge >= this.#rank[key]!) return;
    this.#rank[key] = challenge;
    this.#winner[key] = this.#slots[i]!;
  }

  /** @returns a slot; -1: there is none @param key 0 to 65535 */
  of(key: number): number {
    const winner = this.#winner[key]!;
    return winner >= 0 ? winner : this.#find(key);
  }

  #find(key: number): number {
    this.#rank[key] = Infinity;
    for (let i = 0; i < this.#slots.length; i++) this.#challenge(key, i);
    return this.#winner[key]!;
  }
}

/** @simplifies clients fall into 65536 classes which move together, so that a pick need not hash every backend */
class Rendezvous implements Strategy {
  readonly #view: View;
  readonly #byPort: boolean;
  #winners = new Winners(new Int32Array(0), new Int32Array(0), new Float64Array(0));

  constructor(view: View, byPort: boolean) {
    this.#view = view;
    this.#byPort = byPort;
  }

  changed(): void {
    const { address, weight } = this.#view;
    this.#winners = sharedTable(this.#view, 'rendezvous', (slots, last?: Winners) => {
      const hashes = slots.map((slot) => keyOf(address[slot]!));
      return new Winners(
        slots,
        hashes,
        Float64Array.from(slots, (slot) => weight[slot]!),
        last,
      );
    });
  }

  pick(source: number, port: number): number {
    return this.#winners.of(mix(source, this.#byPort ? port : 0) >>> 16);
  }
}

export const rendezvous: StrategyKind<{ port: number }> = {
  name: 'rendezvous',
  title:
    'every backend has a rank for every client, and the first wins; only the clients of a backend that leaves move',
  knows: 'membership',
  runs: 'proxy',
  source: 'Thaler and Ravishankar 1998; weights by Resch 2015',
  options: { port: 0 },
  create: (view, { port }) => new Rendezvous(view, port !== 0),
};
