import type { Endpoint, EndpointSlice } from '../sim/cluster/api/endpoint-slice.ts';
import type { ObjectMeta } from '../sim/cluster/api/meta.ts';
import type { Node, NodeAddress } from '../sim/cluster/api/node.ts';
import type { Pod } from '../sim/cluster/api/pod.ts';
import type { Service, ServicePort, ServiceSpec } from '../sim/cluster/api/service.ts';
import { DEFAULT_PROXY_SETTINGS, type ProxyInput, type ProxySettings } from '../sim/dataplane/rules/proxy-input.ts';

/** Objects for tests, with the defaults that the API server fills in. Names are `ns/name`. */
export function metaOf(name: string, labels: Record<string, string> = {}): ObjectMeta {
  const [namespace, own] = name.includes('/') ? (name.split('/') as [string, string]) : ['', name];
  return {
    name: own,
    namespace,
    labels,
    annotations: {},
    uid: name,
    resourceVersion: 1,
    generation: 1,
    creationTimestamp: 0,
  };
}

export function nodeOf(name: string, ips: readonly string[], labels: Record<string, string> = {}): Node {
  const addresses = ips.map((address): NodeAddress => ({ type: 'InternalIP', address }));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metaOf(name, labels),
    spec: {},
    status: { allocatable: {}, conditions: [], addresses },
  };
}

export interface ServiceOptions extends Partial<Omit<ServiceSpec, 'ports'>> {
  ports?: (Partial<ServicePort> & { port: number })[];
  ingress?: { ip?: string; ipMode?: 'VIP' | 'Proxy' }[];
  labels?: Record<string, string>;
}

export function serviceOf(name: string, { ports, ingress, labels, ...spec }: ServiceOptions): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metaOf(name, labels),
    spec: {
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ...spec,
      ports: (ports ?? [{ name: 'p80', port: 80 }]).map((port) => ({
        protocol: 'TCP',
        targetPort: port.port,
        ...port,
      })),
    },
    status: { loadBalancer: ingress === undefined ? {} : { ingress } },
  };
}

export interface SliceOptions {
  /** A slice's own name; default that of the Service and `-1`. */
  name?: string;
  ports?: EndpointSlice['ports'];
  addressType?: EndpointSlice['addressType'];
  labels?: Record<string, string>;
}

/** @param endpoints an address alone is a ready one on no node */
export function sliceOf(
  service: string,
  endpoints: readonly (string | (Partial<Endpoint> & { ip: string }))[],
  { name = `${service}-1`, ports, addressType = 'IPv4', labels = {} }: SliceOptions = {},
): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: metaOf(name, { 'kubernetes.io/service-name': service.split('/')[1]!, ...labels }),
    addressType,
    ports: ports ?? [{ name: 'p80', protocol: 'TCP', port: 80 }],
    endpoints: endpoints.map((endpoint) => {
      if (typeof endpoint === 'string') return { addresses: [endpoint], conditions: { ready: true } };
      const { ip, ...rest } = endpoint;
      return { addresses: [ip], conditions: { ready: true }, ...rest };
    }),
  };
}

export function podOf(name: string, ip: string, nodeName: string, options: Partial<Pod['spec']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metaOf(name, { pod: name.split('/')[1]! }),
    spec: {
      containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] }],
      nodeName,
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      ...options,
    },
    status: { phase: 'Running', conditions: [], podIP: ip, podIPs: [{ ip }] },
  };
}

export const TEST_NODE = nodeOf('test-node', ['192.168.0.2', '192.168.1.2', '2001:db8::1']);

export function inputOf(
  services: Service[],
  slices: EndpointSlice[],
  settings: Partial<ProxySettings> = {},
  node: Node = TEST_NODE,
): ProxyInput {
  const blocks = { clusterCIDR: '10.0.0.0/8,fd00:10::/64', serviceCIDR: '172.30.0.0/16' };
  return { services, slices, node, settings: { ...DEFAULT_PROXY_SETTINGS, ...blocks, ...settings } };
}
