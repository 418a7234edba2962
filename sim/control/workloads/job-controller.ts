import type { Pod } from '../../cluster/api/pod.ts';
import type { Job } from '../../cluster/api/workloads.ts';
import { isTrue, setCondition } from '../../cluster/conditions.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { isActive, isPodReady } from '../../cluster/pod-state.ts';
import { keyOfObject } from '../../cluster/store.ts';
import { type ControlContext, SECOND } from '../context.ts';
import { WorkQueue } from '../work-queue.ts';
import { deleteOwned } from './pod-events.ts';
import type { PodFactory } from './pod-factory.ts';

/** @source pkg/controller/job/job_controller.go DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff */
const BACKOFF = { first: 10 * SECOND, most: 600 * SECOND };

/**
 * Runs a Job's Pods to their end, `parallelism` at a time, until enough have succeeded or too many have failed.
 * @source kubernetes pkg/controller/job/job_controller.go
 * @simplifies no indexes, no pod failure policy
 */
export class JobController {
  readonly #context: ControlContext;
  readonly #pods: PodFactory;
  readonly #queue: WorkQueue;
  /** Pods whose end is counted in the status. */
  readonly #counted = new Set<string>();
  /** By uid: when Pods may be made again after a failure, ns. */
  readonly #backoffUntil = new Map<string, number>();

  constructor(context: ControlContext, pods: PodFactory) {
    this.#context = context;
    this.#pods = pods;
    this.#queue = new WorkQueue(context, context.settings.controllerSync, (key) => this.#sync(key));
    context.store.watch('Job', (change, job) => {
      if (change !== 'deleted') this.#queue.add(keyOfObject(job));
    });
    context.store.watch('Pod', (_, pod) => {
      const owner = controllerOf(pod);
      if (owner?.kind === 'Job') this.#queue.add(`${pod.metadata.namespace}/${owner.name}`);
    });
  }

  #sync(key: string): void {
    const { store, index, engine } = this.#context;
    const job = store.withKey('Job', key);
    if (job === undefined || job.metadata.deletionTimestamp !== undefined) return;
    const now = engine.clock[0]!;
    const before = JSON.stringify(job.status);
    const pods = [...index.podsByController.get(job.metadata.uid)];
    this.#count(job, pods, now);
    const active = pods.filter(isActive);
    const { status, spec } = job;
    const ended = isTrue(status.conditions, 'Complete') || isTrue(status.conditions, 'Failed');
    if (ended) this.#expire(job, key, now);
    else {
      status.startTime ??= now;
      this.#decide(job, active, now);
      if (!isTrue(status.conditions, 'Complete') && !isTrue(status.conditions, 'Failed'))
        this.#makePods(job, active, key, now);
    }
    status.active = [...index.podsByController.get(job.metadata.uid)].filter(isActive).length;
    status.ready = active.filter(isPodReady).length;
    if (spec.activeDeadlineSeconds !== undefined && !ended) {
      this.#queue.addAfter(key, Math.max(1, status.startTime! + spec.activeDeadlineSeconds * SECOND - now));
    }
    if (JSON.stringify(status) !== before) store.update(job);
  }

  #count({ status, metadata }: Job, pods: readonly Pod[], now: number): void {
    for (const pod of pods) {
      const { phase } = pod.status;
      if ((phase !== 'Succeeded' && phase !== 'Failed') || this.#counted.has(pod.metadata.uid)) continue;
      this.#counted.add(pod.metadata.uid);
      if (phase === 'Succeeded') status.succeeded++;
      else {
        status.failed++;
        const wait = Math.min(BACKOFF.most, BACKOFF.first * 2 ** (status.failed - 1));
        this.#backoffUntil.set(metadata.uid, now + wait);
      }
    }
  }

  #decide(job: Job, active: readonly Pod[], now: number): void {
    const { status, spec } = job;
    const fail = (reason: string, message: string) => {
      for (const pod of active) deleteOwned(this.#context, job, pod);
      setCondition(status.conditions, 'Failed', 'True', now, reason, message);
      this.#context.record('warning', job, reason, message);
    };
    const deadline = spec.activeDeadlineSeconds;
    if (status.failed > spec.backoffLimit) fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
    else if (deadline !== undefined && now >= status.startTime! + deadline * SECOND) {
      fail('DeadlineExceeded', 'Job was active longer than specified deadline');
    } else if (
      spec.completions === undefined
        ? status.succeeded > 0 && active.length === 0
        : status.succeeded >= spec.completions
    ) {
      status.completionTime = now;
      setCondition(
        status.conditions,
        'Complete',
        'True',
        now,
        'CompletionsReached',
        'Reached expected number of succeeded pods',
      );
      this.#context.record('info', job, 'Completed', 'Job completed');
    }
  }

  #makePods(job: Job, active: readonly Pod[], key: string, now: number): void {
    const { spec, status } = job;
    const left =
      spec.completions === undefined
        ? status.succeeded > 0
          ? 0
          : spec.parallelism
        : spec.completions - status.succeeded;
    const wanted = spec.suspend ? 0 : Math.min(spec.parallelism, left);
    for (const pod of active.slice(wanted)) deleteOwned(this.#context, job, pod);
    if (active.length >= wanted) return;
    const wait = (this.#backoffUntil.get(job.metadata.uid) ?? 0) - now;
    if (wait > 0) return this.#queue.addAfter(key, wait);
    const labels = { 'batch.kubernetes.io/job-name': job.metadata.name, 'job-name': job.metadata.name };
    for (let i = active.length; i < wanted; i++) this.#pods.create(job, spec.template, { labels });
  }

  #expire(job: Job, key: string, now: number): void {
    const { ttlSecondsAfterFinished } = job.spec;
    const end = job.status.conditions.find(({ type }) => type === 'Complete' || type === 'Failed')?.lastTransitionTime;
    if (ttlSecondsAfterFinished === undefined || end === undefined) return;
    const at = end + ttlSecondsAfterFinished * SECOND;
    if (at > now) this.#queue.addAfter(key, at - now);
    else this.#context.store.remove(job);
  }
}
