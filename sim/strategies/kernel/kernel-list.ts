import type { View } from '../strategy.ts';

/** How long a closed connection is still counted, ns: TIME_WAIT of ip_vs. @source linux net/netfilter/ipvs/ip_vs_proto_tcp.c */
const TIME_WAIT = 120e9;

/**
 * The destinations of a virtual server as ip_vs keeps them: the newest first, with the connections of this node alone, those
 * that are open and those that were closed in the last two minutes.
 */
export class KernelList {
  readonly #view: View;
  /** Slots in the kernel's order, the first `count`. */
  readonly order: Int32Array;
  count = 0;
  /** By slot: its place in the order; -1: it is not in the list. */
  readonly placeOf: Int32Array;
  /** By slot: closed connections that still count. */
  readonly inactive: Int32Array;
  /** By slot: whole numbers, as the kernel has them. */
  readonly weight: Int32Array;
  /** Closed connections: a ring of slots and of the times when they count no more. */
  #closed = new Int32Array(64);
  #until = new Float64Array(64);
  #first = 0;
  #size = 0;

  constructor(view: View) {
    this.#view = view;
    this.order = new Int32Array(view.capacity);
    this.placeOf = new Int32Array(view.capacity).fill(-1);
    this.inactive = new Int32Array(view.capacity);
    this.weight = new Int32Array(view.capacity);
  }

  /** Follows the members: those that came go to the head, one after the other. @source linux ip_vs_ctl.c, list_add_rcu */
  follow(): void {
    const { members, weight } = this.#view;
    const count = this.#view.count;
    const isMember = new Uint8Array(this.#view.capacity);
    for (let i = 0; i < count; i++) isMember[members[i]!] = 1;
    const kept = Array.from(this.order.subarray(0, this.count)).filter((slot) => isMember[slot] === 1);
    const added = Array.from(members.subarray(0, count)).filter((slot) => this.placeOf[slot]! < 0);
    this.order.set([...added.toReversed(), ...kept]);
    this.count = count;
    this.placeOf.fill(-1);
    for (let place = 0; place < count; place++) {
      const slot = this.order[place]!;
      this.placeOf[slot] = place;
      this.weight[slot] = Math.round(weight[slot]!);
    }
  }

  active(slot: number): number {
    return this.#view.inFlight[slot]!;
  }

  /** A connection was closed. */
  closed(slot: number): void {
    if (this.#size === this.#closed.length) this.#grow();
    const at = (this.#first + this.#size) & (this.#closed.length - 1);
    this.#closed[at] = slot;
    this.#until[at] = this.#view.clock[0]! + TIME_WAIT;
    this.#size++;
    this.inactive[slot] = this.inactive[slot]! + 1;
  }

  /** @returns a slot one of whose closed connections counts no more by now, which it did until this call; -1: none does */
  forget(): number {
    if (this.#size === 0 || this.#until[this.#first]! > this.#view.clock[0]!) return -1;
    const slot = this.#closed[this.#first]!;
    this.#first = (this.#first + 1) & (this.#closed.length - 1);
    this.#size--;
    this.inactive[slot] = this.inactive[slot]! - 1;
    return slot;
  }

  #grow(): void {
    const size = this.#size;
    const slots = new Int32Array(2 * size);
    const until = new Float64Array(2 * size);
    for (let i = 0; i < size; i++) {
      const at = (this.#first + i) & (size - 1);
      slots[i] = this.#closed[at]!;
      until[i] = this.#until[at]!;
    }
    this.#closed = slots;
    this.#until = until;
    this.#first = 0;
  }
}
