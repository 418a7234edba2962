import { mix } from '../../../engine/hash.ts';
import type { Strategy, StrategyKind, View } from '../../strategy.ts';
import type { HashRing } from '../../structures/hash-ring.ts';
import { namedPoints, pointCounts } from '../../tables/named-points.ts';
import { sharedTable } from '../../tables/shared-tables.ts';

/** @simplifies the hash of a client, which upstream makes of a header, is this program's own */
class RingHash implements Strategy {
  readonly #view: View;
  readonly #least: number;
  readonly #most: number;
  readonly #byPort: boolean;
  #ring: HashRing = namedPoints([], [], []);

  constructor(view: View, least: number, most: number, byPort: boolean) {
    this.#view = view;
    this.#least = least;
    this.#most = most;
    this.#byPort = byPort;
  }

  changed(): void {
    const { address, weight } = this.#view;
    this.#ring = sharedTable(this.#view, `grpc-ring-hash ${this.#least} ${this.#most}`, (slots) => {
      const sorted = slots.sort((a, b) => (address[a]! < address[b]! ? -1 : 1));
      const names = Array.from(sorted, (slot) => address[slot]!);
      const weights = Array.from(sorted, (slot) => weight[slot]!);
      return namedPoints(names, pointCounts(weights, this.#least, this.#most), sorted);
    });
  }

  pick(source: number, port: number): number {
    const ring = this.#ring;
    if (ring.size === 0) return -1;
    const salt = this.#byPort ? port : 0;
    return ring.owner[ring.at(mix(source, 2 * salt), mix(source, 2 * salt + 1))]!;
  }
}

export const ringHash: StrategyKind<{ minRingSize: number; maxRingSize: number; port: number }> = {
  name: 'grpc-ring-hash',
  title: 'a client hashes to a ring of 1024 to 4096 points, and its requests go to the backend whose point is next',
  knows: 'membership',
  runs: 'client',
  source: 'grpc-go balancer/ringhash; gRPC A42',
  options: { minRingSize: 1024, maxRingSize: 4096, port: 0 },
  create: (view, { minRingSize, maxRingSize, port }) => new RingHash(view, minRingSize, maxRingSize, port !== 0),
};
