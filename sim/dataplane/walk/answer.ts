import type { Protocol } from '../../cluster/api/meta.ts';
import { type Party, partyName } from '../policy/party.ts';
import { declaredPorts } from '../policy/peer-match.ts';
import { healthCheck } from '../rules/health-check.ts';
import { declares, type Network } from './network.ts';

export interface Answer {
  outcome: 'allowed' | 'refused';
  because: string;
}

export interface DeadEnd {
  outcome: 'refused' | 'timeout' | 'unreachable';
  because: string;
}

/** What meets a packet to an address that nobody has. @param nobody why nobody has it @source measured: ARP gives up after 3.05 s */
export function deadEnd(how: Network['around']['deadAddress'], nobody: string): DeadEnd {
  switch (how) {
    case 'silent':
      return { outcome: 'timeout', because: nobody };
    case 'refused':
      return { outcome: 'refused', because: `${nobody}, and the network refuses what goes there (deadAddress)` };
    case 'unreachable':
      return { outcome: 'unreachable', because: `${nobody}: EHOSTUNREACH at once (deadAddress)` };
    case 'unreachable3s':
      return { outcome: 'unreachable', because: `${nobody}: EHOSTUNREACH after 3 s, when ARP gives up (deadAddress)` };
  }
}

/**
 * Does the party listen at a port?
 * @simplifies a Pod listens at the ports that its containers declare, or at all if they declare none; an address that no
 *   known Pod or node has is taken to answer (of a frozen EndpointSlice, that is all that is known); of a run, its process is asked
 */
export function answerOf(
  { pod, ip, nodeName }: Party,
  { proxy, around }: Network,
  port: number,
  protocol: Protocol,
): Answer {
  const at = `${protocol} ${port}`;
  if (pod !== undefined) {
    const name = partyName({ pod, ip });
    if (around.live?.isListening(pod) === false) {
      return { outcome: 'refused', because: `the process of ${name} does not take connections` };
    }
    return declaredPorts(pod).length === 0 || declares(pod, port, protocol)
      ? { outcome: 'allowed', because: `${name} listens at ${at}` }
      : { outcome: 'refused', because: `${name} declares no port ${at}: nothing listens there` };
  }
  if (nodeName === undefined) {
    return { outcome: 'allowed', because: `${ip} is outside of what is known, and taken to listen at ${at}` };
  }
  const checked = proxy.services.find(
    ({ spec }) => spec.type === 'LoadBalancer' && spec.healthCheckNodePort === port && protocol === 'TCP',
  );
  if (checked === undefined) return { outcome: 'refused', because: `nothing on node ${nodeName} listens at ${at}` };
  const { namespace, name } = checked.metadata;
  const { status, localEndpoints } = healthCheck(proxy, namespace, name);
  const because = `kube-proxy on ${nodeName} answers the health check of ${namespace}/${name}: ${status}, ${localEndpoints} ready here`;
  return { outcome: 'allowed', because };
}
