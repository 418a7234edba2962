import type { Protocol } from '../../cluster/api/meta.ts';
import { type Party, partyName } from '../policy/party.ts';
import { declaredPorts } from '../policy/peer-match.ts';
import { declares, type Network } from './network.ts';

export interface Answer {
  outcome: 'allowed' | 'refused';
  because: string;
}

/**
 * Does the party listen at a port?
 * @simplifies a Pod listens at the ports that its containers declare, or at all if they declare none; an address that no
 *   known Pod or node has is taken to answer (of a frozen EndpointSlice, that is all that is known)
 */
export function answerOf({ pod, ip, nodeName }: Party, { proxy }: Network, port: number, protocol: Protocol): Answer {
  const at = `${protocol} ${port}`;
  if (pod !== undefined) {
    const name = partyName({ pod, ip });
    return declaredPorts(pod).length === 0 || declares(pod, port, protocol)
      ? { outcome: 'allowed', because: `${name} listens at ${at}` }
      : { outcome: 'refused', because: `${name} declares no port ${at}: nothing listens there` };
  }
  if (nodeName === undefined) {
    return { outcome: 'allowed', because: `${ip} is outside of what is known, and taken to listen at ${at}` };
  }
  const isHealthCheck = proxy.services.some(
    ({ spec }) => spec.type === 'LoadBalancer' && spec.healthCheckNodePort === port && protocol === 'TCP',
  );
  return isHealthCheck
    ? { outcome: 'allowed', because: `kube-proxy on ${nodeName} answers health checks at ${at}` }
    : { outcome: 'refused', because: `nothing on node ${nodeName} listens at ${at}` };
}
