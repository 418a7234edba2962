import type { ContainerStatus, Pod, PodSpec } from '../../cluster/api/pod.ts';
import { isTrue, setCondition } from '../../cluster/conditions.ts';
import { setPodReady } from '../../cluster/pod-state.ts';

/** The kubelet has seen the Pod: it waits for its sandbox, images and init containers. @param now ns */
export function markAdmitted(pod: Pod, hostIP: string, now: number): void {
  const { status, spec } = pod;
  status.startTime ??= now;
  if (hostIP !== '') status.hostIP = hostIP;
  setCondition(status.conditions, 'PodScheduled', 'True', now);
  const inits = spec.initContainers ?? [];
  if (inits.length > 0) setCondition(status.conditions, 'Initialized', 'False', now, 'ContainersNotInitialized');
  else setCondition(status.conditions, 'Initialized', 'True', now);
  setPodReady(pod, false, now);
  status.qosClass = qosClass(pod);
  const waiting = (name: string, image: string): ContainerStatus => ({
    name,
    image,
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason: inits.length > 0 ? 'PodInitializing' : 'ContainerCreating' } },
  });
  if (inits.length > 0) status.initContainerStatuses = inits.map(({ name, image }) => waiting(name, image));
  status.containerStatuses = spec.containers.map(({ name, image }) => waiting(name, image));
}

/** All init containers have ended, sidecars run. */
export function markInitialized(pod: Pod, now: number): void {
  setCondition(pod.status.conditions, 'Initialized', 'True', now);
  for (const [i, status] of (pod.status.initContainerStatuses ?? []).entries()) {
    const isSidecar = pod.spec.initContainers![i]?.restartPolicy === 'Always';
    status.ready = true;
    status.started = isSidecar;
    status.state = isSidecar
      ? { running: { startedAt: now } }
      : { terminated: { reason: 'Completed', exitCode: 0, startedAt: now, finishedAt: now } };
  }
}

/** @param again its containers have run before */
export function markRunning(pod: Pod, again: boolean, now: number): void {
  pod.status.phase = 'Running';
  for (const status of pod.status.containerStatuses!) {
    if (again) status.restartCount++;
    if (status.state?.terminated) status.lastState = { terminated: status.state.terminated };
    status.ready = false;
    status.started = false;
    status.state = { running: { startedAt: now } };
  }
}

/** Its containers have passed their startup probes. */
export function markStarted(pod: Pod): void {
  for (const status of pod.status.containerStatuses!) status.started = true;
}

/**
 * Are the Pod's containers ready, and with them the Pod? Its readiness gates have a say.
 * @returns whether the Ready condition changed
 */
export function markReady(pod: Pod, ready: boolean, now: number): boolean {
  const { conditions } = pod.status;
  for (const status of pod.status.containerStatuses ?? []) status.ready = ready;
  const closed = (pod.spec.readinessGates ?? []).find(({ conditionType }) => !isTrue(conditions, conditionType));
  if (!ready || closed === undefined) return setPodReady(pod, ready, now);
  setCondition(conditions, 'ContainersReady', 'True', now);
  const message = `corresponding condition of pod readiness gate "${closed.conditionType}" does not exist.`;
  return setCondition(conditions, 'Ready', 'False', now, 'ReadinessGatesNotReady', message);
}

/** Its containers cannot start. */
export function markWaiting(pod: Pod, reason: string): void {
  for (const status of pod.status.containerStatuses!) status.state = { waiting: { reason } };
}

/**
 * Its containers are dead and will be started again; a restart counts when they are.
 * @param reason why they ended: `Error`, `OOMKilled` @param waits it waits for its back-off
 */
export function markStopped(pod: Pod, reason: string, waits: boolean, now: number): void {
  for (const status of pod.status.containerStatuses!) {
    status.ready = false;
    status.started = false;
    const startedAt = status.state?.running?.startedAt ?? now;
    const terminated = { reason, exitCode: 137, startedAt, finishedAt: now };
    if (waits) status.lastState = { terminated };
    status.state = waits ? { waiting: { reason: 'CrashLoopBackOff' } } : { terminated };
  }
  markReady(pod, false, now);
}

/** Every container has ended for good. */
export function markEnded(pod: Pod, phase: 'Succeeded' | 'Failed', now: number): void {
  pod.status.phase = phase;
  const exitCode = phase === 'Succeeded' ? 0 : 1;
  const reason = phase === 'Succeeded' ? 'Completed' : 'Error';
  for (const status of pod.status.containerStatuses ?? []) {
    const startedAt = status.state?.running?.startedAt ?? now;
    status.state = { terminated: { reason, exitCode, startedAt, finishedAt: now } };
  }
  markReady(pod, false, now);
}

const qosClasses = new WeakMap<PodSpec['containers'], string>();

/** The same for all Pods of a template. */
function qosClass({ spec }: Pod): string {
  let known = qosClasses.get(spec.containers);
  if (known === undefined) {
    known = computeQosClass(spec);
    qosClasses.set(spec.containers, known);
  }
  return known;
}

/** @source pkg/apis/core/v1/helper/qos/qos.go */
function computeQosClass(spec: PodSpec): string {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const asks = containers.some(({ resources }) =>
    ['cpu', 'memory'].some((name) => resources?.requests?.[name] ?? resources?.limits?.[name]),
  );
  if (!asks) return 'BestEffort';
  const guaranteed = containers.every(({ resources }) =>
    ['cpu', 'memory'].every((name) => {
      const limit = resources?.limits?.[name];
      return limit !== undefined && String(resources?.requests?.[name] ?? limit) === String(limit);
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
