import type { View } from '../strategy.ts';
import type { HashRing } from '../structures/hash-ring.ts';
import { namedPoints, pointCounts } from '../tables/named-points.ts';
import { sharedTable } from '../tables/shared-tables.ts';
import type { KeyedHosts } from './hash-policy.ts';
import { murmurHash64A } from './murmur-hash-64a.ts';

export interface RingHashOptions {
  readonly minimumRingSize: number;
  readonly maximumRingSize: number;
  /** 1: points are hashed by MurmurHash64A; 0: by xxHash64. */
  readonly murmur: number;
}

/**
 * Envoy's ring hash: a host has points in proportion to its weight, hashes of its address and a number; a key takes the next point.
 * @source envoy source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc
 * @simplifies that a retry goes to another point
 */
export class RingHash implements KeyedHosts {
  readonly #view: View;
  readonly #options: RingHashOptions;
  #ring: HashRing | undefined;

  constructor(view: View, options: RingHashOptions) {
    this.#view = view;
    this.#options = options;
  }

  changed(): void {
    const { address, weight } = this.#view;
    const { minimumRingSize, maximumRingSize, murmur } = this.#options;
    this.#ring = sharedTable(this.#view, `envoy-ring-hash ${minimumRingSize} ${maximumRingSize} ${murmur}`, (slots) =>
      envoyRing(
        Array.from(slots, (slot) => address[slot]!),
        Array.from(slots, (slot) => weight[slot]!),
        slots,
        this.#options,
      ),
    );
  }

  hostOf(high: number, low: number): number {
    const ring = this.#ring;
    return ring === undefined || ring.size === 0 ? -1 : ring.owner[ring.at(high, low)]!;
  }
}

/** Builds the ring of the smallest size that is allowed. */
export function envoyRing(
  names: readonly string[],
  weights: readonly number[],
  owners: ArrayLike<number>,
  { minimumRingSize, maximumRingSize, murmur }: RingHashOptions,
): HashRing {
  const counts = pointCounts(weights, minimumRingSize, maximumRingSize);
  return namedPoints(names, counts, owners, murmur === 0 ? undefined : murmurHash64A);
}
