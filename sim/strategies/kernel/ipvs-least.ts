import type { Strategy, View } from '../strategy.ts';
import { LeastTree } from '../structures/least-tree.ts';
import { KernelList } from './kernel-list.ts';

/** What the schedulers of ip_vs that look for the least go by. An open connection counts 256 times a closed one. */
export type Rule = 'lc' | 'wlc' | 'sed' | 'nq' | 'ovf' | 'fo';

/**
 * The schedulers of ip_vs that walk the list for the least (or the heaviest): the same pick from a tree, O(log n).
 * Quotients of whole numbers below 2^26 are exact enough to tie just where the kernel's cross-products do.
 * @source linux net/netfilter/ipvs/ip_vs_lc.c, ip_vs_wlc.c, ip_vs_sed.c, ip_vs_nq.c, ip_vs_ovf.c, ip_vs_fo.c
 */
export class LeastOfKernel implements Strategy {
  readonly #view: View;
  readonly #rule: Rule;
  readonly #list: KernelList;
  readonly #tree: LeastTree;
  /** Of nq: the idle ones, by their place. */
  readonly #idle: LeastTree | null;

  constructor(view: View, rule: Rule) {
    this.#view = view;
    this.#rule = rule;
    this.#list = new KernelList(view);
    this.#tree = new LeastTree(view.capacity);
    this.#idle = rule === 'nq' ? new LeastTree(view.capacity) : null;
  }

  changed(): void {
    const list = this.#list;
    list.follow();
    this.#tree.clear();
    this.#idle?.clear();
    for (let place = 0; place < list.count; place++) this.#set(list.order[place]!);
  }

  pick(): number {
    const list = this.#list;
    for (let slot = list.forget(); slot >= 0; slot = list.forget()) this.#set(slot);
    const idle = this.#idle === null ? -1 : this.#idle.first;
    const place = idle >= 0 ? idle : this.#tree.first;
    return place < 0 ? -1 : list.order[place]!;
  }

  started(slot: number): void {
    this.#set(slot);
  }

  ended(slot: number): void {
    this.#list.closed(slot);
    this.#set(slot);
  }

  #set(slot: number): void {
    const list = this.#list;
    const place = list.placeOf[slot]!;
    if (place < 0) return;
    const weight = list.weight[slot]!;
    if (weight <= 0) {
      this.#tree.set(place, Infinity);
      this.#idle?.set(place, Infinity);
      return;
    }
    const active = this.#view.inFlight[slot]!;
    this.#idle?.set(place, active === 0 ? place : Infinity);
    switch (this.#rule) {
      case 'lc':
        this.#tree.set(place, active * 256 + list.inactive[slot]!);
        break;
      case 'wlc':
        this.#tree.set(place, (active * 256 + list.inactive[slot]!) / weight);
        break;
      case 'ovf':
        this.#tree.set(place, active <= weight ? -weight : Infinity);
        break;
      case 'fo':
        this.#tree.set(place, -weight);
        break;
      default:
        this.#tree.set(place, (active + 1) / weight);
    }
  }
}
