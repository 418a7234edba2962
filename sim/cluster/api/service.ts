import type { Condition, IntOrString, KubernetesObject, Labels, Protocol } from './meta.ts';

export interface ServicePort {
  /** Absent: unnamed; only where the Service has one port. */
  name?: string;
  protocol: Protocol;
  appProtocol?: string;
  port: number;
  targetPort: IntOrString;
  nodePort?: number;
}

export type IPFamily = 'IPv4' | 'IPv6';

export interface ServiceSpec {
  type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** `None`: headless. Absent or empty: not allocated, or ExternalName. */
  clusterIP?: string;
  clusterIPs?: string[];
  ipFamilies?: IPFamily[];
  ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';
  selector?: Labels;
  ports?: ServicePort[];
  externalIPs?: string[];
  externalName?: string;
  sessionAffinity: 'None' | 'ClientIP';
  sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } };
  loadBalancerIP?: string;
  loadBalancerClass?: string;
  loadBalancerSourceRanges?: string[];
  allocateLoadBalancerNodePorts?: boolean;
  healthCheckNodePort?: number;
  /** Of NodePort and LoadBalancer, and where there are externalIPs. */
  externalTrafficPolicy?: 'Cluster' | 'Local';
  /** Absent: ExternalName. */
  internalTrafficPolicy?: 'Cluster' | 'Local';
  trafficDistribution?: string;
  publishNotReadyAddresses?: boolean;
}

export interface LoadBalancerIngress {
  ip?: string;
  hostname?: string;
  ipMode?: 'VIP' | 'Proxy';
}

export interface Service extends KubernetesObject {
  kind: 'Service';
  spec: ServiceSpec;
  status: { loadBalancer: { ingress?: LoadBalancerIngress[] }; conditions?: Condition[] };
}
