import { WORKLOAD_KINDS } from '../cluster/api/workloads.ts';
import type { ControlContext } from './context.ts';

/** Records an event of a workload of any kind, if there is one of the name. @param workload `namespace/name` */
export function recordOfWorkload(
  { store, record }: ControlContext,
  workload: string,
  reason: string,
  message: string,
): void {
  const object = WORKLOAD_KINDS.map((kind) => store.withKey(kind, workload)).find((each) => each !== undefined);
  if (object !== undefined) record('error', object, reason, message);
}
