import type { Strategy, View } from '../strategy.ts';
import { LeastTree } from '../structures/least-tree.ts';
import { KernelList } from './kernel-list.ts';

/**
 * lblc and lblcr: a virtual address keeps its destination (or a set of them, of which the least loaded is taken) until that has more
 * connections than weight while another has less than half of its weight. Behind one virtual address that is one list.
 * The same picks as by a walk, from trees: O(log n).
 * @source linux net/netfilter/ipvs/ip_vs_lblc.c, ip_vs_lblcr.c
 * @simplifies the set of lblcr never shrinks, which in the kernel takes a day without change
 */
export class LocalityOfKernel implements Strategy {
  readonly #view: View;
  readonly #list: KernelList;
  readonly #isSet: boolean;
  /** By place: load for weight of all, and of those that the address has; connections beyond half of the weight. */
  readonly #all: LeastTree;
  readonly #own: LeastTree;
  readonly #half: LeastTree;
  /** By slot: 1 if the address has it. */
  readonly #has: Uint8Array;

  constructor(view: View, isSet: boolean) {
    this.#view = view;
    this.#isSet = isSet;
    this.#list = new KernelList(view);
    this.#all = new LeastTree(view.capacity);
    this.#own = new LeastTree(view.capacity);
    this.#half = new LeastTree(view.capacity);
    this.#has = new Uint8Array(view.capacity);
  }

  changed(): void {
    const list = this.#list;
    list.follow();
    this.#all.clear();
    this.#own.clear();
    this.#half.clear();
    for (let place = 0; place < list.count; place++) this.#set(list.order[place]!);
  }

  pick(): number {
    const list = this.#list;
    for (let slot = list.forget(); slot >= 0; slot = list.forget()) this.#set(slot);
    const own = this.#own.first;
    if (own >= 0 && !this.#isOverloaded(list.order[own]!)) return list.order[own]!;
    const place = this.#all.first;
    if (place < 0) return -1;
    const slot = list.order[place]!;
    if (this.#has[slot] === 1) return slot;
    if (!this.#isSet && own >= 0) {
      this.#has[list.order[own]!] = 0;
      this.#own.set(own, Infinity);
    }
    this.#has[slot] = 1;
    this.#set(slot);
    return slot;
  }

  started(slot: number): void {
    this.#set(slot);
  }

  ended(slot: number): void {
    this.#list.closed(slot);
    this.#set(slot);
  }

  #isOverloaded(slot: number): boolean {
    const idlest = this.#half.first;
    return this.#view.inFlight[slot]! > this.#list.weight[slot]! && idlest >= 0 && this.#half.keyOf(idlest) < 0;
  }

  #set(slot: number): void {
    const list = this.#list;
    const place = list.placeOf[slot]!;
    if (place < 0) return;
    const weight = list.weight[slot]!;
    const active = this.#view.inFlight[slot]!;
    const load = weight > 0 ? (active * 256 + list.inactive[slot]!) / weight : Infinity;
    this.#all.set(place, load);
    this.#own.set(place, this.#has[slot] === 1 ? load : Infinity);
    this.#half.set(place, 2 * active - weight);
  }
}
