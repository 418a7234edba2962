import type { Arrivals } from '../../engine/arrivals/arrivals.ts';
import { MmppArrivals } from '../../engine/arrivals/mmpp.ts';
import { PoissonArrivals } from '../../engine/arrivals/poisson.ts';
import type { Stream } from '../../engine/random.ts';
import { samplerOf } from '../../traffic/sampler-of.ts';
import type { Workload } from './workload.ts';

/** Requests a second that all Pods together can serve at the start. */
export function capacityOf({ pods, service }: Workload): number {
  const cores = pods.reduce((sum, { count, cores, speed }) => sum + count * cores * speed, 0);
  return (cores * 1e9) / samplerOf(service).mean;
}

/** The arrivals of a workload: those of its load. */
export function arrivalsAt(workload: Workload, stream: Stream): Arrivals {
  const { load } = workload;
  const capacity = capacityOf(workload);
  if (load.kind === 'curve') {
    const points = load.points.map(([at, share]) => ({ at, ratePerSecond: share * capacity }));
    return new PoissonArrivals(stream, points);
  }
  const { phases } = load;
  return new MmppArrivals(
    stream,
    phases.map(({ load: share, mean }) => ({
      ratePerSecond: share * capacity,
      leavesPerSecond: phases.map(() => 1e9 / mean / Math.max(1, phases.length - 1)),
    })),
  );
}
