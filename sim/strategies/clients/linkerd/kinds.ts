import type { StrategyKind } from '../../strategy.ts';
import { PeakEwma } from '../loads.ts';
import { TwoChoices } from '../two-choices.ts';

/** @simplifies the latency is that of the whole response, not of its first bytes; failure accrual, which is off by default, is left out */
const peakEwma: StrategyKind<{ decay: number; initial: number }> = {
  name: 'linkerd-peak-ewma',
  title:
    'of two distinct backends at random the one with the lower peak-sensitive average latency x requests in flight',
  knows: 'localLatency',
  runs: 'client',
  source:
    'linkerd2-proxy: tower tower/src/load/peak_ewma.rs, tower/src/balance/p2c/service.rs; decay 10 s, initial 30 ms',
  options: { decay: 10, initial: 0.03 },
  create: (view, { decay, initial }) => new TwoChoices(view, new PeakEwma(view, decay * 1e9, initial * 1e9)),
};

export const LINKERD: readonly StrategyKind[] = [peakEwma];
