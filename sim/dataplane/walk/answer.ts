import type { Protocol } from '../../cluster/api/meta.ts';
import { type Party, partyName } from '../policy/party.ts';
import { declaredPorts } from '../policy/peer-match.ts';
import { healthCheck } from '../rules/health-check.ts';
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
  const checked = proxy.services.find(
    ({ spec }) => spec.type === 'LoadBalancer' && spec.healthCheckNodePort === port && protocol === 'TCP',
  );
  if (checked === undefined) return { outcome: 'refused', because: `nothing on node ${nodeName} listens at ${at}` };
  const { namespace, name } = checked.metadata;
  const { status, localEndpoints } = healthCheck(proxy, namespace, name);
  const because = `kube-proxy on ${nodeName} answers the health check of ${namespace}/${name}: ${status}, ${localEndpoints} ready here`;
  return { outcome: 'allowed', because };
}
