import type { Pod } from '../cluster/api/pod.ts';
import type { Party } from './policy/party.ts';
import type { Packet } from './rules/packet.ts';

/** Who makes a connection, and where the first packet meets a data plane. */
export interface Sender {
  party: Party;
  where: Packet['where'];
  /** The node whose data plane it meets. */
  nodeName: string;
}

/** A Pod in its node's network is a process of the node. @param ip that it sends from */
export function podSender(pod: Pod, ip: string): Sender {
  const nodeName = pod.spec.nodeName ?? '';
  const where = pod.spec.hostNetwork === true ? 'node' : 'pod';
  return { party: { ip, pod, nodeName }, where, nodeName };
}
