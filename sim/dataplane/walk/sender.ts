import type { Protocol } from '../../cluster/api/meta.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import type { Party } from '../policy/party.ts';
import type { Packet } from '../rules/packet.ts';

/** Who makes a connection, and how its first packet meets a data plane. */
export interface Sender {
  party: Party;
  where: Packet['where'];
}

export interface Target {
  /** Canonical. */
  ip: string;
  port: number;
}

/** A Pod in its node's network is a process of the node. @param ip that it sends from */
export function podSender(pod: Pod, ip: string): Sender {
  const where = pod.spec.hostNetwork === true ? 'node' : 'pod';
  return { party: { ip, pod, nodeName: pod.spec.nodeName }, where };
}

export function packetOf({ party, where }: Sender, to: Target, protocol: Protocol): Packet {
  const family = to.ip.includes(':') ? 'IPv6' : 'IPv4';
  return { from: party.ip, where, to: to.ip, port: to.port, protocol, family };
}
