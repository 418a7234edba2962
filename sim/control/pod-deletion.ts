import type { Pod } from '../cluster/api/pod.ts';
import type { ControlContext } from './context.ts';

/** Asks for a graceful deletion, as `kubectl delete` or an eviction does. A Pod that runs nowhere is gone at once. */
export function deletePod(context: ControlContext, pod: Pod): void {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  pod.metadata.deletionTimestamp = context.engine.clock[0]!;
  pod.metadata.deletionGracePeriodSeconds = pod.spec.terminationGracePeriodSeconds;
  if (pod.spec.nodeName === undefined) context.store.remove(pod);
  else context.store.update(pod);
}
