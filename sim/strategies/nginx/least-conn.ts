import type { Strategy, View } from '../strategy.ts';
import { type PeerOptions, Peers } from './peers.ts';
import { WeightClass } from './weight-class.ts';

/** With more different weights than that, each pick walks all servers. */
const MOST_CLASSES = 16;

/**
 * nginx's least_conn: the least connections for their weight; among those tied, a step of smooth weighted round robin that the others take no
 * part in. While nobody fails that is O(log n) for each different weight. Otherwise each pick walks all servers.
 * @source nginx src/http/modules/ngx_http_upstream_least_conn_module.c
 */
export class LeastConn implements Strategy {
  readonly #peers: Peers;
  readonly #inFlight: Int32Array;
  #classes: readonly WeightClass[] = [];
  /** By slot: its place among all servers, its class and its place there; -1: it is none. */
  readonly #order: Int32Array;
  readonly #classOf: Int32Array;
  readonly #placeOf: Int32Array;
  /** The classes are up to date; else the current weights of the peers are. */
  #quick = false;

  constructor(view: View, options: PeerOptions) {
    this.#peers = new Peers(view, options);
    this.#inFlight = view.inFlight;
    this.#order = new Int32Array(view.capacity);
    this.#classOf = new Int32Array(view.capacity).fill(-1);
    this.#placeOf = new Int32Array(view.capacity);
  }

  changed(): void {
    this.#leaveClasses();
    const peers = this.#peers;
    for (const slot of peers.slots) this.#classOf[slot] = -1;
    peers.changed();
    const weights = Array.from(new Set(peers.slots.map((slot) => peers.weight[slot]!)));
    this.#classes =
      weights.length > MOST_CLASSES
        ? []
        : weights.map(
            (weight) =>
              new WeightClass(
                weight,
                peers.slots.filter((slot) => peers.weight[slot] === weight),
              ),
          );
    for (const [place, slot] of peers.slots.entries()) this.#order[slot] = place;
    for (const [number, { slots }] of this.#classes.entries()) {
      for (const [place, slot] of slots.entries()) {
        this.#classOf[slot] = number;
        this.#placeOf[slot] = place;
      }
    }
  }

  pick(): number {
    const peers = this.#peers;
    if (this.#quick) return this.#ask();
    if (!peers.sound || peers.slots.length < 2 || this.#classes.length === 0) return this.#walk();
    this.#quick = true;
    for (const each of this.#classes) each.enter(this.#inFlight, peers.current);
    return this.#ask();
  }

  started(slot: number): void {
    this.#count(slot);
  }

  ended(slot: number, ok: boolean): void {
    if (!ok) this.#leaveClasses();
    this.#peers.ended(slot, ok);
    this.#count(slot);
  }

  #ask(): number {
    const classes = this.#classes;
    let least = classes[0]!;
    for (let i = 1; i < classes.length; i++) {
      const each = classes[i]!;
      if (each.count * least.weight < least.count * each.weight) least = each;
    }
    let tied = 0;
    let total = 0;
    let best = least;
    const { count, weight } = least;
    for (let i = 0; i < classes.length; i++) {
      const each = classes[i]!;
      if (each.count * weight !== count * each.weight) continue;
      tied += each.tied;
      total += each.tied * each.weight;
    }
    if (tied === 1) return least.slot;
    for (let i = 0; i < classes.length; i++) {
      const each = classes[i]!;
      if (each.count * weight !== count * each.weight) continue;
      each.give();
      const more = each.highest - best.highest;
      if (more > 0 || (more === 0 && this.#order[each.slot]! < this.#order[best.slot]!)) best = each;
    }
    const { slot } = best;
    best.take(total);
    return slot;
  }

  #walk(): number {
    const peers = this.#peers;
    const { slots, weight, current } = peers;
    const inFlight = this.#inFlight;
    const sound = peers.sound;
    if (slots.length < 2) return peers.smooth();
    let first = -1;
    let many = false;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      if (!sound && !peers.isUp(slot)) continue;
      const best = first < 0 ? slot : slots[first]!;
      const excess = inFlight[slot]! * weight[best]! - inFlight[best]! * weight[slot]!;
      if (first < 0 || excess < 0) {
        first = i;
        many = false;
      } else if (excess === 0) many = true;
    }
    if (first < 0) return -1;
    let best = slots[first]!;
    if (many) {
      const least = best;
      let total = 0;
      for (let i = first; i < slots.length; i++) {
        const slot = slots[i]!;
        if (inFlight[slot]! * weight[least]! !== inFlight[least]! * weight[slot]!) continue;
        if (!sound && !peers.isUp(slot)) continue;
        total += peers.add(slot);
        if (current[slot]! > current[best]!) best = slot;
      }
      current[best]! -= total;
    }
    peers.chosen(best);
    return best;
  }

  #leaveClasses(): void {
    if (!this.#quick) return;
    this.#quick = false;
    for (const each of this.#classes) each.leave(this.#peers.current);
  }

  #count(slot: number): void {
    const number = this.#classOf[slot]!;
    if (this.#quick && number >= 0) this.#classes[number]!.move(this.#placeOf[slot]!, this.#inFlight[slot]!);
  }
}
