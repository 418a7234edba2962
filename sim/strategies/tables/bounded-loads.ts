import { mix } from '../../engine/hash.ts';
import type { Strategy, StrategyKind, View } from '../strategy.ts';
import type { HashRing } from '../structures/hash-ring.ts';
import { namedPoints } from './named-points.ts';
import { sharedTable } from './shared-tables.ts';

/**
 * The most that a backend may have in flight.
 * @param load all requests in flight, the new one too @param share of the backend in the sum of weights; 1/n if all are equal
 * @source V. Mirrokni, M. Thorup, M. Zadimoghaddam, Consistent Hashing with Bounded Loads (SODA 2018): ceil((1 + epsilon) m / n)
 */
export function boundOf(load: number, share: number, epsilon: number): number {
  return Math.ceil((1 + epsilon) * load * share - 1e-9); // what is whole but for rounding stays so
}

/**
 * @returns the place on the ring from which the backend has room: the key's own, or the next ones round the circle
 * @param room by owner: whether one more is allowed; at least one has room
 */
export function firstWithRoom(ring: HashRing, from: number, room: (owner: number) => boolean): number {
  let point = from;
  while (!room(ring.owner[point]!)) point = (point + 1) % ring.size;
  return point;
}

class BoundedLoads implements Strategy {
  readonly #view: View;
  readonly #points: number;
  readonly #byPort: boolean;
  /** By slot: its share of the weights; 0: no member. */
  readonly #share: Float64Array;
  #ring: HashRing = namedPoints([], [], []);
  #load = 0;
  readonly #room: (slot: number) => boolean;

  constructor(view: View, epsilon: number, points: number, byPort: boolean) {
    this.#view = view;
    this.#points = points;
    this.#byPort = byPort;
    this.#share = new Float64Array(view.capacity);
    this.#room = (slot) => view.inFlight[slot]! < boundOf(this.#load + 1, this.#share[slot]!, epsilon);
  }

  changed(): void {
    const { address, count, inFlight, members, weight } = this.#view;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += weight[members[i]!]!;
    this.#share.fill(0);
    this.#load = 0;
    for (let i = 0; i < count; i++) {
      const slot = members[i]!;
      if (weight[slot]! <= 0) continue;
      this.#share[slot] = weight[slot]! / sum;
      this.#load += inFlight[slot]!;
    }
    this.#ring = sharedTable(this.#view, `bounded-loads ${this.#points}`, (slots) => {
      const least = slots.reduce((low, slot) => Math.min(low, weight[slot]!), Infinity);
      const names = Array.from(slots, (slot) => address[slot]!);
      const counts = Array.from(slots, (slot) => Math.round((this.#points * weight[slot]!) / least));
      return namedPoints(names, counts, slots);
    });
  }

  pick(source: number, port: number): number {
    const ring = this.#ring;
    if (ring.size === 0) return -1;
    const salt = this.#byPort ? port : 0;
    const from = ring.at(mix(source, 2 * salt), mix(source, 2 * salt + 1));
    return ring.owner[firstWithRoom(ring, from, this.#room)]!;
  }

  started(slot: number): void {
    if (this.#share[slot]! > 0) this.#load++;
  }

  ended(slot: number): void {
    if (this.#share[slot]! > 0) this.#load--;
  }
}

export const boundedLoads: StrategyKind<{ epsilon: number; points: number; port: number }> = {
  name: 'consistent-bounded-loads',
  title:
    'a client hashes to a ring; a backend that has its bound, (1 + epsilon) times the mean, passes it on to the next one',
  knows: 'localCounts',
  runs: 'proxy',
  source: 'Mirrokni, Thorup, Zadimoghaddam 2018 (arXiv:1608.01350)',
  options: { epsilon: 0.25, points: 100, port: 0 },
  create: (view, { epsilon, points, port }) => new BoundedLoads(view, epsilon, points, port !== 0),
};
