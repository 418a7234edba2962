import type { IntOrString, KubernetesObject, LabelSelector, Protocol } from './meta.ts';

export interface NetworkPolicyPort {
  protocol: Protocol;
  /** A number or a container port's name; absent: every port. */
  port?: IntOrString;
  /** Last of a range that begins with `port`. */
  endPort?: number;
}

export interface NetworkPolicyPeer {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
}

export interface NetworkPolicy extends KubernetesObject {
  kind: 'NetworkPolicy';
  spec: {
    podSelector: LabelSelector;
    /** Filled in: Ingress always, Egress where there are egress rules. */
    policyTypes: ('Ingress' | 'Egress')[];
    ingress?: { from?: NetworkPolicyPeer[]; ports?: NetworkPolicyPort[] }[];
    egress?: { to?: NetworkPolicyPeer[]; ports?: NetworkPolicyPort[] }[];
  };
}

export interface IngressBackend {
  service?: { name: string; port: { name?: string; number?: number } };
  resource?: unknown;
}

export interface Ingress extends KubernetesObject {
  kind: 'Ingress';
  spec: {
    ingressClassName?: string;
    defaultBackend?: IngressBackend;
    tls?: { hosts?: string[]; secretName?: string }[];
    rules?: {
      host?: string;
      http?: {
        paths: { path?: string; pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific'; backend: IngressBackend }[];
      };
    }[];
  };
  status: { loadBalancer: { ingress?: { ip?: string; hostname?: string }[] } };
}

export interface IngressClass extends KubernetesObject {
  kind: 'IngressClass';
  spec: { controller: string; parameters?: unknown };
}

export interface ParentReference {
  group?: string;
  kind?: string;
  namespace?: string;
  name: string;
  sectionName?: string;
  port?: number;
}

export interface Gateway extends KubernetesObject {
  kind: 'Gateway';
  spec: {
    gatewayClassName: string;
    listeners: {
      name: string;
      port: number;
      protocol: string;
      hostname?: string;
      tls?: unknown;
      allowedRoutes?: unknown;
    }[];
    addresses?: { type?: string; value: string }[];
  };
  status: { addresses?: { type?: string; value: string }[] };
}

export interface HTTPRouteMatch {
  path?: { type: 'Exact' | 'PathPrefix' | 'RegularExpression'; value: string };
  headers?: { type?: string; name: string; value: string }[];
  queryParams?: { type?: string; name: string; value: string }[];
  method?: string;
}

export interface HTTPBackendRef {
  group?: string;
  kind?: string;
  name: string;
  namespace?: string;
  port?: number;
  /** Share among the rule's backends; default 1. */
  weight: number;
}

export interface HTTPRoute extends KubernetesObject {
  kind: 'HTTPRoute';
  spec: {
    parentRefs?: ParentReference[];
    hostnames?: string[];
    rules: { matches?: HTTPRouteMatch[]; filters?: unknown[]; backendRefs?: HTTPBackendRef[]; timeouts?: unknown }[];
  };
}
