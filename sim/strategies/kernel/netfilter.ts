import type { Strategy, StrategyKind, View } from '../strategy.ts';

/**
 * kube-proxy's chain of iptables rules: rule i of n matches with probability 1/(n-i) by a draw of its own, so a pick walks
 * half of the rules on average: O(n), in the kernel as here.
 * @source kubernetes pkg/proxy/iptables/proxier.go (probabilities of ten decimals); linux net/netfilter/xt_statistic.c (31 bits)
 */
export const iptablesRandom: StrategyKind = {
  name: 'iptables-random',
  title: 'kube-proxy’s chain of rules, each with a probability and a draw of its own',
  knows: 'nothing',
  runs: 'kernel',
  source: 'kubernetes pkg/proxy/iptables; linux xt_statistic.c',
  create: (view) => new StatisticChain(view),
};

/** @source linux net/netfilter/nft_numgen.c, reciprocal_scale */
export const nftablesRandom: StrategyKind = {
  name: 'nftables-random',
  title: 'kube-proxy’s map of nftables, by one draw',
  knows: 'nothing',
  runs: 'kernel',
  source: 'kubernetes pkg/proxy/nftables; linux nft_numgen.c',
  create: (view) => new NumberGenerator(view),
};

class StatisticChain implements Strategy {
  readonly #view: View;
  /** By rule: the draw of 31 bits below which it matches; by `rest`, the rules from it on. */
  readonly #below: Float64Array;

  constructor(view: View) {
    this.#view = view;
    this.#below = new Float64Array(view.capacity + 1);
    for (let rest = 2; rest <= view.capacity; rest++) {
      const written = Math.round(1e10 / rest) / 1e10;
      this.#below[rest] = Math.round(written * 2 ** 31);
    }
  }

  pick(): number {
    const { count, members, random } = this.#view;
    let i = 0;
    while (i < count - 1 && random.bits() >>> 1 >= this.#below[count - i]!) i++;
    return count === 0 ? -1 : members[i]!;
  }
}

class NumberGenerator implements Strategy {
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  pick(): number {
    const { count, members, random } = this.#view;
    return count === 0 ? -1 : members[Math.floor(((random.bits() >>> 0) * count) / 2 ** 32)]!;
  }
}
