import type { Arrivals } from '../engine/arrivals/arrivals.ts';
import { BurstArrivals } from '../engine/arrivals/bursts.ts';
import { MmppArrivals } from '../engine/arrivals/mmpp.ts';
import { PeriodicArrivals } from '../engine/arrivals/periodic.ts';
import { PoissonArrivals } from '../engine/arrivals/poisson.ts';
import { RenewalArrivals } from '../engine/arrivals/renewal.ts';
import { ReplayArrivals } from '../engine/arrivals/replay.ts';
import type { Stream } from '../engine/random.ts';
import type { OpenProcess } from '../input/scenario.ts';
import { samplerOf } from './sampler-of.ts';

/** The arrivals of a source as a scenario names them. @param start ns */
export function arrivalsOf(process: OpenProcess, stream: Stream, start: number): Arrivals {
  switch (process.kind) {
    case 'poisson': {
      const points = process.rate.map(([at, ratePerSecond]) => ({ at, ratePerSecond }));
      return new PoissonArrivals(stream, points, start);
    }
    case 'renewal':
      return new RenewalArrivals(stream, samplerOf(process.gap), start);
    case 'bursts':
      return new BurstArrivals(stream, process.rate, samplerOf(process.on), samplerOf(process.off), start);
    case 'mmpp':
      return new MmppArrivals(stream, phasesOf(process.phases), start);
    case 'periodic': {
      const { every, callers, spread, jitter } = process;
      return new PeriodicArrivals(stream, every, callers, { spread, jitter, start });
    }
    case 'replay':
      return new ReplayArrivals(process.times);
  }
}

function phasesOf(phases: readonly { rate: number; mean: number }[]) {
  return phases.map(({ rate, mean }) => {
    const leaves = 1e9 / mean / Math.max(1, phases.length - 1);
    return { ratePerSecond: rate, leavesPerSecond: phases.map(() => leaves) };
  });
}
