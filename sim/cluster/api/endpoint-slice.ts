import type { KubernetesObject, Protocol } from './meta.ts';

export interface ObjectReference {
  apiVersion?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  uid?: string;
}

export interface EndpointConditions {
  /** Absent counts as true. */
  ready?: boolean;
  /** Absent counts as true for proxies. */
  serving?: boolean;
  /** Absent counts as false. */
  terminating?: boolean;
}

export interface EndpointHints {
  forZones?: { name: string }[];
  forNodes?: { name: string }[];
}

export interface Endpoint {
  addresses: string[];
  conditions: EndpointConditions;
  hostname?: string;
  nodeName?: string;
  zone?: string;
  targetRef?: ObjectReference;
  hints?: EndpointHints;
  deprecatedTopology?: Record<string, string>;
}

export interface EndpointPort {
  name?: string;
  protocol: Protocol;
  port?: number;
  appProtocol?: string;
}

export interface EndpointSlice extends KubernetesObject {
  kind: 'EndpointSlice';
  addressType: 'IPv4' | 'IPv6' | 'FQDN';
  endpoints: Endpoint[];
  ports: EndpointPort[];
}

/** The Service of a slice is named by this label. */
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
export const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by';

export interface EndpointAddress {
  ip: string;
  hostname?: string;
  nodeName?: string;
  targetRef?: ObjectReference;
}

export interface EndpointSubset {
  addresses?: EndpointAddress[];
  notReadyAddresses?: EndpointAddress[];
  ports?: { name?: string; port: number; protocol: Protocol; appProtocol?: string }[];
}

/** The legacy form, one object for each Service. */
export interface Endpoints extends KubernetesObject {
  kind: 'Endpoints';
  subsets: EndpointSubset[];
}
