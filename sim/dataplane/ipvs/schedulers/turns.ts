import type { Destination, Scheduler } from './scheduler.ts';

/**
 * Where the last pick was, in a list that may have changed since: if its destination is gone, the one before it.
 */
class Cursor {
  #list: readonly Destination[] = [];
  /** -1: before the first. */
  at = -1;

  follow(list: readonly Destination[]): void {
    if (list === this.#list) return;
    const old = this.#list;
    let at = this.at;
    let index = -1;
    while (at >= 0 && index < 0) {
      index = indexOf(list, old[at]!);
      at--;
    }
    this.#list = list;
    this.at = index;
  }
}

function indexOf(list: readonly Destination[], { ip, port }: Destination): number {
  return list.findIndex((each) => each.ip === ip && each.port === port);
}

/** rr: the next in the list after the last pick. @source linux net/netfilter/ipvs/ip_vs_rr.c */
export class RoundRobin implements Scheduler {
  readonly #cursor = new Cursor();

  pick(destinations: readonly Destination[]): number {
    const cursor = this.#cursor;
    cursor.follow(destinations);
    const n = destinations.length;
    for (let i = 1; i <= n; i++) {
      const at = (cursor.at + i) % n;
      if (destinations[at]!.weight > 0) {
        cursor.at = at;
        return at;
      }
    }
    return -1;
  }
}

/**
 * wrr: walks the list and takes those whose weight is at least a bar, which falls by the weights' common divisor at each
 * wrap. @source linux net/netfilter/ipvs/ip_vs_wrr.c
 */
export class WeightedRoundRobin implements Scheduler {
  readonly #cursor = new Cursor();
  #list: readonly Destination[] | null = null;
  #step = 1;
  #top = 0;
  #bar = 0;

  pick(destinations: readonly Destination[]): number {
    if (destinations !== this.#list) this.#changed(destinations);
    const cursor = this.#cursor;
    cursor.follow(destinations);
    if (this.#top === 0) return -1;
    for (;;) {
      while (++cursor.at < destinations.length) if (destinations[cursor.at]!.weight >= this.#bar) return cursor.at;
      cursor.at = -1;
      this.#bar -= this.#step;
      if (this.#bar <= 0) this.#bar = this.#top;
    }
  }

  #changed(destinations: readonly Destination[]): void {
    const weights = destinations.map(({ weight }) => weight).filter((weight) => weight > 0);
    this.#step = weights.reduce(greatestCommonDivisor, 0) || 1;
    this.#top = weights.length === 0 ? 0 : Math.max(...weights) - (this.#step - 1);
    if (this.#list === null || this.#bar > this.#top || this.#bar <= 0) this.#bar = this.#top;
    this.#list = destinations;
  }
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
