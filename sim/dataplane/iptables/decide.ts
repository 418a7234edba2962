import type { Node } from '../../cluster/api/node.ts';
import { decisionOf } from '../rules/decision.ts';
import { startFlow } from '../rules/flow.ts';
import { isLocalAddress } from '../rules/node-addresses.ts';
import type { Decision, Packet } from '../rules/packet.ts';
import type { RuleSet } from './rule.ts';
import { traverse } from './traverse.ts';

/** What iptables mode does with a packet on a node: walks the very rules that are exported. */
export function decideIptables(rules: RuleSet, node: Node, packet: Packet): Decision {
  const arrivals = traverse(rules, startFlow(packet), { isLocal: (ip) => isLocalAddress(node, ip) });
  return decisionOf(
    arrivals,
    ({ chain, matched }) =>
      (chain === 'KUBE-SERVICES' || chain === 'KUBE-NODEPORTS') && !matched!.endsWith('-j KUBE-NODEPORTS'),
  );
}
