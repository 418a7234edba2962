import type { Strategy, View } from '../strategy.ts';
import { LeastTree } from '../structures/least-tree.ts';

/** @returns those that may have requests, in the order in which they were published */
function available({ members, count, weight }: View): Int32Array {
  return members.slice(0, count).filter((slot) => weight[slot]! > 0);
}

/**
 * YARP's PowerOfTwoChoices, its default: two different destinations; fewer own requests, on a tie the first.
 * @source microsoft/reverse-proxy src/ReverseProxy/LoadBalancing/PowerOfTwoChoicesLoadBalancingPolicy.cs; before version 2 both draws could
 *   fall on the same one
 * @simplifies weights, which YARP has none of
 */
export class PowerOfTwoChoices implements Strategy {
  readonly #view: View;
  #slots: Int32Array = new Int32Array(0);

  constructor(view: View) {
    this.#view = view;
  }

  changed(): void {
    this.#slots = available(this.#view);
  }

  pick(): number {
    const { random, inFlight } = this.#view;
    const slots = this.#slots;
    if (slots.length < 2) return slots[0] ?? -1;
    const first = random.below(slots.length);
    let second = random.below(slots.length);
    while (second === first) second = random.below(slots.length);
    return inFlight[slots[first]!]! <= inFlight[slots[second]!]! ? slots[first]! : slots[second]!;
  }
}

/**
 * YARP's LeastRequests: the fewest own requests of all, of equal ones the first. O(log n).
 * @source microsoft/reverse-proxy src/ReverseProxy/LoadBalancing/LeastRequestsLoadBalancingPolicy.cs
 */
export class LeastRequests implements Strategy {
  readonly #view: View;
  #slots: Int32Array = new Int32Array(0);
  readonly #placeOf: Int32Array;
  #tree = new LeastTree(1);

  constructor(view: View) {
    this.#view = view;
    this.#placeOf = new Int32Array(view.capacity).fill(-1);
  }

  changed(): void {
    for (const slot of this.#slots) this.#placeOf[slot] = -1;
    this.#slots = available(this.#view);
    this.#tree = new LeastTree(Math.max(1, this.#slots.length));
    for (let place = 0; place < this.#slots.length; place++) {
      this.#placeOf[this.#slots[place]!] = place;
      this.#tree.set(place, this.#view.inFlight[this.#slots[place]!]!);
    }
  }

  pick(): number {
    const place = this.#tree.first;
    return place < 0 ? -1 : this.#slots[place]!;
  }

  started(slot: number): void {
    this.#count(slot);
  }

  ended(slot: number): void {
    this.#count(slot);
  }

  #count(slot: number): void {
    const place = this.#placeOf[slot]!;
    if (place >= 0) this.#tree.set(place, this.#view.inFlight[slot]!);
  }
}

/**
 * YARP's RoundRobin: a counter from 0, modulo the number of destinations; so proxies begin in step.
 * @source microsoft/reverse-proxy src/ReverseProxy/LoadBalancing/RoundRobinLoadBalancingPolicy.cs
 */
export class RoundRobin implements Strategy {
  readonly #view: View;
  #slots: Int32Array = new Int32Array(0);
  #turn = 0;

  constructor(view: View) {
    this.#view = view;
  }

  changed(): void {
    this.#slots = available(this.#view);
  }

  pick(): number {
    return this.#slots.length === 0 ? -1 : this.#slots[this.#turn++ % this.#slots.length]!;
  }
}
