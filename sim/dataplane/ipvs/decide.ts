import type { Node } from '../../cluster/api/node.ts';
import type { Surroundings } from '../iptables/match.ts';
import { onward, runHook } from '../iptables/traverse.ts';
import { decisionOf } from '../rules/decision.ts';
import { type Arrival, type Flow, startFlow, translate, turn } from '../rules/flow.ts';
import { isLocalAddress } from '../rules/node-addresses.ts';
import type { Decision, Packet } from '../rules/packet.ts';
import { setName } from './ip-sets.ts';
import { type IpvsProgram, serverKey, type VirtualServer } from './program.ts';
import { quietShares } from './quiet-shares.ts';
import { isInSet } from './set-lookup.ts';

const IPVS = 'ipvs';

/**
 * What IPVS mode does with a packet on a node. Virtual addresses are the node's own, so packets for them come by INPUT
 * (or OUTPUT), where ip_vs takes them after the filter, picks, and sends them on through POSTROUTING.
 * @source linux net/netfilter/ipvs/ip_vs_core.c: no destination is answered by ICMP port unreachable
 */
export function decideIpvs(program: IpvsProgram, node: Node, packet: Packet): Decision {
  const { rules, boundAddresses, sets } = program;
  const around: Surroundings = {
    isLocal: (ip) => boundAddresses.has(ip) || isLocalAddress(node, ip),
    isInSet: ({ name, fields }, flow) => isInSet(sets.get(name)!, fields, flow),
  };
  const isFromNode = packet.where === 'node';
  const start = startFlow(packet);
  let arrivals = runHook(rules.nat, isFromNode ? 'OUTPUT' : 'PREROUTING', start, around);
  const isForHere = around.isLocal(packet.to);
  const hook = isFromNode ? 'OUTPUT' : isForHere ? 'INPUT' : 'FORWARD';
  arrivals = onward(arrivals, (flow) => runHook(rules.filter, hook, flow, around));
  const server = program.servers.get(serverKey(packet.to, packet.port, packet.protocol));
  if (server !== undefined && isForHere) arrivals = onward(arrivals, (flow) => schedule(server, flow));
  // What ip_vs does not take and is for the node itself stays there, by INPUT if it is the node's own.
  const staysHere = server === undefined && isForHere;
  if (staysHere) {
    if (isFromNode) arrivals = onward(arrivals, (flow) => runHook(rules.filter, 'INPUT', flow, around));
  } else arrivals = onward(arrivals, (flow) => runHook(rules.nat, 'POSTROUTING', flow, around));
  const decision = decisionOf(arrivals, ({ hook: at }) => at === IPVS);
  const isOutOfRange = decision.verdict === 'drop' && decision.steps.at(-1)?.chain === 'KUBE-SOURCE-RANGES-FIREWALL';
  return isOutOfRange ? { ...decision, because: outOfRange(program, packet, decision.because) } : decision;
}

/** The rule that drops is for all Services alike. */
function outOfRange(
  { family, servers, sets }: IpvsProgram,
  { from, to, port, protocol }: Packet,
  rule: string,
): string {
  const own = `${to},${protocol.toLowerCase()}:${port},`;
  const entries = [...sets.get(setName('LOAD-BALANCER-SOURCE-CIDR', family))!.entries];
  const ranges = entries.flatMap((entry) => (entry.startsWith(own) ? [entry.slice(own.length)] : []));
  const { text } = servers.get(serverKey(to, port, protocol))!;
  return `${from} is in no source range of ${text} (${ranges.join(', ')}): KUBE-SOURCE-RANGES-FIREWALL ${rule}`;
}

function schedule(server: VirtualServer, flow: Flow): Arrival[] {
  const { ip, port, protocol, scheduler, realServers } = server;
  const name = `${protocol} ${ip}:${port} ${scheduler}`;
  if (realServers.length === 0) {
    const step = { hook: IPVS, chain: name, matched: null, looked: 1 };
    const by = `virtual server ${name} has no real server`;
    return [{ flow: turn(flow, 1, step, false), verdict: 'reject', by }];
  }
  const remembered = realServers.find(({ address }) => flow.packet.remembered?.has(address) === true);
  const shares =
    remembered === undefined
      ? quietShares(server, flow.packet)
      : realServers.map((each) => (each === remembered ? 1 : 0));
  return realServers.flatMap(({ address }, i): Arrival[] => {
    const share = shares[i]!;
    if (share === 0) return [];
    const picked = turn(
      flow,
      1,
      { hook: IPVS, chain: name, matched: `virtual server for ${server.text}`, looked: 1 },
      false,
    );
    const step = { hook: IPVS, chain: scheduler, matched: `real server ${address}`, looked: 1 };
    return [{ flow: translate(turn(picked, share, step, true), address), verdict: 'accept', by: null }];
  });
}
