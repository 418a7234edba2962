import { foldIP } from './hash-32.ts';
import type { Destination } from './scheduler.ts';
import { sipHash13 } from './sip-hash.ts';
import { greatestCommonDivisor } from './turns.ts';

/** @source linux net/netfilter/ipvs/ip_vs_mh.c with CONFIG_IP_VS_MH_TAB_INDEX 12 */
export const MAGLEV_SIZE = 4093;

/** The kernel's keys are fixed, so that all nodes agree. */
const FIRST_KEY = 2654435761;
const SECOND_KEY = 2654446892;

/**
 * By slot: the index of its destination. Each destination in turn claims the next free slot of its own permutation.
 * Without any of weight above 0: -1 everywhere.
 */
export function maglevTable(
  destinations: readonly Pick<Destination, 'ip' | 'port' | 'weight'>[],
): Int16Array<ArrayBuffer> {
  const divisor = destinations.reduce((gcd, { weight }) => greatestCommonDivisor(gcd, weight), 0) || 1;
  const claims = destinations.map(({ ip, port, weight }) => {
    const value = (foldIP(ip) + port) >>> 0;
    return {
      at: sipHash13(value, FIRST_KEY) % MAGLEV_SIZE,
      skip: (sipHash13(value, SECOND_KEY) % (MAGLEV_SIZE - 1)) + 1,
      turns: weight / divisor,
    };
  });
  const table = new Int16Array(MAGLEV_SIZE).fill(-1);
  if (claims.every(({ turns }) => turns < 1)) return table;
  for (let filled = 0; filled < MAGLEV_SIZE; ) {
    for (const [i, claim] of claims.entries()) {
      for (let turn = 0; turn < claim.turns && filled < MAGLEV_SIZE; turn++, filled++) {
        while (table[claim.at]! >= 0) claim.at = (claim.at + claim.skip) % MAGLEV_SIZE;
        table[claim.at] = i;
      }
    }
  }
  return table;
}

/** The hash of a client; modulo the table's size it is a slot. */
export function maglevSlot(source: number, sourcePort: number): number {
  return sipHash13((source + sourcePort) >>> 0, FIRST_KEY);
}
