import type { Protocol } from '../../cluster/api/meta.ts';
import type { IPFamily, Service, ServicePort } from '../../cluster/api/service.ts';
import { canonicalIP, familyOf } from '../../cluster/ip.ts';

/** One port of a Service as a proxier of one family sees it. */
export interface ProxiedPort {
  namespace: string;
  service: string;
  /** Empty: unnamed. */
  portName: string;
  protocol: Protocol;
  /** `ns/name:port`, or `ns/name` where the port is unnamed. */
  text: string;
  /** `text` and the protocol: unique, and what endpoints are found by. */
  key: string;
  clusterIP: string;
  port: number;
  /** 0: none. */
  nodePort: number;
  externalIPs: readonly string[];
  /** Addresses that a load balancer delivers to unchanged. */
  loadBalancerVIPs: readonly string[];
  sourceRanges: readonly string[];
  /** Seconds that a client stays with its endpoint; null: no affinity. */
  affinitySeconds: number | null;
  internalPolicyLocal: boolean;
  externalPolicyLocal: boolean;
  /** 0: none. */
  healthCheckNodePort: number;
}

/** Proxies with another name, and headless Services, leave these out. */
const NOT_OURS = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless'];

const DEFAULT_AFFINITY_SECONDS = 10_800;

/** Does kube-proxy hear of the object at all? @source kubernetes cmd/kube-proxy/app/server.go, the informers' label selector */
export function isWatched(labels: Readonly<Record<string, string>>): boolean {
  return NOT_OURS.every((label) => labels[label] === undefined);
}

/**
 * The ports of all Services that have a virtual address of this family, in the order of their keys. (kube-proxy walks a
 * Go map: its order is random, and another one at every sync.)
 * @source kubernetes pkg/proxy/serviceport.go newBaseServiceInfo, pkg/proxy/servicechangetracker.go;
 *   pkg/proxy/util/utils.go ShouldSkipService, GetClusterIPByFamily
 */
export function proxiedPorts(services: readonly Service[], family: IPFamily): ProxiedPort[] {
  return services
    .flatMap((service) => {
      const clusterIP = clusterIPOf(service, family);
      if (clusterIP === null || !isWatched(service.metadata.labels)) return [];
      return (service.spec.ports ?? []).map((port) => proxiedPort(service, port, clusterIP, family));
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** What endpoints and Service ports meet by. */
export function portKey(namespace: string, service: string, portName: string, protocol: Protocol): string {
  return `${portText(namespace, service, portName)}/${protocol}`;
}

function portText(namespace: string, service: string, portName: string): string {
  return portName === '' ? `${namespace}/${service}` : `${namespace}/${service}:${portName}`;
}

/** May it be reached by a node port, a load balancer's address or an external one? */
export function isExternallyAccessible(port: ProxiedPort): boolean {
  return port.nodePort !== 0 || port.loadBalancerVIPs.length > 0 || port.externalIPs.length > 0;
}

/** Even under externalTrafficPolicy Local: for what the node's own Pods send to external addresses. */
export function usesClusterEndpoints(port: ProxiedPort): boolean {
  return !port.internalPolicyLocal || isExternallyAccessible(port);
}

export function usesLocalEndpoints(port: ProxiedPort): boolean {
  return port.internalPolicyLocal || (port.externalPolicyLocal && isExternallyAccessible(port));
}

function clusterIPOf({ spec }: Service, family: IPFamily): string | null {
  if (spec.type === 'ExternalName') return null;
  const addresses = spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]);
  const address = addresses.find((ip) => familyOf(ip) === family);
  return address === undefined ? null : canonicalIP(address);
}

function proxiedPort(service: Service, port: ServicePort, clusterIP: string, family: IPFamily): ProxiedPort {
  const { spec, status, metadata } = service;
  const ofFamily = (addresses: readonly string[]) =>
    addresses.filter((address) => familyOf(address) === family).map(canonicalIP);
  const externalIPs = ofFamily(spec.externalIPs ?? []);
  const isExposed = spec.type !== 'ClusterIP' || (spec.externalIPs ?? []).length > 0;
  const externalPolicyLocal = isExposed && spec.externalTrafficPolicy === 'Local';
  const vips = (status.loadBalancer.ingress ?? []).filter(({ ipMode }) => ipMode !== 'Proxy');
  const sourceRanges = (spec.loadBalancerSourceRanges ?? []).map((range) => range.trim());
  const portName = port.name ?? '';
  return {
    namespace: metadata.namespace,
    service: metadata.name,
    portName,
    protocol: port.protocol,
    text: portText(metadata.namespace, metadata.name, portName),
    key: portKey(metadata.namespace, metadata.name, portName, port.protocol),
    clusterIP,
    port: port.port,
    nodePort: port.nodePort ?? 0,
    externalIPs,
    loadBalancerVIPs: ofFamily(vips.map(({ ip }) => ip ?? '')),
    sourceRanges: sourceRanges.filter((range) => familyOf(range.split('/')[0]!) === family),
    affinitySeconds:
      spec.sessionAffinity === 'ClientIP'
        ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS)
        : null,
    internalPolicyLocal: spec.internalTrafficPolicy === 'Local',
    externalPolicyLocal,
    healthCheckNodePort: spec.type === 'LoadBalancer' && externalPolicyLocal ? (spec.healthCheckNodePort ?? 0) : 0,
  };
}
