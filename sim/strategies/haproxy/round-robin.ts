import type { Strategy, View } from '../strategy.ts';
import { OrderedTree } from '../structures/ordered-tree.ts';
import { EFFECTIVE_MAX, Servers, WEIGHT_SCALE } from './servers.ts';

/** Keys of positions are this far apart: what is left below orders servers of one position. */
const POSITION = 256;

/** Where a server is. `CURRENT`: has a position in this turn. The two others change roles at the end of a turn. */
const NOWHERE = 0;
const CURRENT = 1;
const EVEN = 2;
const ODD = 3;

/**
 * HAProxy's roundrobin. A turn has as many positions as the servers have weight together. A server that is picked is put (turn / weight)
 * positions further on, with the remainder carried along; beyond this turn it waits in the next one. A position that nobody has is given to a
 * server that had none in this turn yet, the heaviest first. O(log n).
 * @source haproxy src/lb_fwrr.c
 * @simplifies maxconn of servers, which would pass over those that are full
 */
export class RoundRobin implements Strategy {
  readonly #servers: Servers;
  /** By slot: the position of its next pick and of its last, and the carried remainder. */
  readonly #next: Float64Array;
  readonly #last: Float64Array;
  readonly #carry: Int32Array;
  readonly #where: Uint8Array;
  readonly #current: OrderedTree;
  readonly #even: OrderedTree;
  readonly #odd: OrderedTree;
  /** Which of the two holds those that had no pick in this turn yet; the other one holds those of the next turn. */
  #waiting = EVEN;
  /** Equal keys are served in the order in which they came. */
  #sequence = 0;
  /** The position now, and the length of this turn. */
  #position = 0;
  #turn = 0;
  #begun = false;

  constructor(view: View) {
    this.#servers = new Servers(view);
    this.#next = new Float64Array(view.capacity);
    this.#last = new Float64Array(view.capacity);
    this.#carry = new Int32Array(view.capacity);
    this.#where = new Uint8Array(view.capacity);
    this.#current = new OrderedTree(view.capacity);
    this.#even = new OrderedTree(view.capacity);
    this.#odd = new OrderedTree(view.capacity);
  }

  changed(): void {
    this.#servers.changed((slot, before, now) => {
      if (!this.#begun) this.#queueByWeight(this.#waiting, slot);
      else if (now === 0) this.#leave(slot, NOWHERE);
      else if (before === 0) this.#up(slot);
      else this.#reweigh(slot);
    });
    if (this.#begun || this.#servers.total === 0) return;
    this.#begun = true;
    this.#turn = this.#position = this.#servers.total;
  }

  pick(): number {
    if (this.#servers.slots.length === 0) return -1;
    let slot = this.#first();
    if (slot < 0) {
      this.#endTurn();
      slot = this.#first();
    }
    this.#advance(slot);
    this.#position++;
    this.#queue(slot);
    return slot;
  }

  /** The server of this position, else one that had none yet, else the one of the next position that is somebody's; -1: none is left. */
  #first(): number {
    const slot = this.#current.first;
    if (slot >= 0 && this.#next[slot]! <= this.#position) return slot;
    const fresh = this.#tree(this.#waiting).first;
    if (fresh < 0) return slot;
    this.#next[fresh] = this.#carry[fresh] = 0;
    return fresh;
  }

  #endTurn(): void {
    this.#waiting = EVEN + ODD - this.#waiting;
    this.#turn = this.#position = this.#servers.total;
  }

  #advance(slot: number): void {
    const weight = this.#servers.effective[slot]!;
    const turn = this.#servers.total;
    if (this.#next[slot] === 0) this.#next[slot] = this.#position;
    this.#last[slot] = this.#next[slot]!;
    this.#next[slot]! += Math.trunc(turn / weight);
    this.#carry[slot]! += turn % weight;
    if (this.#carry[slot]! < weight) return;
    this.#carry[slot]! -= weight;
    this.#next[slot]!++;
  }

  /** Puts a server where its next position says; the next turn is as long as the weights are now. */
  #queue(slot: number): void {
    const next = this.#next[slot]!;
    if (next >= 2 * this.#turn || next >= this.#turn + this.#servers.total) {
      this.#next[slot]! -= this.#turn;
      this.#queueByWeight(EVEN + ODD - this.#waiting, slot);
      return;
    }
    this.#leave(slot, CURRENT);
    const late = Math.trunc((EFFECTIVE_MAX + this.#carry[slot]! - this.#servers.effective[slot]!) / WEIGHT_SCALE);
    this.#current.set(slot, POSITION * next + late, this.#sequence++);
  }

  #queueByWeight(where: number, slot: number): void {
    this.#leave(slot, where);
    this.#tree(where).set(slot, EFFECTIVE_MAX - this.#servers.effective[slot]!, this.#sequence++);
  }

  /** Takes it out of the tree where it is. @param to where it will be */
  #leave(slot: number, to: number): void {
    const where = this.#where[slot]!;
    if (where !== NOWHERE) this.#tree(where).remove(slot);
    this.#where[slot] = to;
  }

  #up(slot: number): void {
    const rest = this.#servers.total + this.#turn - this.#position;
    this.#next[slot] = this.#position + Math.trunc(rest / this.#servers.effective[slot]!);
    this.#queue(slot);
  }

  #reweigh(slot: number): void {
    if (this.#where[slot] === this.#waiting) return this.#queueByWeight(this.#waiting, slot);
    const step = Math.trunc(this.#servers.total / this.#servers.effective[slot]!);
    const next = this.#where[slot] === CURRENT ? this.#next[slot]! : this.#next[slot]! + this.#turn;
    this.#next[slot] = Math.min(next, this.#last[slot]! + step);
    this.#carry[slot] = 0;
    if (this.#next[slot]! < this.#position + 2) this.#next[slot] = this.#position + step;
    this.#queue(slot);
  }

  #tree(where: number): OrderedTree {
    return where === CURRENT ? this.#current : where === EVEN ? this.#even : this.#odd;
  }
}
