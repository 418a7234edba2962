import type { Condition, KubernetesObject } from '../../cluster/api/meta.ts';
import type { Pod, PodTemplate } from '../../cluster/api/pod.ts';
import type { DaemonSet, Deployment, Job, ReplicaSet, StatefulSet } from '../../cluster/api/workloads.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { formatSelector, NONE } from '../printer.ts';
import { containers } from './pod.ts';
import type { Sheet } from './sheet.ts';
import { formatRFC1123 } from './time.ts';

/** @source kubectl pkg/describe/describe.go DeploymentDescriber */
export function describeDeployment(deployment: Deployment, sheet: Sheet): void {
  const { metadata, spec, status } = deployment;
  begin(deployment, sheet);
  sheet.metadata(deployment);
  sheet.field('Selector', formatSelector(spec.selector));
  const { updatedReplicas, replicas, availableReplicas, unavailableReplicas } = status;
  sheet.field(
    'Replicas',
    `${spec.replicas} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${unavailableReplicas} unavailable`,
  );
  sheet.field('StrategyType', spec.strategy.type);
  sheet.field('MinReadySeconds', spec.minReadySeconds);
  if (spec.strategy.rollingUpdate) {
    const { maxUnavailable, maxSurge } = spec.strategy.rollingUpdate;
    sheet.field('RollingUpdateStrategy', `${maxUnavailable} max unavailable, ${maxSurge} max surge`);
  }
  template(spec.template, sheet);
  conditions(status.conditions, sheet);
  const sets = sheet.snapshot
    .list('ReplicaSet')
    .filter((set) => controllerOf(set)?.uid === metadata.uid && set.spec.replicas + set.status.replicas > 0);
  const newest = sets.toSorted((a, b) => a.metadata.creationTimestamp - b.metadata.creationTimestamp).at(-1);
  const texts = (some: readonly ReplicaSet[]) =>
    some
      .map((set) => `${set.metadata.name} (${set.status.replicas}/${set.spec.replicas} replicas created)`)
      .join(', ') || NONE;
  sheet.field('OldReplicaSets', texts(sets.filter((set) => set !== newest)));
  sheet.field('NewReplicaSet', texts(newest === undefined ? [] : [newest]));
  sheet.events(deployment);
}

/** @source ReplicaSetDescriber */
export function describeReplicaSet(set: ReplicaSet, sheet: Sheet): void {
  sheet.head(set);
  sheet.field('Selector', formatSelector(set.spec.selector));
  sheet.metadata(set);
  sheet.controlledBy(controllerOf(set));
  sheet.field('Replicas', `${set.status.replicas} current / ${set.spec.replicas} desired`);
  podsStatus(set, sheet);
  template(set.spec.template, sheet);
  conditions(set.status.conditions, sheet);
  sheet.events(set);
}

/** @source StatefulSetDescriber */
export function describeStatefulSet(set: StatefulSet, sheet: Sheet): void {
  begin(set, sheet);
  sheet.field('Selector', formatSelector(set.spec.selector));
  sheet.metadata(set);
  sheet.field('Replicas', `${set.spec.replicas} desired | ${set.status.replicas} total`);
  sheet.field('Update Strategy', set.spec.updateStrategy.type);
  const partition = set.spec.updateStrategy.rollingUpdate?.partition;
  if (partition !== undefined) sheet.field('Partition', partition, 1);
  podsStatus(set, sheet);
  template(set.spec.template, sheet);
  sheet.events(set);
}

/** @source DaemonSetDescriber */
export function describeDaemonSet(set: DaemonSet, sheet: Sheet): void {
  const { status } = set;
  sheet.head(set);
  sheet.field('Selector', formatSelector(set.spec.selector));
  sheet.labels('Node-Selector', set.spec.template.spec.nodeSelector ?? {});
  sheet.metadata(set);
  sheet.field('Desired Number of Nodes Scheduled', status.desiredNumberScheduled);
  sheet.field('Current Number of Nodes Scheduled', status.currentNumberScheduled);
  sheet.field('Number of Nodes Scheduled with Up-to-date Pods', status.updatedNumberScheduled);
  sheet.field('Number of Nodes Scheduled with Available Pods', status.numberAvailable);
  sheet.field('Number of Nodes Misscheduled', status.numberMisscheduled);
  podsStatus(set, sheet);
  template(set.spec.template, sheet);
  sheet.events(set);
}

/** @source JobDescriber */
export function describeJob(job: Job, sheet: Sheet): void {
  const { spec, status } = job;
  sheet.head(job);
  sheet.field('Selector', formatSelector(spec.selector));
  sheet.metadata(job);
  sheet.controlledBy(controllerOf(job));
  sheet.field('Parallelism', spec.parallelism);
  sheet.field('Completions', spec.completions ?? '<unset>');
  sheet.field('Completion Mode', spec.completionMode);
  sheet.field('Suspend', `${spec.suspend}`);
  sheet.field('Backoff Limit', spec.backoffLimit);
  if (status.startTime !== undefined) sheet.field('Start Time', formatRFC1123(status.startTime));
  if (status.completionTime !== undefined) sheet.field('Completed At', formatRFC1123(status.completionTime));
  if (spec.activeDeadlineSeconds !== undefined)
    sheet.field('Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`);
  sheet.field(
    'Pods Statuses',
    `${status.active} Active (${status.ready} Ready) / ${status.succeeded} Succeeded / ${status.failed} Failed`,
  );
  template(spec.template, sheet);
  sheet.events(job);
}

/** `Type Status Reason`, as a workload's and an autoscaler's. */
function conditions(all: readonly Condition[], sheet: Sheet): void {
  if (all.length === 0) return;
  const rows = all.map(({ type, status, reason = '' }) => [type, status, reason]);
  sheet.table('Conditions', ['Type', 'Status', 'Reason'], rows);
}

function begin(object: KubernetesObject, sheet: Sheet): void {
  sheet.head(object);
  sheet.field('CreationTimestamp', formatRFC1123(object.metadata.creationTimestamp));
}

function podsStatus({ metadata }: KubernetesObject, sheet: Sheet): void {
  const pods = sheet.snapshot.podsIn(metadata.namespace).filter((pod) => controllerOf(pod)?.uid === metadata.uid);
  const count = (phase: Pod['status']['phase']) => pods.filter(({ status }) => status.phase === phase).length;
  sheet.field(
    'Pods Status',
    `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`,
  );
}

function template({ metadata, spec }: PodTemplate, sheet: Sheet): void {
  sheet.field('Pod Template');
  sheet.labels('Labels', metadata.labels, '=', 1);
  if (Object.keys(metadata.annotations).length > 0) sheet.labels('Annotations', metadata.annotations, ': ', 1);
  if (spec.initContainers?.length) containers('Init Containers', spec.initContainers, undefined, sheet, 1);
  containers('Containers', spec.containers, undefined, sheet, 1);
  sheet.labels('Node-Selectors', spec.nodeSelector ?? {}, '=', 1);
}
