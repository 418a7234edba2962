import type { Pod } from '../../cluster/api/pod.ts';
import { isPodReady, readySince, restartsOf } from '../../cluster/pod-state.ts';

const COST = 'controller.kubernetes.io/pod-deletion-cost';

/**
 * The order in which a ReplicaSet gives Pods up: first those that cost least. Unscheduled, pending, not ready, of lower
 * deletion cost, crowded on a node, ready for the shorter time (on a logarithmic scale), more restarts, newer.
 * @source kubernetes pkg/controller/controller_utils.go ActivePodsWithRanks
 * @param onSameNode Pods of the owner on the Pod's node
 * @param now ns
 */
export function compareVictims(a: Pod, b: Pod, onSameNode: (pod: Pod) => number, now: number): number {
  const unscheduled = (pod: Pod) => (pod.spec.nodeName ? 1 : 0);
  const phase = (pod: Pod) => (pod.status.phase === 'Pending' ? 0 : pod.status.phase === 'Unknown' ? 1 : 2);
  const ready = (pod: Pod) => (isPodReady(pod) ? 1 : 0);
  const cost = ({ metadata }: Pod) => {
    const text = metadata.annotations?.[COST] ?? '0';
    return /^-?\d+$/.test(text) ? Number(text) : 0;
  };
  const age = (since: number) => Math.floor(Math.log2(Math.max(1, now - since)));
  return (
    unscheduled(a) - unscheduled(b) ||
    phase(a) - phase(b) ||
    ready(a) - ready(b) ||
    cost(a) - cost(b) ||
    onSameNode(b) - onSameNode(a) ||
    (isPodReady(a) && isPodReady(b) ? age(readySince(a)) - age(readySince(b)) : 0) ||
    restartsOf(b) - restartsOf(a) ||
    b.metadata.creationTimestamp - a.metadata.creationTimestamp
  );
}

/** The `count` Pods of an owner that go first. @param pods all active Pods of the owner */
export function victimsOf(pods: readonly Pod[], count: number, now: number): Pod[] {
  const crowd = new Map<string | undefined, number>();
  for (const { spec } of pods) crowd.set(spec.nodeName, (crowd.get(spec.nodeName) ?? 0) + 1);
  const onSameNode = ({ spec }: Pod) => crowd.get(spec.nodeName)!;
  return pods.toSorted((a, b) => compareVictims(a, b, onSameNode, now)).slice(0, count);
}
