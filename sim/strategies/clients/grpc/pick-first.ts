import type { Strategy, StrategyKind, View } from '../../strategy.ts';

/** @simplifies a connection is lost only when its backend leaves */
class PickFirst implements Strategy {
  readonly #view: View;
  readonly #shuffle: boolean;
  #connected = -1;

  constructor(view: View, shuffle: boolean) {
    this.#view = view;
    this.#shuffle = shuffle;
  }

  changed(): void {
    const { count, members, random } = this.#view;
    if (members.subarray(0, count).includes(this.#connected)) return;
    this.#connected = count === 0 ? -1 : members[this.#shuffle ? random.below(count) : 0]!;
  }

  pick(): number {
    return this.#connected;
  }
}

export const pickFirst: StrategyKind<{ shuffle: number }> = {
  name: 'grpc-pick-first',
  title: 'all requests over one connection, to the first address; to another when that backend leaves',
  knows: 'nothing',
  runs: 'client',
  source: 'grpc-go balancer/pickfirst; gRPC A62; CoreDNS and `shuffleAddressList` shuffle the addresses',
  options: { shuffle: 1 },
  create: (view, { shuffle }) => new PickFirst(view, shuffle !== 0),
};
