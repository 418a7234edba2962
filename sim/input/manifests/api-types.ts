/**
 * The fields that Kubernetes knows, so that a wrong type is an error and an unknown name a warning. A word per field,
 * `name:type`: s string, i integer, b boolean, t time, q quantity, is integer or string, m map of strings, q{} map of
 * quantities, * anything, []X list of X, X a type of this table.
 * @source Kubernetes API reference v1.35: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/ and the
 *   Gateway API v1
 * @simplifies volumes and other parts that no model will read are `*`: a typo in them goes unnoticed
 */
export const API_TYPES: Record<string, string> = {
  ObjectMeta: `name:s generateName:s namespace:s uid:s resourceVersion:s generation:i creationTimestamp:t deletionTimestamp:t
    deletionGracePeriodSeconds:i labels:m annotations:m ownerReferences:[]OwnerReference finalizers:[]s managedFields:* selfLink:s`,
  OwnerReference: 'apiVersion:s kind:s name:s uid:s controller:b blockOwnerDeletion:b',
  LabelSelector: 'matchLabels:m matchExpressions:[]LabelSelectorRequirement',
  LabelSelectorRequirement: 'key:s operator:s values:[]s',
  Condition: `type:s observedGeneration:i status:s lastProbeTime:t lastHeartbeatTime:t lastUpdateTime:t lastTransitionTime:t reason:s
    message:s`,
  LocalObjectReference: 'name:s',
  ObjectReference: 'kind:s namespace:s name:s uid:s apiVersion:s resourceVersion:s fieldPath:s',

  Namespace: 'apiVersion:s kind:s metadata:ObjectMeta spec:* status:*',
  ConfigMap: 'apiVersion:s kind:s metadata:ObjectMeta data:m binaryData:* immutable:b',

  Node: 'apiVersion:s kind:s metadata:ObjectMeta spec:NodeSpec status:NodeStatus',
  NodeSpec: 'podCIDR:s podCIDRs:[]s providerID:s unschedulable:b taints:[]Taint configSource:* externalID:s',
  Taint: 'key:s value:s effect:s timeAdded:t',
  NodeStatus: `capacity:q{} allocatable:q{} phase:s conditions:[]Condition addresses:[]NodeAddress daemonEndpoints:* nodeInfo:*
    images:* volumesInUse:* volumesAttached:* config:* runtimeHandlers:* features:* declaredFeatures:*`,
  NodeAddress: 'type:s address:s',

  Pod: 'apiVersion:s kind:s metadata:ObjectMeta spec:PodSpec status:PodStatus',
  PodSpec: `volumes:* initContainers:[]Container containers:[]Container ephemeralContainers:* restartPolicy:s
    terminationGracePeriodSeconds:i activeDeadlineSeconds:i dnsPolicy:s nodeSelector:m serviceAccountName:s serviceAccount:s
    automountServiceAccountToken:b nodeName:s hostNetwork:b hostPID:b hostIPC:b shareProcessNamespace:b securityContext:*
    imagePullSecrets:* hostname:s subdomain:s affinity:Affinity schedulerName:s tolerations:[]Toleration hostAliases:[]HostAlias
    priorityClassName:s priority:i dnsConfig:PodDNSConfig readinessGates:[]PodReadinessGate runtimeClassName:s enableServiceLinks:b
    preemptionPolicy:s overhead:q{} topologySpreadConstraints:[]TopologySpreadConstraint setHostnameAsFQDN:b os:* hostUsers:b
    schedulingGates:* resourceClaims:* resources:ResourceRequirements hostnameOverride:s workloadRef:*`,
  Affinity: 'nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAffinity',
  NodeAffinity: `requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
    preferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm`,
  NodeSelector: 'nodeSelectorTerms:[]NodeSelectorTerm',
  PreferredSchedulingTerm: 'weight:i preference:NodeSelectorTerm',
  NodeSelectorTerm: 'matchExpressions:[]LabelSelectorRequirement matchFields:[]LabelSelectorRequirement',
  PodAffinity: `requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
    preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm`,
  WeightedPodAffinityTerm: 'weight:i podAffinityTerm:PodAffinityTerm',
  PodAffinityTerm: `labelSelector:LabelSelector namespaces:[]s topologyKey:s namespaceSelector:LabelSelector matchLabelKeys:[]s
    mismatchLabelKeys:[]s`,
  Toleration: 'key:s operator:s value:s effect:s tolerationSeconds:i',
  TopologySpreadConstraint: `maxSkew:i topologyKey:s whenUnsatisfiable:s labelSelector:LabelSelector minDomains:i nodeAffinityPolicy:s
    nodeTaintsPolicy:s matchLabelKeys:[]s`,
  HostAlias: 'ip:s hostnames:[]s',
  PodDNSConfig: 'nameservers:[]s searches:[]s options:[]PodDNSConfigOption',
  PodDNSConfigOption: 'name:s value:s',
  PodReadinessGate: 'conditionType:s',
  Container: `name:s image:s command:[]s args:[]s workingDir:s ports:[]ContainerPort envFrom:* env:[]EnvVar
    resources:ResourceRequirements resizePolicy:* restartPolicy:s restartPolicyRules:* volumeMounts:* volumeDevices:*
    livenessProbe:Probe readinessProbe:Probe startupProbe:Probe lifecycle:Lifecycle terminationMessagePath:s
    terminationMessagePolicy:s imagePullPolicy:s securityContext:* stdin:b stdinOnce:b tty:b`,
  ContainerPort: 'name:s hostPort:i containerPort:i protocol:s hostIP:s',
  EnvVar: 'name:s value:s valueFrom:*',
  ResourceRequirements: 'limits:q{} requests:q{} claims:*',
  Probe: `exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:GRPCAction initialDelaySeconds:i timeoutSeconds:i
    periodSeconds:i successThreshold:i failureThreshold:i terminationGracePeriodSeconds:i`,
  Lifecycle: 'postStart:LifecycleHandler preStop:LifecycleHandler stopSignal:s',
  LifecycleHandler: 'exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction sleep:SleepAction',
  ExecAction: 'command:[]s',
  HTTPGetAction: 'path:s port:is host:s scheme:s httpHeaders:*',
  TCPSocketAction: 'port:is host:s',
  GRPCAction: 'port:i service:s',
  SleepAction: 'seconds:i',
  PodStatus: `observedGeneration:i phase:s conditions:[]Condition message:s reason:s nominatedNodeName:s hostIP:s hostIPs:* podIP:s
    podIPs:[]PodIP startTime:t initContainerStatuses:[]ContainerStatus containerStatuses:[]ContainerStatus qosClass:s
    ephemeralContainerStatuses:* resize:s resourceClaimStatuses:* extendedResourceClaimStatus:* allocatedResources:* resources:*`,
  PodIP: 'ip:s',
  ContainerStatus: `name:s state:ContainerState lastState:ContainerState ready:b restartCount:i image:s imageID:s containerID:s started:b
    allocatedResources:* resources:* volumeMounts:* user:* allocatedResourcesStatus:* stopSignal:s`,
  ContainerState: 'waiting:ContainerStateWaiting running:ContainerStateRunning terminated:ContainerStateTerminated',
  ContainerStateWaiting: 'reason:s message:s',
  ContainerStateRunning: 'startedAt:t',
  ContainerStateTerminated: 'exitCode:i signal:i reason:s message:s startedAt:t finishedAt:t containerID:s',
  PodTemplateSpec: 'metadata:ObjectMeta spec:PodSpec',

  Deployment: 'apiVersion:s kind:s metadata:ObjectMeta spec:DeploymentSpec status:WorkloadStatus',
  DeploymentSpec: `replicas:i selector:LabelSelector template:PodTemplateSpec strategy:DeploymentStrategy minReadySeconds:i
    revisionHistoryLimit:i paused:b progressDeadlineSeconds:i`,
  DeploymentStrategy: 'type:s rollingUpdate:RollingUpdate',
  RollingUpdate: 'maxUnavailable:is maxSurge:is partition:i',
  WorkloadStatus: `observedGeneration:i replicas:i fullyLabeledReplicas:i updatedReplicas:i readyReplicas:i availableReplicas:i
    unavailableReplicas:i terminatingReplicas:i currentReplicas:i currentRevision:s updateRevision:s collisionCount:i
    conditions:[]Condition currentNumberScheduled:i numberMisscheduled:i desiredNumberScheduled:i numberReady:i
    updatedNumberScheduled:i numberAvailable:i numberUnavailable:i`,
  ReplicaSet: 'apiVersion:s kind:s metadata:ObjectMeta spec:ReplicaSetSpec status:WorkloadStatus',
  ReplicaSetSpec: 'replicas:i selector:LabelSelector template:PodTemplateSpec minReadySeconds:i',
  StatefulSet: 'apiVersion:s kind:s metadata:ObjectMeta spec:StatefulSetSpec status:WorkloadStatus',
  StatefulSetSpec: `replicas:i selector:LabelSelector template:PodTemplateSpec volumeClaimTemplates:* serviceName:s
    podManagementPolicy:s updateStrategy:DeploymentStrategy revisionHistoryLimit:i minReadySeconds:i
    persistentVolumeClaimRetentionPolicy:* ordinals:StatefulSetOrdinals`,
  StatefulSetOrdinals: 'start:i',
  DaemonSet: 'apiVersion:s kind:s metadata:ObjectMeta spec:DaemonSetSpec status:WorkloadStatus',
  DaemonSetSpec: `selector:LabelSelector template:PodTemplateSpec updateStrategy:DeploymentStrategy minReadySeconds:i
    revisionHistoryLimit:i`,
  Job: 'apiVersion:s kind:s metadata:ObjectMeta spec:JobSpec status:JobStatus',
  JobSpec: `parallelism:i completions:i activeDeadlineSeconds:i podFailurePolicy:* successPolicy:* backoffLimit:i
    backoffLimitPerIndex:i maxFailedIndexes:i selector:LabelSelector manualSelector:b template:PodTemplateSpec
    ttlSecondsAfterFinished:i completionMode:s suspend:b podReplacementPolicy:s managedBy:s`,
  JobStatus: `conditions:[]Condition startTime:t completionTime:t active:i succeeded:i failed:i terminating:i completedIndexes:s
    failedIndexes:s uncountedTerminatedPods:* ready:i`,

  Service: 'apiVersion:s kind:s metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus',
  ServiceSpec: `ports:[]ServicePort selector:m clusterIP:s clusterIPs:[]s type:s externalIPs:[]s sessionAffinity:s loadBalancerIP:s
    loadBalancerSourceRanges:[]s externalName:s externalTrafficPolicy:s healthCheckNodePort:i publishNotReadyAddresses:b
    sessionAffinityConfig:SessionAffinityConfig ipFamilies:[]s ipFamilyPolicy:s allocateLoadBalancerNodePorts:b
    loadBalancerClass:s internalTrafficPolicy:s trafficDistribution:s`,
  ServicePort: 'name:s protocol:s appProtocol:s port:i targetPort:is nodePort:i',
  SessionAffinityConfig: 'clientIP:ClientIPConfig',
  ClientIPConfig: 'timeoutSeconds:i',
  ServiceStatus: 'loadBalancer:LoadBalancerStatus conditions:[]Condition',
  LoadBalancerStatus: 'ingress:[]LoadBalancerIngress',
  LoadBalancerIngress: 'ip:s hostname:s ipMode:s ports:*',

  EndpointSlice: 'apiVersion:s kind:s metadata:ObjectMeta addressType:s endpoints:[]Endpoint ports:[]EndpointPort',
  Endpoint: `addresses:[]s conditions:EndpointConditions hostname:s targetRef:ObjectReference deprecatedTopology:m nodeName:s zone:s
    hints:EndpointHints`,
  EndpointConditions: 'ready:b serving:b terminating:b',
  EndpointHints: 'forZones:[]ForName forNodes:[]ForName',
  ForName: 'name:s',
  EndpointPort: 'name:s protocol:s port:i appProtocol:s',
  Endpoints: 'apiVersion:s kind:s metadata:ObjectMeta subsets:[]EndpointSubset',
  EndpointSubset: 'addresses:[]EndpointAddress notReadyAddresses:[]EndpointAddress ports:[]EndpointPort',
  EndpointAddress: 'ip:s hostname:s nodeName:s targetRef:ObjectReference',

  HorizontalPodAutoscaler:
    'apiVersion:s kind:s metadata:ObjectMeta spec:HorizontalPodAutoscalerSpec status:HorizontalPodAutoscalerStatus',
  HorizontalPodAutoscalerStatus: `observedGeneration:i lastScaleTime:t currentReplicas:i desiredReplicas:i currentMetrics:*
    conditions:[]Condition`,
  HorizontalPodAutoscalerSpec: `scaleTargetRef:CrossVersionObjectReference minReplicas:i maxReplicas:i metrics:[]MetricSpec
    behavior:HorizontalPodAutoscalerBehavior`,
  HorizontalPodAutoscalerV1: 'apiVersion:s kind:s metadata:ObjectMeta spec:HorizontalPodAutoscalerSpecV1 status:*',
  HorizontalPodAutoscalerSpecV1:
    'scaleTargetRef:CrossVersionObjectReference minReplicas:i maxReplicas:i targetCPUUtilizationPercentage:i',
  CrossVersionObjectReference: 'kind:s name:s apiVersion:s',
  MetricSpec: `type:s object:ObjectMetricSource pods:PodsMetricSource resource:ResourceMetricSource
    containerResource:ContainerResourceMetricSource external:ExternalMetricSource`,
  ObjectMetricSource: 'describedObject:CrossVersionObjectReference target:MetricTarget metric:MetricIdentifier',
  PodsMetricSource: 'metric:MetricIdentifier target:MetricTarget',
  ExternalMetricSource: 'metric:MetricIdentifier target:MetricTarget',
  ResourceMetricSource: 'name:s target:MetricTarget',
  ContainerResourceMetricSource: 'name:s container:s target:MetricTarget',
  MetricIdentifier: 'name:s selector:LabelSelector',
  MetricTarget: 'type:s value:q averageValue:q averageUtilization:i',
  HorizontalPodAutoscalerBehavior: 'scaleUp:HPAScalingRules scaleDown:HPAScalingRules',
  HPAScalingRules: 'stabilizationWindowSeconds:i selectPolicy:s policies:[]HPAScalingPolicy tolerance:q',
  HPAScalingPolicy: 'type:s value:i periodSeconds:i',

  PodDisruptionBudget:
    'apiVersion:s kind:s metadata:ObjectMeta spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus',
  PodDisruptionBudgetStatus: `observedGeneration:i disruptedPods:* disruptionsAllowed:i currentHealthy:i desiredHealthy:i
    expectedPods:i conditions:[]Condition`,
  PodDisruptionBudgetSpec: 'minAvailable:is selector:LabelSelector maxUnavailable:is unhealthyPodEvictionPolicy:s',

  NetworkPolicy: 'apiVersion:s kind:s metadata:ObjectMeta spec:NetworkPolicySpec status:*',
  NetworkPolicySpec: `podSelector:LabelSelector ingress:[]NetworkPolicyIngressRule egress:[]NetworkPolicyEgressRule
    policyTypes:[]s`,
  NetworkPolicyIngressRule: 'ports:[]NetworkPolicyPort from:[]NetworkPolicyPeer',
  NetworkPolicyEgressRule: 'ports:[]NetworkPolicyPort to:[]NetworkPolicyPeer',
  NetworkPolicyPort: 'protocol:s port:is endPort:i',
  NetworkPolicyPeer: 'podSelector:LabelSelector namespaceSelector:LabelSelector ipBlock:IPBlock',
  IPBlock: 'cidr:s except:[]s',

  Ingress: 'apiVersion:s kind:s metadata:ObjectMeta spec:IngressSpec status:IngressStatus',
  IngressSpec: 'ingressClassName:s defaultBackend:IngressBackend tls:[]IngressTLS rules:[]IngressRule',
  IngressBackend: 'service:IngressServiceBackend resource:*',
  IngressServiceBackend: 'name:s port:ServiceBackendPort',
  ServiceBackendPort: 'name:s number:i',
  IngressTLS: 'hosts:[]s secretName:s',
  IngressRule: 'host:s http:HTTPIngressRuleValue',
  HTTPIngressRuleValue: 'paths:[]HTTPIngressPath',
  HTTPIngressPath: 'path:s pathType:s backend:IngressBackend',
  IngressStatus: 'loadBalancer:LoadBalancerStatus',
  IngressClass: 'apiVersion:s kind:s metadata:ObjectMeta spec:IngressClassSpec',
  IngressClassSpec: 'controller:s parameters:*',

  Gateway: 'apiVersion:s kind:s metadata:ObjectMeta spec:GatewaySpec status:*',
  GatewaySpec:
    'gatewayClassName:s listeners:[]Listener addresses:[]GatewayAddress infrastructure:* allowedListeners:* tls:*',
  GatewayAddress: 'type:s value:s',
  Listener: 'name:s hostname:s port:i protocol:s tls:* allowedRoutes:*',
  HTTPRoute: 'apiVersion:s kind:s metadata:ObjectMeta spec:HTTPRouteSpec status:*',
  HTTPRouteSpec: 'parentRefs:[]ParentReference hostnames:[]s rules:[]HTTPRouteRule useDefaultGateways:s',
  ParentReference: 'group:s kind:s namespace:s name:s sectionName:s port:i',
  HTTPRouteRule: `name:s matches:[]HTTPRouteMatch filters:* backendRefs:[]HTTPBackendRef timeouts:* retry:* sessionPersistence:*`,
  HTTPRouteMatch: 'path:HTTPPathMatch headers:[]HTTPHeaderMatch queryParams:[]HTTPHeaderMatch method:s',
  HTTPPathMatch: 'type:s value:s',
  HTTPHeaderMatch: 'type:s name:s value:s',
  HTTPBackendRef: 'group:s kind:s name:s namespace:s port:i weight:i filters:*',
};
