import type { Stream } from '../../engine/random.ts';
import type { View } from '../strategy.ts';

/** A view of some of the members of another: what a strategy inside another one sees. All else is the same. */
export class SubView implements View {
  readonly #whole: View;
  readonly capacity: number;
  readonly members: Int32Array;
  count = 0;
  readonly weight: Float64Array;
  readonly address: readonly string[];
  readonly zone: Int32Array;
  readonly joined: Float64Array;
  readonly inFlight: Int32Array;
  readonly clock: Float64Array;
  readonly random: Stream;
  readonly instance: number;
  readonly instances: number;
  readonly home: number;
  readonly instancesIn: Int32Array;
  readonly reply: Float64Array;
  readonly startsAt: Float64Array;

  constructor(whole: View) {
    this.#whole = whole;
    this.capacity = whole.capacity;
    this.members = new Int32Array(whole.capacity);
    this.weight = whole.weight;
    this.address = whole.address;
    this.zone = whole.zone;
    this.joined = whole.joined;
    this.inFlight = whole.inFlight;
    this.clock = whole.clock;
    this.random = whole.random;
    this.instance = whole.instance;
    this.instances = whole.instances;
    this.home = whole.home;
    this.instancesIn = whole.instancesIn;
    this.reply = whole.reply;
    this.startsAt = whole.startsAt;
  }

  /** Shows those members of the whole that pass, in its order. The strategy inside must be told. */
  show(passes: (slot: number) => boolean): void {
    const { members, count, weight } = this.#whole;
    this.count = 0;
    for (let i = 0; i < count; i++) {
      const slot = members[i]!;
      if (weight[slot]! > 0 && passes(slot)) this.members[this.count++] = slot;
    }
  }

  probe(slot: number): void {
    this.#whole.probe(slot);
  }
}
