/**
 * Kubernetes objects as plain data: the fields that a model reads, with the real names. Fields that no model reads are
 * kept as they came (`[field: string]: unknown` is not declared, so that a typo in a model fails to compile).
 * @source Kubernetes API reference v1.35
 */

export type Labels = Readonly<Record<string, string>>;

export interface OwnerReference {
  kind: string;
  name: string;
  uid: string;
}

export interface ObjectMeta {
  name: string;
  /** Empty for cluster-scoped kinds. */
  namespace: string;
  uid: string;
  /** Set by the store at each write; unique and growing over the whole cluster. */
  resourceVersion: number;
  /** Grows when the spec changes. */
  generation: number;
  labels: Labels;
  annotations: Labels;
  /** ns; -1 before the store has it. */
  creationTimestamp: number;
  /** ns at which deletion was asked; absent while it was not. */
  deletionTimestamp?: number;
  deletionGracePeriodSeconds?: number;
  ownerReference?: OwnerReference;
}

export interface KubernetesObject {
  kind: Kind;
  metadata: ObjectMeta;
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface ContainerPort {
  name?: string;
  containerPort: number;
  protocol: Protocol;
}

/** Durations of a probe are seconds, as in Kubernetes. */
export interface Probe {
  kind: 'httpGet' | 'tcpSocket' | 'exec' | 'grpc';
  port?: number | string;
  initialDelaySeconds: number;
  periodSeconds: number;
  timeoutSeconds: number;
  successThreshold: number;
  failureThreshold: number;
}

/** CPU in thousandths of a core, memory in bytes. */
export interface Resources {
  cpuMilli: number;
  memoryBytes: number;
}

export interface Container {
  name: string;
  image: string;
  ports: ContainerPort[];
  requests: Resources;
  /** Absent: unlimited. */
  limits?: Partial<Resources>;
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  /** Seconds that the preStop hook sleeps; 0 without one. */
  preStopSeconds: number;
}

export interface PodSpec {
  containers: Container[];
  nodeName?: string;
  nodeSelector: Labels;
  restartPolicy: 'Always' | 'OnFailure' | 'Never';
  terminationGracePeriodSeconds: number;
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

export interface PodStatus {
  phase: PodPhase;
  podIP?: string;
  /** The Ready condition. */
  ready: boolean;
  /** ns of the Ready condition's last change; -1 before. */
  readySince: number;
  startTime: number;
  restarts: number;
  /** Why the scheduler could not place it. */
  unschedulable?: string;
}

export interface Pod extends KubernetesObject {
  kind: 'Pod';
  spec: PodSpec;
  status: PodStatus;
}

export interface PodTemplate {
  labels: Labels;
  annotations: Labels;
  spec: PodSpec;
}

export interface Deployment extends KubernetesObject {
  kind: 'Deployment';
  spec: {
    replicas: number;
    selector: Labels;
    template: PodTemplate;
    strategy: 'RollingUpdate' | 'Recreate';
    /** A number of Pods or a percentage such as '25%'. */
    maxSurge: number | string;
    maxUnavailable: number | string;
    minReadySeconds: number;
  };
  status: { replicas: number; readyReplicas: number; updatedReplicas: number };
}

export interface ReplicaSet extends KubernetesObject {
  kind: 'ReplicaSet';
  spec: { replicas: number; selector: Labels; template: PodTemplate; minReadySeconds: number };
  status: { replicas: number; readyReplicas: number };
}

export interface NodeTaint {
  key: string;
  value: string;
  effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface Node extends KubernetesObject {
  kind: 'Node';
  spec: { podCIDR: string; unschedulable: boolean; taints: NodeTaint[] };
  status: { ready: boolean; allocatable: Resources & { pods: number }; address: string };
}

export interface ServicePort {
  name: string;
  port: number;
  targetPort: number | string;
  protocol: Protocol;
  nodePort?: number;
}

export interface Service extends KubernetesObject {
  kind: 'Service';
  spec: {
    type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
    /** 'None' for a headless Service; empty until one is allocated. */
    clusterIP: string;
    selector: Labels;
    ports: ServicePort[];
    publishNotReadyAddresses: boolean;
  };
}

export interface Endpoint {
  address: string;
  ready: boolean;
  serving: boolean;
  terminating: boolean;
  nodeName?: string;
  zone?: string;
  /** `namespace/name` of the Pod. */
  pod?: string;
}

export interface EndpointSlice extends KubernetesObject {
  kind: 'EndpointSlice';
  addressType: 'IPv4' | 'IPv6' | 'FQDN';
  ports: { name: string; port: number; protocol: Protocol }[];
  endpoints: Endpoint[];
  /** Name of the Service in the same namespace. */
  service: string;
}

export interface ScalingPolicy {
  type: 'Pods' | 'Percent';
  value: number;
  periodSeconds: number;
}

export interface ScalingRules {
  stabilizationWindowSeconds: number;
  selectPolicy: 'Max' | 'Min' | 'Disabled';
  policies: ScalingPolicy[];
}

export interface HorizontalPodAutoscaler extends KubernetesObject {
  kind: 'HorizontalPodAutoscaler';
  spec: {
    /** Name of a Deployment in the same namespace. */
    target: string;
    minReplicas: number;
    maxReplicas: number;
    /** Of the containers' CPU requests, in percent. */
    targetCPUUtilization: number;
    scaleUp: ScalingRules;
    scaleDown: ScalingRules;
  };
  status: { desiredReplicas: number; currentUtilization: number };
}

export interface Namespace extends KubernetesObject {
  kind: 'Namespace';
}

export interface KindMap {
  Namespace: Namespace;
  Node: Node;
  Pod: Pod;
  Deployment: Deployment;
  ReplicaSet: ReplicaSet;
  Service: Service;
  EndpointSlice: EndpointSlice;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
}

export type Kind = keyof KindMap;
