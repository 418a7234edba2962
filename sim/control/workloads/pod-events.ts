import type { KubernetesObject } from '../../cluster/api/meta.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import type { ControlContext } from '../context.ts';
import { deletePod } from '../pod-deletion.ts';

/** A workload's controller has made a Pod: told of its workload, as `kubectl describe rs` shows it. */
export function recordCreation({ settling, record }: ControlContext, owner: KubernetesObject, pod: Pod): void {
  if (!settling) record('info', owner, 'SuccessfulCreate', messageOf('create', 'Created', owner, pod));
}

/** A workload's controller deletes a Pod of its own. */
export function deleteOwned(context: ControlContext, owner: KubernetesObject, pod: Pod): void {
  if (pod.metadata.deletionTimestamp === undefined) {
    context.record('info', owner, 'SuccessfulDelete', messageOf('delete', 'Deleted', owner, pod));
  }
  deletePod(context, pod);
}

/** @source kubernetes pkg/controller/controller_utils.go RealPodControl; statefulset/stateful_pod_control.go recordPodEvent */
function messageOf(verb: string, done: string, { kind, metadata }: KubernetesObject, pod: Pod): string {
  const { name } = pod.metadata;
  return kind === 'StatefulSet'
    ? `${verb} Pod ${name} in StatefulSet ${metadata.name} successful`
    : `${done} pod: ${name}`;
}
