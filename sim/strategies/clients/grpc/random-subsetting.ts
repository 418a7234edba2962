import { bytesOf } from '../../hashes/halves.ts';
import { xxHash64 } from '../../hashes/xx-hash-64.ts';
import type { StrategyKind, View } from '../../strategy.ts';
import { Listed, Turns } from '../lists.ts';

/**
 * Picks subsets of the backends in the order of the hashes of their addresses under a client's own seed. One that joins or leaves
 * changes at most one of a subset.
 * @source gRPC A68; grpc-go balancer/randomsubsetting/randomsubsetting.go, calculateSubset
 */
export class RandomSubset {
  readonly #addresses: readonly string[];
  readonly #seedLow: number;
  readonly #seedHigh: number;
  /** By slot: high and low 32 bits of its hash, and whether it is known. */
  readonly #hashes: Uint32Array;
  readonly #known: Uint8Array;

  /** @param addresses by slot; each stays what it is from its first use on @param seedLow the low 32 bits of the seed */
  constructor(addresses: readonly string[], seedLow: number, seedHigh: number) {
    this.#addresses = addresses;
    this.#seedLow = seedLow;
    this.#seedHigh = seedHigh;
    this.#hashes = new Uint32Array(2 * addresses.length);
    this.#known = new Uint8Array(addresses.length);
  }

  /** @returns the first `size` by hash; all of them, in their own order, if there are no more */
  of(slots: Int32Array, size: number): Int32Array {
    if (slots.length <= size) return slots;
    const hashes = this.#hashes;
    for (const slot of slots) if (this.#known[slot] === 0) this.#hash(slot);
    return slots
      .slice()
      .sort((a, b) => hashes[2 * a]! - hashes[2 * b]! || hashes[2 * a + 1]! - hashes[2 * b + 1]!)
      .slice(0, size);
  }

  #hash(slot: number): void {
    const address = this.#addresses[slot]!;
    xxHash64(bytesOf(address), address.length, hash, this.#seedLow, this.#seedHigh);
    this.#hashes.set(hash, 2 * slot);
    this.#known[slot] = 1;
  }
}

const hash = new Uint32Array(2);

function subsetting(view: View, size: number): Listed {
  const subset = new RandomSubset(view.address, view.random.bits(), view.random.bits());
  return new Listed(new Turns(view), () => subset.of(view.members.slice(0, view.count), size));
}

export const randomSubsetting: StrategyKind<{ size: number }> = {
  name: 'grpc-random-subsetting',
  title: "round robin over a few backends, the first by a hash of the client's own",
  knows: 'nothing',
  runs: 'client',
  source: 'gRPC A68; grpc-go balancer/randomsubsetting; the size has no default upstream but 20 in the proposal',
  options: { size: 20 },
  create: (view, { size }) => subsetting(view, Math.max(1, size)),
};
