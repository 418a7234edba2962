import { keyOf } from '../../engine/hash.ts';
import { jenkins } from '../hashes/jenkins.ts';
import { murmur3OfPair } from '../hashes/murmur3.ts';
import type { Strategy, StrategyKind, View } from '../strategy.ts';
import { type Claims, fillByAccumulation, fillFirstRoundByWeight, noClaims, setClaim } from './maglev.ts';
import { sharedTable } from './shared-tables.ts';

/** @source katran katran/lib/CHHelpers.h, kDefaultChRingSize; it is also the seed of a packet's hash, of which 2 words count */
const RING_SIZE = 65537;
const INITIAL = RING_SIZE + 4 * 2;

const offset = new Uint32Array(4);
const skip = new Uint32Array(4);

type Fill = (claims: Claims, weights: ArrayLike<number>, size: number) => Int32Array;

/**
 * By slot of the table: the place of its backend in `hashes`.
 * @param hashes of the backends, whole and below 2^53
 * @source katran katran/lib/MaglevBase.cpp, genMaglevPermutation
 */
export function katranTable(
  hashes: readonly number[],
  weights: ArrayLike<number>,
  version: 1 | 2,
  size = RING_SIZE,
): Int32Array {
  const claims = noClaims(hashes.length);
  hashes.forEach((hash, i) => {
    murmur3OfPair(hash, 42, 0, offset);
    murmur3OfPair(hash, 2718281828, 2307, skip);
    setClaim(claims, i, size, offset, skip);
  });
  const fill: Fill = version === 1 ? fillFirstRoundByWeight : fillByAccumulation;
  return fill(claims, weights, size);
}

/** @simplifies a backend's hash, which is this program's own and not folly's of an IP address; the table of recent connections is left out */
class KatranMaglev implements Strategy {
  readonly #view: View;
  readonly #version: 1 | 2;
  #table: Int32Array = new Int32Array(0);

  constructor(view: View, version: 1 | 2) {
    this.#view = view;
    this.#version = version;
  }

  changed(): void {
    const { address, weight } = this.#view;
    this.#table = sharedTable(this.#view, `katran-maglev ${this.#version}`, (slots) => {
      const hashes = Array.from(slots, (slot) => keyOf(address[slot]!) >>> 0);
      const weights = Float64Array.from(slots, (slot) => weight[slot]!);
      return slots.length === 0 ? slots : katranTable(hashes, weights, this.#version).map((i) => slots[i]!);
    });
  }

  pick(source: number, port: number): number {
    const table = this.#table;
    if (table.length === 0) return -1;
    return table[(jenkins(source, port, 0, INITIAL) >>> 0) % RING_SIZE]!;
  }
}

export const katranMaglev: StrategyKind<{ version: number }> = {
  name: 'katran-maglev',
  title:
    'a table of 65537 slots in which backends claimed slots in turn, by accumulated weight; a connection hashes to one',
  knows: 'membership',
  runs: 'kernel',
  source: 'katran katran/lib/MaglevHashV2.cpp (version 1: MaglevHash.cpp), katran/lib/bpf/balancer.bpf.c',
  options: { version: 2 },
  create: (view, { version }) => new KatranMaglev(view, version === 1 ? 1 : 2),
};
