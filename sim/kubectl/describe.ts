import type { Kind, KindMap } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import { describeAutoscaler } from './describe/autoscaler.ts';
import { describeNode } from './describe/node.ts';
import { describeOther } from './describe/other.ts';
import { describePod } from './describe/pod.ts';
import { describeService } from './describe/service.ts';
import { Sheet } from './describe/sheet.ts';
import {
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeStatefulSet,
} from './describe/workloads.ts';
import type { Snapshot } from './snapshot.ts';

const DESCRIBERS: { readonly [K in Kind]?: (object: KindMap[K], sheet: Sheet) => void } = {
  Pod: describePod,
  Service: describeService,
  Deployment: describeDeployment,
  ReplicaSet: describeReplicaSet,
  StatefulSet: describeStatefulSet,
  DaemonSet: describeDaemonSet,
  Job: describeJob,
  Node: describeNode,
  HorizontalPodAutoscaler: describeAutoscaler,
};

/** What `kubectl describe` prints of an object, without its last line's end. */
export function describe(object: KubernetesObject, snapshot: Snapshot): string {
  const sheet = new Sheet(snapshot);
  const describer = DESCRIBERS[object.kind as Kind] as ((object: KubernetesObject, sheet: Sheet) => void) | undefined;
  (describer ?? describeOther)(object, sheet);
  return sheet.text();
}
