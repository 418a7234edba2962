import { bytesOf } from '../hashes/halves.ts';
import { xxHash64 } from '../hashes/xx-hash-64.ts';
import type { View } from '../strategy.ts';
import { fillByTargets, noClaims, setClaim } from '../tables/maglev.ts';
import { sharedTable } from '../tables/shared-tables.ts';
import type { KeyedHosts } from './hash-policy.ts';

/**
 * Envoy's Maglev: a table that hosts fill in turn, sorted by their addresses; a key takes the entry of its number modulo the table's size.
 * @source envoy source/extensions/load_balancing_policies/maglev/maglev_lb.cc
 * @simplifies that a retry goes to another entry
 */
export class Maglev implements KeyedHosts {
  readonly #view: View;
  readonly #size: number;
  /** Entry → slot. */
  #table: Int32Array = new Int32Array(0);

  /** @param options.tableSize a prime */
  constructor(view: View, { tableSize }: { tableSize: number }) {
    this.#view = view;
    this.#size = tableSize;
  }

  changed(): void {
    const { address, weight } = this.#view;
    this.#table = sharedTable(this.#view, `envoy-maglev ${this.#size}`, (slots) => {
      const names = Array.from(slots, (slot) => address[slot]!);
      const weights = Array.from(slots, (slot) => weight[slot]!);
      return envoyMaglev(names, weights, this.#size).map((i) => (i < 0 ? -1 : slots[i]!));
    });
  }

  hostOf(high: number, low: number): number {
    if (this.#table.length === 0) return -1;
    const size = this.#size;
    return this.#table[((high % size) * 0x100000000 + low) % size]!;
  }
}

const offset = new Uint32Array(2);
const skip = new Uint32Array(2);

/** @returns by entry: an index into `names`; -1 everywhere if there are none */
export function envoyMaglev(names: readonly string[], weights: readonly number[], size: number): Int32Array {
  const order = Array.from(names.keys()).sort((a, b) =>
    names[a]! < names[b]! ? -1 : names[a]! > names[b]! ? 1 : a - b,
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const claims = noClaims(names.length);
  order.forEach((i, turn) => {
    const name = names[i]!;
    xxHash64(bytesOf(name), name.length, offset);
    xxHash64(bytesOf(name), name.length, skip, 1);
    setClaim(claims, turn, size, offset, skip);
  });
  const shares = order.map((i) => weights[i]! / sum);
  return fillByTargets(claims, shares, size).map((turn) => (turn < 0 ? -1 : order[turn]!));
}
