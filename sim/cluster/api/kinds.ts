import type { HorizontalPodAutoscaler } from './autoscaling.ts';
import type { EndpointSlice, Endpoints } from './endpoint-slice.ts';
import type { KubernetesObject } from './meta.ts';
import type { Gateway, HTTPRoute, Ingress, IngressClass, NetworkPolicy } from './networking.ts';
import type { Node } from './node.ts';
import type { Pod } from './pod.ts';
import type { PodDisruptionBudget } from './policy.ts';
import type { Service } from './service.ts';
import type { DaemonSet, Deployment, Job, ReplicaSet, StatefulSet } from './workloads.ts';

export interface Namespace extends KubernetesObject {
  kind: 'Namespace';
}

export interface ConfigMap extends KubernetesObject {
  kind: 'ConfigMap';
  data?: Record<string, string>;
}

/** Every kind that the store holds. */
export interface KindMap {
  Namespace: Namespace;
  Node: Node;
  Pod: Pod;
  Deployment: Deployment;
  ReplicaSet: ReplicaSet;
  StatefulSet: StatefulSet;
  DaemonSet: DaemonSet;
  Job: Job;
  Service: Service;
  EndpointSlice: EndpointSlice;
  Endpoints: Endpoints;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  PodDisruptionBudget: PodDisruptionBudget;
  NetworkPolicy: NetworkPolicy;
  Ingress: Ingress;
  IngressClass: IngressClass;
  Gateway: Gateway;
  HTTPRoute: HTTPRoute;
  ConfigMap: ConfigMap;
}

export type Kind = keyof KindMap;

/** Of each kind: the apiVersion under which it is stored. */
export const API_VERSIONS: Readonly<Record<Kind, string>> = {
  Namespace: 'v1',
  Node: 'v1',
  Pod: 'v1',
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  Service: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  Endpoints: 'v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  PodDisruptionBudget: 'policy/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
  IngressClass: 'networking.k8s.io/v1',
  Gateway: 'gateway.networking.k8s.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  ConfigMap: 'v1',
};
