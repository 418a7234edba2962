import type { ContainerStatus, Pod } from './api/pod.ts';
import { conditionOf, isTrue } from './conditions.ts';
import { isTerminal } from './pod-state.ts';

/** A Pod in the words of `kubectl get pods`. */
export interface PodSummary {
  /** Containers and sidecars that are ready, of all. */
  ready: number;
  total: number;
  /** `Running`, `Pending`, `Init:0/1`, `CrashLoopBackOff`, `Terminating`… */
  reason: string;
  restarts: number;
  /** ns of the last container's end that led to a restart; absent: not known, or there was none. */
  restartedAt?: number;
}

/** @source kubernetes pkg/printers/internalversion/printers.go printPod */
export function podSummary(pod: Pod): PodSummary {
  const { spec, status } = pod;
  const sidecars = new Set(
    (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name),
  );
  const summary: PodSummary = {
    ready: 0,
    total: spec.containers.length + sidecars.size,
    reason: status.reason || status.phase,
    restarts: 0,
  };
  if (conditionOf(status.conditions, 'PodScheduled')?.reason === 'SchedulingGated') summary.reason = 'SchedulingGated';
  const initializing = countInits(pod, sidecars, summary);
  if (!initializing || isTrue(status.conditions, 'Initialized')) countContainers(pod, sidecars, summary);
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') summary.reason = 'Unknown';
    else if (!isTerminal(pod)) summary.reason = 'Terminating';
  }
  return summary;
}

/** @returns whether an init container is still to end */
function countInits({ spec, status }: Pod, sidecars: ReadonlySet<string>, summary: PodSummary): boolean {
  for (const [i, container] of (status.initContainerStatuses ?? []).entries()) {
    countRestarts(container, summary);
    const { waiting, terminated } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(container.name) && container.started) {
      if (container.ready) summary.ready++;
      continue;
    }
    if (terminated) summary.reason = `Init:${terminated.reason || `ExitCode:${terminated.exitCode}`}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${i}/${spec.initContainers?.length ?? 0}`;
    return true;
  }
  return false;
}

function countContainers({ status }: Pod, sidecars: ReadonlySet<string>, summary: PodSummary): void {
  summary.restarts = 0;
  delete summary.restartedAt;
  for (const init of status.initContainerStatuses ?? []) if (sidecars.has(init.name)) countRestarts(init, summary);
  let hasRunning = false;
  for (const container of (status.containerStatuses ?? []).toReversed()) {
    countRestarts(container, summary);
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated) summary.reason = terminated.reason || `ExitCode:${terminated.exitCode}`;
    else if (running && container.ready) {
      hasRunning = true;
      summary.ready++;
    }
  }
  if (summary.reason === 'Completed' && hasRunning) {
    summary.reason = isTrue(status.conditions, 'Ready') ? 'Running' : 'NotReady';
  }
}

function countRestarts({ restartCount, lastState }: ContainerStatus, summary: PodSummary): void {
  summary.restarts += restartCount;
  const ended = lastState?.terminated?.finishedAt;
  if (ended !== undefined) summary.restartedAt = Math.max(ended, summary.restartedAt ?? Number.NEGATIVE_INFINITY);
}
