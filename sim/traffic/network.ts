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
 * @simplifies no jitter, no loss, no bandwidth
 */
export class Network {
  readonly #nodes: Registry<'Node'>;
  readonly #zones: string[] = [];
  /** By distance: ns one way. */
  readonly latency: readonly number[];
  /** By distance: lanes for one way, and for there and back. */
  readonly oneWay: readonly number[];
  readonly roundTrip: readonly number[];
  /** By node slot: 1 while it is dead. */
  #down = new Uint8Array(64);

  constructor(engine: Engine, nodes: Registry<'Node'>, settings: ClusterSettings['network']) {
    this.#nodes = nodes;
    this.latency = [settings.sameNode, settings.sameZone, settings.crossZone, settings.external];
    this.oneWay = this.latency.map((latency) => engine.lane(latency));
    this.roundTrip = this.latency.map((latency) => engine.lane(2 * latency));
  }

  /** @param from node slot; -1: outside the cluster @param to node slot */
  distance(from: number, to: number): number {
    if (from === to) return SAME_NODE;
    if (from < 0 || to < 0) return EXTERNAL;
    return this.#zone(from) === this.#zone(to) ? SAME_ZONE : CROSS_ZONE;
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

  #zone(node: number): string {
    for (let i = this.#zones.length; i <= node; i++) this.#zones.push(zoneOf(this.#nodes.at(i)));
    return this.#zones[node]!;
  }
}
