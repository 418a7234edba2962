import type { EndpointSlice } from '../../cluster/api/endpoint-slice.ts';
import { SERVICE_NAME_LABEL } from '../../cluster/api/endpoint-slice.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import type { Service } from '../../cluster/api/service.ts';
import { sameIP } from '../../cluster/ip.ts';
import type { ClusterObjects } from '../cluster-objects.ts';

/** An address of a Service's slices that the server publishes, with the ports of its slice. */
export interface PublishedEndpoint {
  ip: string;
  /** Its label in a name: hostname, Pod name or address. */
  label: string;
  ports: { name: string; protocol: string; port: number }[];
}

/** Where a Service or slice says no port: it has a name all the same, but no SRV record. */
export const NO_PORT = -1;

/**
 * The endpoints of a Service that have names: those that are ready, or do not say whether they are.
 * @source CoreDNS plugin/kubernetes/object/endpoint.go, EndpointSliceToEndpoints
 */
export function publishedEndpoints(
  { metadata }: { metadata: Service['metadata'] },
  objects: ClusterObjects,
  podNames: boolean,
): PublishedEndpoint[] {
  return [...objects.list('EndpointSlice')]
    .filter((slice) => slice.metadata.namespace === metadata.namespace && serviceOf(slice) === metadata.name)
    .flatMap((slice) => endpointsOf(slice, podNames));
}

/** Of all Services: the names of the endpoints with an address, as `label.service.namespace`. */
export function endpointsWithAddress(
  ip: string,
  objects: ClusterObjects,
  podNames: boolean,
  isServed: (namespace: string) => boolean,
): string[] {
  return [...objects.list('EndpointSlice')]
    .filter(({ metadata }) => isServed(metadata.namespace))
    .flatMap((slice) => {
      const own = endpointsOf(slice, podNames).filter((endpoint) => sameIP(endpoint.ip, ip));
      return own.map(({ label }) => `${label}.${serviceOf(slice)}.${slice.metadata.namespace}`);
    });
}

/**
 * Is there a Pod of that address in the namespace, as the server knows them? Not those that terminate or have ended.
 * @source CoreDNS plugin/kubernetes/object/pod.go; controller.go, podListFunc
 */
export function hasPodWithAddress(ip: string, namespace: string, objects: ClusterObjects): boolean {
  const isKnown = ({ metadata, status }: Pod) =>
    metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed', 'Unknown'].includes(status.phase);
  return [...objects.list('Pod')].some(
    (pod) => pod.metadata.namespace === namespace && pod.status.podIP === ip && isKnown(pod),
  );
}

export function isHeadless({ spec }: Service): boolean {
  return clusterIPsOf(spec)[0] === 'None';
}

/** None while they are not allocated. */
export function clusterIPsOf({ clusterIPs, clusterIP }: Service['spec']): string[] {
  return (clusterIPs?.length ? clusterIPs : [clusterIP ?? '']).filter((ip) => ip !== '');
}

function serviceOf({ metadata }: EndpointSlice): string {
  return metadata.labels[SERVICE_NAME_LABEL] ?? '';
}

function endpointsOf({ endpoints, ports }: EndpointSlice, podNames: boolean): PublishedEndpoint[] {
  const named = (ports ?? []).map(({ name = '', protocol = '', port = NO_PORT }) => ({ name, protocol, port }));
  const own = named.length === 0 ? [{ name: '', protocol: '', port: NO_PORT }] : named;
  return (endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses, hostname, targetRef }) => {
      const pod = podNames && (targetRef?.name?.length ?? 64) < 64 ? targetRef?.name : undefined;
      return addresses.map((ip) => ({ ip, label: hostname || pod || labelOfAddress(ip), ports: own }));
    });
}

/** `10-244-0-7`, `fd00-1--7`; a label may not end in a dash. */
function labelOfAddress(ip: string): string {
  return ip.replaceAll('.', '-').replaceAll(':', '-').replace(/-$/, '-0');
}
