import type { Workload } from './workload.ts';

/** Of what is measured: enough for a p99 of some 30,000 requests; and of the warm-up. */
const MEASURED = 0.3;
const WARM_UP = 0.5;

/** A workload in which nothing happens at a time of its own, shorter; others as they are. For a first look. */
export function shortened(workload: Workload): Workload {
  const { faults, load, duration, warmUp } = workload;
  const isSteady =
    faults.every(({ kind }) => kind === 'antagonist') && (load.kind === 'phases' || load.points.length === 1);
  if (!isSteady) return workload;
  return { ...workload, warmUp: WARM_UP * warmUp, duration: WARM_UP * warmUp + MEASURED * (duration - warmUp) };
}
