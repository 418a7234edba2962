import type { Node } from '../../cluster/api/node.ts';
import { decisionOf } from '../rules/decision.ts';
import { startFlow } from '../rules/flow.ts';
import { isLocalAddress } from '../rules/node-addresses.ts';
import type { Decision, Packet } from '../rules/packet.ts';
import type { NftTable } from './table.ts';
import { traverse } from './traverse.ts';

/** What nftables mode does with a packet on a node: walks the very table that is exported. */
export function decideNftables(table: NftTable, node: Node, packet: Packet): Decision {
  const arrivals = traverse(table, startFlow(packet), (ip) => isLocalAddress(node, ip));
  return decisionOf(arrivals, ({ chain }) => chain.startsWith('@service-'));
}
