import type { Workload } from './workload.ts';

/** How many Pods there are over the whole run of a workload: each has a slot of its own. */
export function podsEver({ pods, faults, zones }: Workload): number {
  const places = pods.reduce((sum, { count }) => sum + count, 0);
  const of = (which: { pods: number } | { zone: number }) =>
    'pods' in which ? Math.min(which.pods, places) : Math.ceil(places / zones);
  const more = faults.map((fault) => (fault.kind === 'down' || fault.kind === 'restart' ? of(fault.which) : 0));
  return places + more.reduce((sum, count) => sum + count, 0);
}
