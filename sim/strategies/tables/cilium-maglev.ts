import { jenkins } from '../hashes/jenkins.ts';
import { murmur3OfText } from '../hashes/murmur3.ts';
import type { Strategy, StrategyKind, View } from '../strategy.ts';
import { fillByCounters, noClaims, setClaim } from './maglev.ts';
import { sharedTable } from './shared-tables.ts';

/** Cilium's default seed, `JLfvgnHc2kaSUFaI` in base64: the first word is for the tables, the second for the packets. */
export const CILIUM_SEED = 0x24b7ef82;
const PACKET_SEED = 0x71dcda46;
/** The third word of a packet's hash: TCP; 3 words count. */
const TCP = 6;
const INITIAL = PACKET_SEED + 4 * 3;

const hash = new Uint32Array(4);
const skip = new Uint32Array(2);

/**
 * By slot of the table: the place of its backend in `addresses`.
 * @param addresses such as `10.244.3.8:8080`, in any order: the table is filled in the order of their texts
 * @param weights rounded to whole numbers, at least 1
 * @source cilium pkg/maglev/maglev.go
 */
export function ciliumTable(
  addresses: readonly string[],
  weights: ArrayLike<number>,
  size: number,
  seed = CILIUM_SEED,
): Int32Array {
  const names = addresses.map((address) => `[${address}/TCP,State:active]`);
  const order = names.map((_, i) => i).sort((i, j) => (names[i]! < names[j]! ? -1 : 1));
  const claims = noClaims(order.length);
  order.forEach((backend, i) => {
    murmur3OfText(names[backend]!, seed, hash);
    skip.set(hash.subarray(2));
    setClaim(claims, i, size, hash, skip);
  });
  const turns = order.map((backend) => Math.max(1, Math.round(weights[backend]!)));
  return fillByCounters(claims, turns, size).map((i) => (i < 0 ? -1 : order[i]!));
}

class CiliumMaglev implements Strategy {
  readonly #view: View;
  readonly #size: number;
  #table: Int32Array = new Int32Array(0);

  constructor(view: View, size: number) {
    this.#view = view;
    this.#size = size;
  }

  changed(): void {
    const { address, weight } = this.#view;
    this.#table = sharedTable(this.#view, `cilium-maglev ${this.#size}`, (slots) => {
      const addresses = Array.from(slots, (slot) => address[slot]!);
      const weights = slots.map((slot) => weight[slot]!);
      return slots.length === 0 ? slots : ciliumTable(addresses, weights, this.#size).map((i) => slots[i]!);
    });
  }

  pick(source: number, port: number): number {
    const table = this.#table;
    if (table.length === 0) return -1;
    return table[(jenkins(source, port, TCP, INITIAL) >>> 0) % table.length]!;
  }
}

export const ciliumMaglev: StrategyKind<{ tableSize: number }> = {
  name: 'cilium-maglev',
  title:
    'a table of 16381 slots, the same on every node, in which backends claimed slots in turn; a connection hashes to one',
  knows: 'membership',
  runs: 'kernel',
  source: 'cilium pkg/maglev/maglev.go, bpf/lib/lb.h; Maglev (NSDI 2016)',
  options: { tableSize: 16381 },
  create: (view, { tableSize }) => new CiliumMaglev(view, tableSize),
};
