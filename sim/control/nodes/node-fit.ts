import type { Node, Taint } from '../../cluster/api/node.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm, PodSpec, Toleration } from '../../cluster/api/pod.ts';
import { conditionOf } from '../../cluster/conditions.ts';
import { isNodeReady } from '../../cluster/pod-state.ts';
import { type Resources, requestOf, roomOf } from '../../cluster/resources.ts';
import { matches } from '../../cluster/selector.ts';

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** What is there of a node, and what of it is taken. */
export interface NodeOffer {
  node: Node;
  ready: boolean;
  room: Resources;
  used: Resources;
}

/** A node that nothing runs on yet. */
export function emptyOffer(node: Node): NodeOffer {
  return { node, ready: isNodeReady(node), room: roomOf(node), used: { cpuMilli: 0, memoryBytes: 0, pods: 0 } };
}

/**
 * Why a Pod cannot run on a node, as far as the two alone decide it, in the scheduler's own words; empty when it can.
 * @param asked by the Pod: who asks of many nodes looks it up once
 * @source kubernetes pkg/scheduler/framework/plugins: nodeunschedulable, tainttoleration, nodeaffinity, noderesources
 */
export function reasonAgainst(
  spec: PodSpec,
  { node, ready, room, used }: NodeOffer,
  asked: Readonly<Resources> = requestOf(spec),
): string {
  if (node.spec.unschedulable && !isTolerated(UNSCHEDULABLE, spec.tolerations)) return 'node(s) were unschedulable';
  if (!ready) return `node(s) had untolerated taint {${notReadyTaint(node)}: }`;
  const taint = untoleratedTaint(spec, node);
  if (taint !== undefined) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (!matchesNodeAffinity(spec, node)) return "node(s) didn't match Pod's node affinity/selector";
  if (used.pods + 1 > room.pods) return 'Too many pods';
  if (used.cpuMilli + asked.cpuMilli > room.cpuMilli) return 'Insufficient cpu';
  if (used.memoryBytes + asked.memoryBytes > room.memoryBytes) return 'Insufficient memory';
  return '';
}

/** @source pkg/controller/nodelifecycle: a node that is not ready is tainted so that nothing new comes */
function notReadyTaint({ status }: Node): string {
  const ready = conditionOf(status.conditions, 'Ready');
  return `node.kubernetes.io/${ready?.status === 'Unknown' ? 'unreachable' : 'not-ready'}`;
}

/** The first taint that keeps the Pod away. */
export function untoleratedTaint({ tolerations }: PodSpec, node: Node): Taint | undefined {
  return node.spec.taints?.find((taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, tolerations));
}

/** @source k8s.io/api core/v1/toleration.go ToleratesTaint */
export function isTolerated(taint: Taint, tolerations: readonly Toleration[] = []): boolean {
  return tolerations.some(({ key, operator, value, effect }) => {
    if (effect !== undefined && effect !== taint.effect) return false;
    if (key !== undefined && key !== '' && key !== taint.key) return false;
    return operator === 'Exists' || ((key ?? '') !== '' && (value ?? '') === (taint.value ?? ''));
  });
}

/** `nodeSelector` and the required node affinity. */
export function matchesNodeAffinity({ nodeSelector, affinity }: PodSpec, node: Node): boolean {
  if (nodeSelector !== undefined && !matches(nodeSelector, node.metadata.labels)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** An empty term matches nothing. @source k8s.io/component-helpers scheduling/corev1/nodeaffinity */
export function matchesTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  const { labels, name } = node.metadata;
  return (
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => holds(requirement, requirement.key === 'metadata.name' ? name : undefined))
  );
}

function holds({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  if (value === undefined) return false;
  if (operator === 'In') return values.includes(value);
  const [number, bound] = [Number(value), Number(values[0])];
  return operator === 'Gt' ? number > bound : number < bound;
}
