import type { Node, NodeAddress } from '../../cluster/api/node.ts';
import { conditionOf } from '../../cluster/conditions.ts';
import { ageColumn, type Column, list, NONE, nameColumn, UNKNOWN } from '../printer.ts';

/** @source kubernetes pkg/printers/internalversion/printers.go printNode */
export const nodeColumns: readonly Column<Node>[] = [
  nameColumn(),
  { heading: 'STATUS', cell: nodeStatus },
  { heading: 'ROLES', cell: nodeRoles },
  ageColumn(),
  { heading: 'VERSION', cell: ({ status }) => status.nodeInfo?.kubeletVersion ?? '' },
  { heading: 'INTERNAL-IP', wide: true, cell: (node) => addressOf(node, 'InternalIP') },
  { heading: 'EXTERNAL-IP', wide: true, cell: (node) => addressOf(node, 'ExternalIP') },
  { heading: 'OS-IMAGE', wide: true, cell: ({ status }) => status.nodeInfo?.osImage || UNKNOWN },
  { heading: 'KERNEL-VERSION', wide: true, cell: ({ status }) => status.nodeInfo?.kernelVersion || UNKNOWN },
  {
    heading: 'CONTAINER-RUNTIME',
    wide: true,
    cell: ({ status }) => status.nodeInfo?.containerRuntimeVersion || UNKNOWN,
  },
];

function nodeStatus({ spec, status }: Node): string {
  const ready = conditionOf(status.conditions, 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (spec.unschedulable) words.push('SchedulingDisabled');
  return words.join(',');
}

/** From the labels `node-role.kubernetes.io/<role>` and `kubernetes.io/role: <role>`. */
export function nodeRoles({ metadata: { labels } }: Node): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(labels)) {
    const [, role] = /^node-role\.kubernetes\.io\/(.+)$/.exec(key) ?? [];
    if (role !== undefined) roles.add(role);
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return list([...roles].sort());
}

function addressOf({ status }: Node, type: NodeAddress['type']): string {
  return status.addresses.find((each) => each.type === type)?.address ?? NONE;
}
