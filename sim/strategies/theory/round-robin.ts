import type { Strategy, StrategyKind, View } from '../strategy.ts';

/** One after the other, each instance by itself and from a random one on, so that they are not in step. */
export const roundRobin: StrategyKind = {
  name: 'round-robin',
  title: 'one after the other; each client begins anywhere',
  knows: 'nothing',
  runs: 'client',
  source: 'folklore; a random start as in gRPC',
  create: (view) => new RoundRobin(view),
};

class RoundRobin implements Strategy {
  readonly #view: View;
  #turn: number;

  constructor(view: View) {
    this.#view = view;
    this.#turn = view.random.below(2 ** 30);
  }

  pick(): number {
    const { count, members } = this.#view;
    if (count === 0) return -1;
    this.#turn = (this.#turn + 1) % count;
    return members[this.#turn]!;
  }
}
