import type { DaemonSet, Deployment, Job, ReplicaSet, StatefulSet } from '../../cluster/api/workloads.ts';
import { isTrue } from '../../cluster/conditions.ts';
import { humanDuration } from '../../cluster/human-duration.ts';
import { ageColumn, type Column, formatLabels, nameColumn, selectorColumn, templateColumns } from '../printer.ts';

/** @source kubernetes pkg/printers/internalversion/printers.go printDeployment */
export const deploymentColumns: readonly Column<Deployment>[] = [
  nameColumn(),
  { heading: 'READY', cell: ({ spec, status }) => `${status.readyReplicas}/${spec.replicas}` },
  { heading: 'UP-TO-DATE', cell: ({ status }) => `${status.updatedReplicas}` },
  { heading: 'AVAILABLE', cell: ({ status }) => `${status.availableReplicas}` },
  ageColumn(),
  ...templateColumns<Deployment>(),
  selectorColumn(),
];

/** @source printReplicaSet */
export const replicaSetColumns: readonly Column<ReplicaSet>[] = [
  nameColumn(),
  { heading: 'DESIRED', cell: ({ spec }) => `${spec.replicas}` },
  { heading: 'CURRENT', cell: ({ status }) => `${status.replicas}` },
  { heading: 'READY', cell: ({ status }) => `${status.readyReplicas}` },
  ageColumn(),
  ...templateColumns<ReplicaSet>(),
  selectorColumn(),
];

/** @source printStatefulSet */
export const statefulSetColumns: readonly Column<StatefulSet>[] = [
  nameColumn(),
  { heading: 'READY', cell: ({ spec, status }) => `${status.readyReplicas}/${spec.replicas}` },
  ageColumn(),
  ...templateColumns<StatefulSet>(),
];

/** @source printDaemonSet */
export const daemonSetColumns: readonly Column<DaemonSet>[] = [
  nameColumn(),
  { heading: 'DESIRED', cell: ({ status }) => `${status.desiredNumberScheduled}` },
  { heading: 'CURRENT', cell: ({ status }) => `${status.currentNumberScheduled}` },
  { heading: 'READY', cell: ({ status }) => `${status.numberReady}` },
  { heading: 'UP-TO-DATE', cell: ({ status }) => `${status.updatedNumberScheduled}` },
  { heading: 'AVAILABLE', cell: ({ status }) => `${status.numberAvailable}` },
  { heading: 'NODE SELECTOR', cell: ({ spec }) => formatLabels(spec.template.spec.nodeSelector ?? {}) },
  ageColumn(),
  ...templateColumns<DaemonSet>(),
  selectorColumn(),
];

/** @source printJob */
export const jobColumns: readonly Column<Job>[] = [
  nameColumn(),
  { heading: 'STATUS', cell: jobStatus },
  { heading: 'COMPLETIONS', cell: jobCompletions },
  { heading: 'DURATION', cell: (job, { now }) => jobDuration(job, now) },
  ageColumn(),
  ...templateColumns<Job>(),
  selectorColumn(),
];

function jobStatus({ metadata, spec, status }: Job): string {
  const is = (type: string) => isTrue(status.conditions, type);
  if (is('Complete')) return 'Complete';
  if (is('Failed')) return 'Failed';
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (is('Suspended') || spec.suspend) return 'Suspended';
  if (is('FailureTarget')) return 'FailureTarget';
  if (is('SuccessCriteriaMet')) return 'SuccessCriteriaMet';
  return 'Running';
}

function jobCompletions({ spec, status }: Job): string {
  if (spec.completions !== undefined) return `${status.succeeded}/${spec.completions}`;
  return spec.parallelism > 1 ? `${status.succeeded}/1 of ${spec.parallelism}` : `${status.succeeded}/1`;
}

function jobDuration({ status }: Job, now: number): string {
  if (status.startTime === undefined) return '';
  return humanDuration((status.completionTime ?? now) - status.startTime);
}
