import type { View } from '../strategy.ts';
import { HashRing } from '../structures/hash-ring.ts';
import { sharedTable } from '../tables/shared-tables.ts';
import { EFFECTIVE_MAX, type Servers } from './servers.ts';

/** Spreads a 32-bit number. @source haproxy include/haproxy/tools.h, full_hash: a hash of B. Jenkins, times a prime */
export function fullHash(value: number): number {
  let a = value | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = (a + 0xd3a2646c) ^ (a << 9);
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  return Math.imul(a, 0xc0000001);
}

/**
 * The ring of `hash-type consistent` and of `random`: a server has as many points as effective weight, 16 for each unit of weight; they
 * follow from its id, which is its place in the configuration, from 1.
 * @source haproxy src/lb_chash.c
 */
export function consistentRing(view: View, servers: Servers): HashRing {
  return sharedTable(view, 'haproxy-ring', () => {
    const points = {
      high: new Uint32Array(servers.total),
      low: new Uint32Array(servers.total),
      owner: new Int32Array(servers.total),
    };
    let at = 0;
    for (const slot of servers.slots) {
      for (let node = 0; node < servers.effective[slot]!; node++, at++) {
        points.high[at] = fullHash((slot + 1) * EFFECTIVE_MAX + node);
        points.owner[at] = slot;
      }
    }
    return new HashRing(points);
  });
}

/** @returns the place of the point nearest to a hash; of two as near, the one before it. The ring has points. */
export function nearest(ring: HashRing, hash: number): number {
  const next = ring.at(hash, 0);
  const last = next === 0 ? ring.size - 1 : next - 1;
  return (hash - ring.high[last]!) >>> 0 <= (ring.high[next]! - hash) >>> 0 ? last : next;
}
