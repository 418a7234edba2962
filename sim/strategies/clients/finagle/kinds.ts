import type { StrategyKind } from '../../strategy.ts';
import { LeastLoaded, PeakEwma } from '../loads.ts';
import { TwoChoices } from '../two-choices.ts';
import { Aperture } from './aperture.ts';
import { DeterministicAperture } from './deterministic-aperture.ts';

const second = 1e9;

const leastLoaded: StrategyKind = {
  name: 'finagle-p2c',
  title: 'of two distinct backends at random the one with fewer requests in flight',
  knows: 'localCounts',
  runs: 'client',
  source: 'finagle loadbalancer/p2c/P2CPick.scala, LeastLoaded.scala',
  create: (view) => new TwoChoices(view, new LeastLoaded(view)),
};

const peakEwma: StrategyKind<{ decay: number }> = {
  name: 'finagle-peak-ewma',
  title:
    'of two distinct backends at random the one with the lower peak-sensitive average latency x requests in flight',
  knows: 'localLatency',
  runs: 'client',
  source: 'finagle loadbalancer/p2c/P2CPick.scala, PeakEwma.scala',
  options: { decay: 10 },
  create: (view, { decay }) => new TwoChoices(view, new PeakEwma(view, decay * second, 0)),
};

const aperture: StrategyKind<{ low: number; high: number; window: number; least: number }> = {
  name: 'finagle-aperture',
  title: "two choices among a few backends of the client's own, as many as its load fills",
  knows: 'localCounts',
  runs: 'client',
  source: 'finagle loadbalancer/aperture/RandomAperture.scala, LoadBand.scala',
  options: { low: 0.875, high: 1.125, window: 15, least: 1 },
  create: (view, { window, ...band }) =>
    new Aperture(view, new LeastLoaded(view), { ...band, window: window * second }),
};

const deterministicAperture: StrategyKind<{ least: number }> = {
  name: 'finagle-deterministic-aperture',
  title: 'clients and backends share a ring; two choices among the backends under the arc of a client, by arc and load',
  knows: 'localCounts',
  runs: 'client',
  source: 'finagle loadbalancer/aperture/DeterministicAperture.scala, Ring.scala',
  options: { least: 12 },
  create: (view, { least }) => new DeterministicAperture(view, new LeastLoaded(view), least),
};

export const FINAGLE: readonly StrategyKind[] = [leastLoaded, peakEwma, aperture, deterministicAperture];
