import type { Quantities } from '../../cluster/api/meta.ts';
import type { Node } from '../../cluster/api/node.ts';
import { humanDuration } from '../../cluster/human-duration.ts';
import { isTerminal } from '../../cluster/pod-state.ts';
import { requestOf, roomOf } from '../../cluster/resources.ts';
import { nodeRoles } from '../columns/nodes.ts';
import { NONE } from '../printer.ts';
import type { Sheet } from './sheet.ts';
import { formatRFC1123 } from './time.ts';

/**
 * @source kubectl pkg/describe/describe.go describeNode
 * @simplifies of the Pods' resources the requests alone, which are what places them; limits bound nobody's share here
 */
export function describeNode(node: Node, sheet: Sheet): void {
  const { metadata, spec, status } = node;
  sheet.field('Name', metadata.name);
  sheet.field('Roles', nodeRoles(node));
  sheet.metadata(node);
  sheet.field('CreationTimestamp', formatRFC1123(metadata.creationTimestamp));
  sheet.field(
    'Taints',
    (spec.taints ?? []).map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`),
  );
  sheet.field('Unschedulable', `${spec.unschedulable ?? false}`);
  sheet.table(
    'Conditions',
    ['Type', 'Status', 'LastTransitionTime', 'Reason', 'Message'],
    status.conditions.map(({ type, status, lastTransitionTime, reason = '', message = '' }) => [
      type,
      status,
      lastTransitionTime === undefined ? '' : formatRFC1123(lastTransitionTime),
      reason,
      message,
    ]),
  );
  sheet.field('Addresses');
  for (const { type, address } of status.addresses) sheet.field(type, address, 1);
  quantities('Capacity', status.capacity, sheet);
  quantities('Allocatable', status.allocatable, sheet);
  if (status.nodeInfo !== undefined) {
    sheet.field('System Info');
    for (const [name, value] of Object.entries(status.nodeInfo)) sheet.field(name, value, 1);
  }
  if (spec.podCIDR) sheet.field('PodCIDR', spec.podCIDR);
  if (spec.podCIDRs?.length) sheet.field('PodCIDRs', spec.podCIDRs.join(','));
  pods(node, sheet);
  sheet.events(node);
}

function quantities(label: string, of: Quantities | undefined, sheet: Sheet): void {
  if (of === undefined) return;
  sheet.field(label);
  for (const [name, quantity] of Object.entries(of)) sheet.field(name, `${quantity}`, 1);
}

function pods(node: Node, sheet: Sheet): void {
  const { now } = sheet.snapshot;
  const room = roomOf(node);
  const all = sheet.snapshot.list('Pod').filter((pod) => pod.spec.nodeName === node.metadata.name && !isTerminal(pod));
  sheet.line(`Non-terminated Pods:\t(${all.length} in total)`);
  const total = { cpuMilli: 0, memoryBytes: 0 };
  const rows = all.map(({ metadata, spec }) => {
    const { cpuMilli, memoryBytes } = requestOf(spec);
    total.cpuMilli += cpuMilli;
    total.memoryBytes += memoryBytes;
    const age = humanDuration(now - metadata.creationTimestamp);
    return [
      metadata.namespace,
      metadata.name,
      cpu(cpuMilli, room.cpuMilli),
      memory(memoryBytes, room.memoryBytes),
      age,
    ];
  });
  const headings = ['Namespace', 'Name', 'CPU Requests', 'Memory Requests', 'Age'];
  const dashes = headings.map((heading) => '-'.repeat(heading.length));
  for (const cells of [headings, dashes, ...rows]) sheet.line(cells.join('\t'), 1);
  sheet.table(
    'Allocated resources',
    ['Resource', 'Requests'],
    [
      ['cpu', cpu(total.cpuMilli, room.cpuMilli)],
      ['memory', memory(total.memoryBytes, room.memoryBytes)],
      ['pods', all.length === 0 ? NONE : `${all.length} (${percent(all.length, room.pods)})`],
    ],
  );
}

function cpu(milli: number, of: number): string {
  return `${milli % 1000 === 0 ? milli / 1000 : `${milli}m`} (${percent(milli, of)})`;
}

function memory(bytes: number, of: number): string {
  const [unit, name] = bytes % 2 ** 30 === 0 && bytes > 0 ? [2 ** 30, 'Gi'] : [2 ** 20, 'Mi'];
  return `${bytes === 0 ? '0' : `${Math.round(bytes / unit)}${name}`} (${percent(bytes, of)})`;
}

function percent(part: number, of: number): string {
  return of === 0 ? '0%' : `${Math.floor((part / of) * 100)}%`;
}
