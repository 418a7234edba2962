import { keyOf, mix } from '../../engine/hash.ts';

/** @source cilium pkg/maglev: the default table size; it wants more than 100 slots for a backend */
const TABLE_SIZE = 16381;

/**
 * By slot: the index of its backend. All nodes fill it alike, so all pick alike for a client's address and port.
 * @returns empty without backends
 * @param backends in the order of their texts
 * @source M. Eisenbud et al., Maglev (NSDI 2016), 3.4; cilium pkg/maglev/maglev.go
 * @simplifies hashes are this program's own and not Cilium's MurmurHash3: shares and stability are the same, slots are not
 */
export function maglevLookup(backends: readonly { address: string }[], size = TABLE_SIZE): Uint16Array {
  const claims = backends.map(({ address }) => {
    const hash = keyOf(address);
    return { at: (mix(hash, 1) >>> 0) % size, skip: ((mix(hash, 2) >>> 0) % (size - 1)) + 1 };
  });
  const table = new Int32Array(size).fill(-1);
  if (claims.length === 0) return new Uint16Array(0);
  for (let filled = 0; filled < size; ) {
    for (const [i, claim] of claims.entries()) {
      if (filled === size) break;
      while (table[claim.at]! >= 0) claim.at = (claim.at + claim.skip) % size;
      table[claim.at] = i;
      filled++;
    }
  }
  return Uint16Array.from(table);
}

/** The share of the table that each backend has; they sum to 1. */
export function maglevShares(backends: readonly { address: string }[]): number[] {
  const counts = new Array<number>(backends.length).fill(0);
  for (const i of maglevLookup(backends)) counts[i]!++;
  return counts.map((count) => count / TABLE_SIZE);
}
