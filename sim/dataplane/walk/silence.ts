import { passes } from '../port-routes.ts';
import type { Packet } from '../rules/packet.ts';
import { type Network, nodeAt } from './network.ts';
import type { Sender } from './sender.ts';

/** @returns why no rule of the node ever sees the packet; null: they do */
export function lostBefore({ proxy: { node }, nodes, around }: Network, sender: Sender, packet: Packet): string | null {
  const { name } = node.metadata;
  if (around.live?.isDown(name) === true) {
    return sender.where === 'external'
      ? `node ${name} is down: it answers nothing`
      : `node ${name} is down: nothing runs there, and nothing is sent`;
  }
  if (sender.where !== 'external' || passes(around.nodeFirewall, packet.port)) return null;
  const addressed = nodeAt(nodes, packet.to);
  if (addressed === undefined) return null;
  const open = around.nodeFirewall!.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  return `the firewall of node ${addressed.metadata.name} drops it before PREROUTING: from outside it lets in ${portsText(open)} (nodeFirewall), and this is for ${packet.port}`;
}

/** @param last node that the packet goes to; undefined: outside of what is known @returns why it does not get there; null: it does */
export function lostUnderway({ proxy: { node }, around }: Network, sender: Sender, last?: string): string | null {
  if (around.live === null || last === undefined) return null;
  if (around.live.isDown(last)) return `node ${last} is down: silence`;
  const first = sender.where === 'external' ? null : node.metadata.name;
  if (!around.live.isCut(first, last)) return null;
  return `the network between ${first === null ? 'outside' : `node ${first}`} and node ${last} is cut: silence`;
}

function portsText(open: readonly string[]): string {
  return open.length === 0
    ? 'no port'
    : `${open.length === 1 && !open[0]!.includes('-') ? 'port' : 'ports'} ${open.join(', ')}`;
}
