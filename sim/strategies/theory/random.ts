import type { Strategy, StrategyKind, View } from '../strategy.ts';

/** One uniform draw for each request, whatever is known. */
export const random: StrategyKind = {
  name: 'random',
  title: 'any backend, all alike',
  knows: 'nothing',
  runs: 'client',
  source: 'the baseline of all others',
  create: (view) => new Random(view),
};

class Random implements Strategy {
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  pick(): number {
    const { count, members, random } = this.#view;
    return count === 0 ? -1 : members[random.below(count)]!;
  }
}
