import type { Pod } from '../../cluster/api/pod.ts';
import { readySince } from '../../cluster/pod-state.ts';

/** Of a slice: when what it tells came to be so, as RFC 3339 with nanoseconds. kube-proxy measures from there. */
export const TRIGGER_TIME_ANNOTATION = 'endpoints.kubernetes.io/last-change-trigger-time';

/**
 * When did a Service's endpoints come to need a sync? The earliest change since its last one.
 * @source staging/src/k8s.io/endpointslice/trigger_time_tracker.go; unlike it, Pods that begin to terminate and that are
 *   gone count too, and so do all changes of the Service
 */
export class TriggerTimes {
  /** By Service, ns. */
  readonly #synced = new Map<string, number>();
  readonly #changed = new Map<string, number>();

  /** The Service was written, or a Pod of it is gone. @param now ns */
  changed(key: string, now: number): void {
    if (!this.#changed.has(key)) this.#changed.set(key, now);
  }

  /** Begins anew. @returns ns; `now` where nothing is known to have changed */
  take(key: string, pods: readonly Pod[], now: number): number {
    // Of a Service that is new its own creation counts, however long its Pods have been ready.
    const since = this.#synced.get(key) ?? Number.POSITIVE_INFINITY;
    let first = this.#changed.get(key) ?? now;
    for (const pod of pods) {
      for (const time of [pod.status.startTime, readySince(pod), pod.metadata.deletionTimestamp]) {
        if (time !== undefined && time > since && time >= 0 && time < first) first = time;
      }
    }
    this.#changed.delete(key);
    this.#synced.set(key, now);
    return first;
  }

  /** The Service is gone. */
  forget(key: string): void {
    this.#changed.delete(key);
    this.#synced.delete(key);
  }
}
