import type { Strategy, StrategyKind, View } from '../../strategy.ts';

class LeastRequest implements Strategy {
  readonly #view: View;
  readonly #choices: number;

  constructor(view: View, choices: number) {
    this.#view = view;
    this.#choices = choices;
  }

  pick(): number {
    const { count, inFlight, members, random } = this.#view;
    if (count === 0) return -1;
    let best = members[random.below(count)]!;
    for (let i = 1; i < this.#choices; i++) {
      const other = members[random.below(count)]!;
      if (inFlight[other]! < inFlight[best]!) best = other;
    }
    return best;
  }
}

export const leastRequest: StrategyKind<{ choices: number }> = {
  name: 'grpc-least-request',
  title: 'of backends drawn at random, the same one perhaps twice, the first with the fewest requests in flight',
  knows: 'localCounts',
  runs: 'client',
  source: 'grpc-go balancer/leastrequest; gRPC A48: choices are 2 to 10',
  options: { choices: 2 },
  create: (view, { choices }) => new LeastRequest(view, Math.min(10, Math.max(2, choices))),
};
