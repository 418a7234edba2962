import type { Registry } from '../cluster/registry.ts';
import { zoneOf } from '../cluster/zone.ts';
import type { Engine } from '../engine/engine.ts';
import type { ClusterSettings } from '../input/scenario.ts';

export const SAME_NODE = 0;
export const SAME_ZONE = 1;
export const CROSS_ZONE = 2;
export const EXTERNAL = 3;

/**
 * How long packets take, and which nodes are silent. Latency is constant within a class of distance, so that every
 * packet on its way is a row of a lane.
 * @simplifies no bandwidth; jitter and loss are faults of `Links`
 */
export class Network {
  readonly #nodes: Registry<'Node'>;
  /** By node slot: the number of its zone. */
  readonly #zones: number[] = [];
  readonly #zoneNumbers = new Map<string, number>();
  readonly #engine: Engine;
  /** By distance: ns one way. */
  readonly latency: readonly number[];
  /** By 4 · ways + distance; -1: not yet asked for. */
  readonly #lanes = new Int32Array(16).fill(-1);
  /** By node slot: 1 while it is dead. */
  #down = new Uint8Array(64);

  constructor(engine: Engine, nodes: Registry<'Node'>, settings: ClusterSettings['network']) {
    this.#nodes = nodes;
    this.latency = [settings.sameNode, settings.sameZone, settings.crossZone, settings.external];
    this.#engine = engine;
  }

  /** @param from node slot; -1: outside the cluster @param to node slot */
  distance(from: number, to: number): number {
    if (from === to) return SAME_NODE;
    if (from < 0 || to < 0) return EXTERNAL;
    return this.#zone(from) === this.#zone(to) ? SAME_ZONE : CROSS_ZONE;
  }

  /** The lane of packets that go so many ways in a row, 1 to 3. One that nobody asks for costs the engine nothing. */
  lane(ways: number, distance: number): number {
    const lane = this.#lanes[4 * ways + distance]!;
    return lane >= 0 ? lane : this.#openLane(ways, distance);
  }

  isDown(node: number): boolean {
    return this.#down[node] === 1;
  }

  setDown(node: number, down: boolean): void {
    if (node >= this.#down.length) {
      const longer = new Uint8Array(node * 2);
      longer.set(this.#down);
      this.#down = longer;
    }
    this.#down[node] = down ? 1 : 0;
  }

  #openLane(ways: number, distance: number): number {
    const lane = this.#engine.lane(ways * this.latency[distance]!);
    this.#lanes[4 * ways + distance] = lane;
    return lane;
  }

  #zone(node: number): number {
    for (let i = this.#zones.length; i <= node; i++) {
      const zone = zoneOf(this.#nodes.at(i));
      const number = this.#zoneNumbers.get(zone) ?? this.#zoneNumbers.size;
      this.#zoneNumbers.set(zone, number);
      this.#zones.push(number);
    }
    return this.#zones[node]!;
  }
}
