import type { Pod } from '../../cluster/api/pod.ts';
import { isTrue } from '../../cluster/conditions.ts';
import { humanDuration } from '../../cluster/human-duration.ts';
import { podSummary } from '../../cluster/pod-reason.ts';
import { ageColumn, type Column, NONE, nameColumn } from '../printer.ts';

/** @source kubernetes pkg/printers/internalversion/printers.go printPod */
export const podColumns: readonly Column<Pod>[] = [
  nameColumn(),
  {
    heading: 'READY',
    cell: (pod) => {
      const { ready, total } = podSummary(pod);
      return `${ready}/${total}`;
    },
  },
  { heading: 'STATUS', cell: (pod) => podSummary(pod).reason },
  { heading: 'RESTARTS', cell: (pod, { now }) => restartsOf(pod, now) },
  ageColumn(),
  { heading: 'IP', wide: true, cell: ({ status }) => status.podIPs?.[0]?.ip || status.podIP || NONE },
  { heading: 'NODE', wide: true, cell: ({ spec }) => spec.nodeName || NONE },
  // A Pod that is to displace others: the scheduler preempts nobody.
  { heading: 'NOMINATED NODE', wide: true, cell: () => NONE },
  { heading: 'READINESS GATES', wide: true, cell: gatesOf },
];

function restartsOf(pod: Pod, now: number): string {
  const { restarts, restartedAt } = podSummary(pod);
  if (restarts === 0 || restartedAt === undefined) return `${restarts}`;
  return `${restarts} (${humanDuration(now - restartedAt)} ago)`;
}

function gatesOf({ spec: { readinessGates = [] }, status }: Pod): string {
  if (readinessGates.length === 0) return NONE;
  const open = readinessGates.filter(({ conditionType }) => isTrue(status.conditions, conditionType));
  return `${open.length}/${readinessGates.length}`;
}
