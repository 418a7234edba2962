import type { Protocol } from '../cluster/api/meta.ts';
import type { Service } from '../cluster/api/service.ts';
import { type Party, partyName } from './policy/party.ts';
import { declaredPorts } from './policy/peer-match.ts';

export interface Answer {
  outcome: 'allowed' | 'refused' | 'timeout';
  because: string;
}

/**
 * Does anybody listen at a port?
 * @simplifies a Pod listens at the ports that its containers declare, or at all if they declare none; an address that no
 *   known Pod or node has is taken to answer (a frozen EndpointSlice is all that is known of its Pods)
 */
export function answerAt(
  { pod, ip, nodeName }: Party,
  { proxy }: { proxy: { services: readonly Service[] } },
  port: number,
  protocol: Protocol,
): Answer {
  if (pod !== undefined) {
    const ports = declaredPorts(pod);
    const listens = ports.length === 0 || ports.some((own) => own.containerPort === port && own.protocol === protocol);
    const name = partyName({ pod, ip });
    return listens
      ? { outcome: 'allowed', because: `${name} listens at ${protocol} ${port}` }
      : { outcome: 'refused', because: `${name} declares no ${protocol} port ${port}: nothing listens there` };
  }
  if (nodeName === undefined)
    return { outcome: 'allowed', because: `${ip} is outside of what is known and taken to answer` };
  const isHealthCheck =
    protocol === 'TCP' &&
    proxy.services.some(({ spec }) => spec.healthCheckNodePort === port && spec.type === 'LoadBalancer');
  return isHealthCheck
    ? { outcome: 'allowed', because: `kube-proxy on ${nodeName} answers health checks at port ${port}` }
    : { outcome: 'refused', because: `nothing on node ${nodeName} listens at ${protocol} ${port}` };
}
