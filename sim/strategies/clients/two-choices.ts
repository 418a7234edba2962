import type { Strategy, View } from '../strategy.ts';
import type { Load } from './loads.ts';

/**
 * The less loaded of two distinct backends at random; of equals the first.
 * @source finagle loadbalancer/p2c/P2CPick.scala; tower tower/src/balance/p2c/service.rs
 * @simplifies all members are healthy: what would mark them (failure accrual) is another layer
 */
export class TwoChoices implements Strategy {
  readonly #view: View;
  readonly #load: Load;

  constructor(view: View, load: Load) {
    this.#view = view;
    this.#load = load;
  }

  changed(): void {
    this.#load.changed?.();
  }

  pick(): number {
    const { count, members } = this.#view;
    return count === 0 ? -1 : lessLoaded(this.#view, this.#load, members, count);
  }

  ended(slot: number): void {
    this.#load.ended?.(slot);
  }
}

/** @returns one of two of the first `range` slots, which is at least 1 */
export function lessLoaded({ random }: View, load: Load, slots: Int32Array, range: number): number {
  if (range === 1) return slots[0]!;
  const first = random.below(range);
  const other = random.below(range - 1);
  const a = slots[first]!;
  const b = slots[other + Number(other >= first)]!;
  load.measure(a, 0);
  load.measure(b, 1);
  return load.measured[0]! <= load.measured[1]! ? a : b;
}
