import { greatestCommonDivisor } from '../../dataplane/ipvs/schedulers/turns.ts';
import type { Strategy, View } from '../strategy.ts';
import { sharedTable } from '../tables/shared-tables.ts';
import { Servers } from './servers.ts';

/**
 * HAProxy's static-rr: a map of as many entries as the servers have weight, made when they change, is walked. O(1).
 * @source haproxy src/lb_map.c, recalc_server_map, map_get_server_rr
 */
export class StaticRoundRobin implements Strategy {
  readonly #view: View;
  readonly #servers: Servers;
  #map: Int32Array = new Int32Array(0);
  #next = 0;

  constructor(view: View) {
    this.#view = view;
    this.#servers = new Servers(view);
  }

  changed(): void {
    this.#servers.changed(() => {});
    this.#map = sharedTable(this.#view, 'haproxy-map', () => mapOf(this.#servers));
  }

  pick(): number {
    if (this.#next >= this.#map.length) this.#next = 0;
    return this.#map[this.#next++] ?? -1;
  }
}

/** Entry by entry: all scores grow by their weights; the first server whose score is highest in whole maps has the entry. */
function mapOf({ slots, effective }: Servers): Int32Array {
  const divisor = slots.map((slot) => effective[slot]!).reduce(greatestCommonDivisor, 0);
  const weights = Array.from(slots, (slot) => effective[slot]! / divisor);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.every((weight) => weight === 1)) return Int32Array.from(slots);
  const scores = new Float64Array(slots.length);
  const map = new Int32Array(total);
  for (let entry = 0; entry < total; entry++) {
    let best = -1;
    let most = 0;
    for (let i = 0; i < slots.length; i++) {
      scores[i]! += weights[i]!;
      const whole = Math.trunc((scores[i]! + total) / total);
      if (best >= 0 && whole <= most) continue;
      best = i;
      most = whole;
    }
    map[entry] = slots[best]!;
    scores[best]! -= total;
  }
  return map;
}
