import type { Endpoint, EndpointPort, EndpointSlice } from '../../cluster/api/endpoint-slice.ts';
import type { Node } from '../../cluster/api/node.ts';
import type { Container, Pod } from '../../cluster/api/pod.ts';
import type { Service, ServicePort } from '../../cluster/api/service.ts';
import { familyOf } from '../../cluster/ip.ts';
import { isPodReady, isTerminal } from '../../cluster/pod-state.ts';
import { zoneOf } from '../../cluster/zone.ts';

/** Does the Pod belong into slices at all? One that has ended, or has no address, does not; one that terminates does. */
export function belongsInEndpoints(pod: Pod): boolean {
  return !isTerminal(pod) && (pod.status.podIP !== undefined || (pod.status.podIPs ?? []).length > 0);
}

/**
 * The endpoint that a Pod is for a Service.
 * @returns undefined: the Pod has no address of that family
 * @source staging/src/k8s.io/endpointslice/utils.go podToEndpoint
 */
export function endpointOf(
  pod: Pod,
  node: Node | undefined,
  service: Service,
  addressType: EndpointSlice['addressType'],
): Endpoint | undefined {
  const { namespace, name, uid } = pod.metadata;
  const ips = pod.status.podIPs ?? [{ ip: pod.status.podIP! }];
  const addresses = ips.map(({ ip }) => ip).filter((ip) => familyOf(ip) === addressType);
  if (addresses.length === 0) return undefined;
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = (service.spec.publishNotReadyAddresses ?? false) || (serving && !terminating);
  const zone = zoneOf(node);
  const endpoint: Endpoint = { addresses, conditions: { ready, serving, terminating } };
  if (namesItself(pod, service)) endpoint.hostname = pod.spec.hostname!;
  if (pod.spec.nodeName) endpoint.nodeName = pod.spec.nodeName;
  if (zone !== '') endpoint.zone = zone;
  endpoint.targetRef = { kind: 'Pod', namespace, name, uid };
  return endpoint;
}

/** A Pod has a DNS name of its own where its subdomain is the Service's name. @source endpointslice util ShouldSetHostname */
function namesItself(pod: Pod, service: Service): boolean {
  const { hostname = '', subdomain } = pod.spec;
  return (
    hostname !== '' && subdomain === service.metadata.name && pod.metadata.namespace === service.metadata.namespace
  );
}

/**
 * The ports behind a Service on this Pod. A named target port that the Pod does not have is left out; so is everything
 * of a headless Service without ports.
 * @source staging/src/k8s.io/endpointslice/utils.go getEndpointPorts
 */
export function portsOf(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((port): EndpointPort[] => {
    const number = targetPortOn(pod, port);
    if (number === undefined) return [];
    const { name = '', protocol, appProtocol } = port;
    return [{ name, port: number, protocol, ...(appProtocol !== undefined && { appProtocol }) }];
  });
}

/**
 * The number of a Service port's target on a Pod: a name is looked up in the containers, then in the sidecars.
 * @source staging/src/k8s.io/endpointslice/utils.go findPort
 */
export function targetPortOn(pod: Pod, { targetPort, protocol }: ServicePort): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const named = (containers: readonly Container[]) =>
    containers.flatMap(({ ports = [] }) => ports).find((port) => port.name === targetPort && port.protocol === protocol)
      ?.containerPort;
  return named(pod.spec.containers) ?? named(sidecars);
}
