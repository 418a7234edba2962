import type { Strategy, StrategyKind, View } from '../strategy.ts';

/**
 * The shortest, by the truth, of d queues drawn with replacement; the first of equals.
 * @source M. Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 2001; N. Vvedenskaya et al., 1996
 */
export const powerOfD: StrategyKind = {
  name: 'power-of-d',
  title: 'the shortest of d queues drawn at random, by the truth',
  knows: 'global',
  runs: 'dispatcher',
  source: 'M. Mitzenmacher 2001',
  options: { d: 2 },
  create: (view, { d = 2 }) => new PowerOfD(view, d),
};

class PowerOfD implements Strategy {
  readonly #view: View;
  readonly #d: number;

  constructor(view: View, d: number) {
    this.#view = view;
    this.#d = Math.max(1, d);
  }

  pick(): number {
    const { count, members, inFlight, random } = this.#view;
    if (count === 0) return -1;
    let best = members[random.below(count)]!;
    for (let i = 1; i < this.#d; i++) {
      const slot = members[random.below(count)]!;
      if (inFlight[slot]! < inFlight[best]!) best = slot;
    }
    return best;
  }
}
