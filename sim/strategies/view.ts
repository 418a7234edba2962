import type { Stream } from '../engine/random.ts';
import type { View } from './strategy.ts';

/** The backends of a run, as all instances of a strategy see them. Rows by slot; a slot is never used twice. */
export class Backends {
  readonly capacity: number;
  readonly members: Int32Array;
  /** Members now. */
  count = 0;
  readonly weight: Float64Array;
  readonly address: string[];
  readonly zone: Int32Array;
  readonly joined: Float64Array;
  readonly startsAt: Float64Array;
  /** By slot: its place in `members`; -1: it is none. */
  readonly #placeOf: Int32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.members = new Int32Array(capacity);
    this.weight = new Float64Array(capacity).fill(1);
    this.address = new Array<string>(capacity).fill('');
    this.zone = new Int32Array(capacity);
    this.joined = new Float64Array(capacity).fill(-Infinity);
    this.startsAt = new Float64Array(capacity);
    this.#placeOf = new Int32Array(capacity).fill(-1);
  }

  has(slot: number): boolean {
    return this.#placeOf[slot]! >= 0;
  }

  /** Whether nobody has written to `members` from outside. */
  get isSound(): boolean {
    for (let i = 0; i < this.count; i++) if (this.#placeOf[this.members[i]!] !== i) return false;
    return true;
  }

  /** Adds it as the last member. Instances must be told by `changed`. */
  join(slot: number, address: string): void {
    if (this.has(slot)) return;
    this.address[slot] = address;
    this.#placeOf[slot] = this.count;
    this.members[this.count] = slot;
    this.count++;
  }

  /** Takes it away; the order of the others stays. */
  leave(slot: number): void {
    const place = this.#placeOf[slot]!;
    if (place < 0) return;
    this.members.copyWithin(place, place + 1, this.count);
    this.count--;
    this.#placeOf[slot] = -1;
    for (let i = place; i < this.count; i++) this.#placeOf[this.members[i]!] = i;
  }
}

/** Who an instance is, beside what it shares with the others. */
export interface Seat {
  readonly instance: number;
  readonly instances: number;
  readonly home: number;
  readonly instancesIn: Int32Array;
}

/** The only one of its kind, in zone 0. */
export const ALONE: Seat = { instance: 0, instances: 1, home: 0, instancesIn: Int32Array.of(1) };

/** What one instance sees: what all see, and its own requests in flight. */
export class InstanceView implements View {
  readonly #backends: Backends;
  readonly #probe: (instance: number, slot: number) => void;
  readonly capacity: number;
  readonly members: Int32Array;
  readonly weight: Float64Array;
  readonly address: readonly string[];
  readonly zone: Int32Array;
  readonly joined: Float64Array;
  readonly startsAt: Float64Array;
  readonly inFlight: Int32Array;
  readonly clock: Float64Array;
  readonly random: Stream;
  readonly instance: number;
  readonly instances: number;
  readonly home: number;
  readonly instancesIn: Int32Array;
  readonly reply: Float64Array;

  /** @param reply shared by all instances: it is read during a call only @param probe sends one; its answer comes by `Strategy.probed` */
  constructor(
    backends: Backends,
    seat: Seat,
    clock: Float64Array,
    random: Stream,
    reply: Float64Array,
    probe: (instance: number, slot: number) => void,
  ) {
    this.#backends = backends;
    this.#probe = probe;
    this.capacity = backends.capacity;
    this.members = backends.members;
    this.weight = backends.weight;
    this.address = backends.address;
    this.zone = backends.zone;
    this.joined = backends.joined;
    this.startsAt = backends.startsAt;
    this.inFlight = new Int32Array(backends.capacity);
    this.clock = clock;
    this.random = random;
    this.instance = seat.instance;
    this.instances = seat.instances;
    this.home = seat.home;
    this.instancesIn = seat.instancesIn;
    this.reply = reply;
  }

  get count(): number {
    return this.#backends.count;
  }

  probe(slot: number): void {
    this.#probe(this.instance, slot);
  }
}
