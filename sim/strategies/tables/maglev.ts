/**
 * How a Maglev table is filled: backends in turn claim the next free slot of their own permutation. The systems differ in
 * who has how many turns.
 * @source M. Eisenbud et al., Maglev (NSDI 2016), 3.4
 */

/** By backend: its permutation of the slots is at, at + skip, at + 2 skip …, modulo the table's size, which is a prime. */
export interface Claims {
  /** The next slot that it asks for; a fill moves it. */
  readonly at: Int32Array;
  readonly skip: Int32Array;
}

export function noClaims(backends: number): Claims {
  return { at: new Int32Array(backends), skip: new Int32Array(backends) };
}

/** Sets a backend's claim from two 64-bit hashes, given as high and low halves. */
export function setClaim(claims: Claims, i: number, size: number, offset: Uint32Array, skip: Uint32Array): void {
  claims.at[i] = remainder(offset[0]!, offset[1]!, size);
  claims.skip[i] = remainder(skip[0]!, skip[1]!, size - 1) + 1;
}

/** A 64-bit number modulo one below 2^21. */
function remainder(high: number, low: number, modulus: number): number {
  return ((high % modulus) * 0x100000000 + low) % modulus;
}

/** Gives a backend its next free slot. There must be one. */
function claim(table: Int32Array, { at, skip }: Claims, i: number): void {
  const size = table.length;
  let slot = at[i]!;
  const step = skip[i]!;
  while (table[slot]! >= 0) {
    slot += step;
    if (slot >= size) slot -= size;
  }
  table[slot] = i;
  at[i] = slot;
}

/** The paper's own: one turn each, weights ignored. @returns by slot: a backend; -1 everywhere if there is none */
export function fillEvenly(claims: Claims, size: number): Int32Array {
  const table = new Int32Array(size).fill(-1);
  const backends = claims.at.length;
  if (backends > 0) for (let turn = 0; turn < size; turn++) claim(table, claims, turn % backends);
  return table;
}

/**
 * Cilium's: turn n is backend n mod count's, but one is passed over while (n + 1) x weight is below its counter, which grows by the
 * sum of weights with each slot taken. Weights count only if they are 2 on average, rounded down.
 * @param weights whole, at least 1
 * @source cilium pkg/maglev/maglev.go, GetLookupTable
 */
export function fillByCounters(claims: Claims, weights: ArrayLike<number>, size: number): Int32Array {
  const backends = claims.at.length;
  let sum = 0;
  for (let i = 0; i < backends; i++) sum += weights[i]!;
  if (sum < 2 * backends) return fillEvenly(claims, size);
  const table = new Int32Array(size).fill(-1);
  const counters = Float64Array.from({ length: backends }, (_, i) => weights[i]! / backends);
  for (let turn = 0; turn < size; turn++) {
    let i = turn % backends;
    while ((turn + 1) * weights[i]! < Math.floor(counters[i]!)) i = (i + 1) % backends;
    counters[i]! += sum;
    claim(table, claims, i);
  }
  return table;
}

/**
 * Katran's first: a backend of weight w has w turns in the first round, and one in each later one; so a weight is a number of
 * additional slots, not a share.
 * @source katran katran/lib/MaglevHash.cpp
 */
export function fillFirstRoundByWeight(claims: Claims, weights: ArrayLike<number>, size: number): Int32Array {
  const table = new Int32Array(size).fill(-1);
  const backends = claims.at.length;
  if (backends === 0) return table;
  let filled = 0;
  for (let i = 0; i < backends; i++) {
    for (let turn = 0; turn < weights[i]! && filled < size; turn++, filled++) claim(table, claims, i);
  }
  for (let i = 0; filled < size; i = (i + 1) % backends, filled++) claim(table, claims, i);
  return table;
}

/**
 * Katran's second: weights add up round by round, and a backend has a turn whenever it has reached the largest.
 * @param weights at least one of them above 0
 * @source katran katran/lib/MaglevHashV2.cpp
 * @simplifies its 32-bit product of step and slot, which can overflow for a step of 65536 in a table of 65537
 */
export function fillByAccumulation(claims: Claims, weights: ArrayLike<number>, size: number): Int32Array {
  const table = new Int32Array(size).fill(-1);
  const backends = claims.at.length;
  let most = 0;
  for (let i = 0; i < backends; i++) most = Math.max(most, weights[i]!);
  if (most === 0) return table;
  const saved = new Float64Array(backends);
  for (let filled = 0; ; ) {
    for (let i = 0; i < backends; i++) {
      saved[i]! += weights[i]!;
      if (saved[i]! < most) continue;
      saved[i]! -= most;
      claim(table, claims, i);
      if (++filled === size) return table;
    }
  }
}

/**
 * Envoy's: a backend has its turn of a round when (round x weight) has come to its target, which then grows by the largest weight; so the
 * heaviest have one in each round.
 * @param weights as shares of their sum, above 0
 * @source envoy source/extensions/load_balancing_policies/maglev/maglev_lb.cc
 */
export function fillByTargets(claims: Claims, weights: ArrayLike<number>, size: number): Int32Array {
  const table = new Int32Array(size).fill(-1);
  const backends = claims.at.length;
  let most = 0;
  for (let i = 0; i < backends; i++) most = Math.max(most, weights[i]!);
  const targets = new Float64Array(backends);
  let filled = 0;
  for (let round = 1; backends > 0; round++) {
    for (let i = 0; i < backends; i++) {
      if (round * weights[i]! < targets[i]!) continue;
      targets[i]! += most;
      claim(table, claims, i);
      if (++filled === size) return table;
    }
  }
  return table;
}
