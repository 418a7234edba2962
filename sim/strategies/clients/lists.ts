import type { Strategy, View } from '../strategy.ts';

/** A rule for a list of backends that stays the same until it is told another. */
interface Rule {
  list: Int32Array;
  pick(): number;
}

/** A list with a place in it from which to go on, a random one at first. */
abstract class Circle implements Rule {
  protected readonly view: View;
  protected slots = new Int32Array(0);
  protected next = 0;

  constructor(view: View) {
    this.view = view;
  }

  set list(list: Int32Array) {
    this.slots = list as Int32Array<ArrayBuffer>;
    this.next = list.length > 0 ? this.view.random.below(list.length) : 0;
  }

  abstract pick(): number;
}

/** One after the other, from a random one on. */
export class Turns extends Circle {
  override pick(): number {
    const { next, slots } = this;
    if (slots.length === 0) return -1;
    this.next = next + 1 === slots.length ? 0 : next + 1;
    return slots[next]!;
  }
}

/** The one with the fewest requests in flight; of equals the next in turn. For short lists: it looks at all of them. */
export class FewestInTurn extends Circle {
  override pick(): number {
    const { next, slots } = this;
    const { inFlight } = this.view;
    let best = -1;
    for (let i = 0; i < slots.length; i++) {
      const place = next + i < slots.length ? next + i : next + i - slots.length;
      if (best < 0 || inFlight[slots[place]!]! < inFlight[slots[best]!]!) best = place;
    }
    if (best < 0) return -1;
    this.next = best + 1 === slots.length ? 0 : best + 1;
    return slots[best]!;
  }
}

/** A rule over those of the members that `choose` chooses at each change. */
export class Listed implements Strategy {
  readonly #choose: () => Int32Array;
  readonly #rule: Rule;

  constructor(rule: Rule, choose: () => Int32Array) {
    this.#rule = rule;
    this.#choose = choose;
  }

  changed(): void {
    this.#rule.list = this.#choose();
  }

  pick(): number {
    return this.#rule.pick();
  }
}
