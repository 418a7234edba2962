/**
 * The fields that Kubernetes knows, so that a wrong type is an error and an unknown name a warning. A word per field,
 * `name:type`: s string, i integer, b boolean, q quantity, is integer or string, m map of strings, q{} map of quantities,
 * * anything, []X list of X, X a type of this table.
 * @source Kubernetes API reference v1.35: https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/
 * @simplifies volumes, affinity and other parts that no model will read are `*`: a typo in them goes unnoticed
 */
export const API_TYPES: Record<string, string> = {
  ObjectMeta: `name:s generateName:s namespace:s uid:s resourceVersion:s generation:i creationTimestamp:s deletionTimestamp:s
    deletionGracePeriodSeconds:i labels:m annotations:m ownerReferences:[]OwnerReference finalizers:[]s managedFields:* selfLink:s`,
  OwnerReference: 'apiVersion:s kind:s name:s uid:s controller:b blockOwnerDeletion:b',
  LabelSelector: 'matchLabels:m matchExpressions:[]LabelSelectorRequirement',
  LabelSelectorRequirement: 'key:s operator:s values:[]s',

  Namespace: 'apiVersion:s kind:s metadata:ObjectMeta spec:* status:*',

  Node: 'apiVersion:s kind:s metadata:ObjectMeta spec:NodeSpec status:NodeStatus',
  NodeSpec: 'podCIDR:s podCIDRs:[]s providerID:s unschedulable:b taints:[]Taint configSource:* externalID:s',
  Taint: 'key:s value:s effect:s timeAdded:s',
  NodeStatus: `capacity:q{} allocatable:q{} phase:s conditions:[]NodeCondition addresses:[]NodeAddress daemonEndpoints:* nodeInfo:*
    images:* volumesInUse:* volumesAttached:* config:* runtimeHandlers:* features:* declaredFeatures:*`,
  NodeCondition: 'type:s status:s lastHeartbeatTime:s lastTransitionTime:s reason:s message:s',
  NodeAddress: 'type:s address:s',

  Pod: 'apiVersion:s kind:s metadata:ObjectMeta spec:PodSpec status:PodStatus',
  PodSpec: `volumes:* initContainers:[]Container containers:[]Container ephemeralContainers:* restartPolicy:s
    terminationGracePeriodSeconds:i activeDeadlineSeconds:i dnsPolicy:s nodeSelector:m serviceAccountName:s serviceAccount:s
    automountServiceAccountToken:b nodeName:s hostNetwork:b hostPID:b hostIPC:b shareProcessNamespace:b securityContext:*
    imagePullSecrets:* hostname:s subdomain:s affinity:* schedulerName:s tolerations:* hostAliases:* priorityClassName:s priority:i
    dnsConfig:* readinessGates:* runtimeClassName:s enableServiceLinks:b preemptionPolicy:s overhead:q{} topologySpreadConstraints:*
    setHostnameAsFQDN:b os:* hostUsers:b schedulingGates:* resourceClaims:* resources:ResourceRequirements hostnameOverride:s workloadRef:*`,
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
  PodStatus: `observedGeneration:i phase:s conditions:[]PodCondition message:s reason:s nominatedNodeName:s hostIP:s hostIPs:* podIP:s
    podIPs:[]PodIP startTime:s initContainerStatuses:* containerStatuses:* qosClass:s ephemeralContainerStatuses:* resize:s
    resourceClaimStatuses:* extendedResourceClaimStatus:* allocatedResources:* resources:*`,
  PodCondition: `type:s observedGeneration:i status:s lastProbeTime:s lastTransitionTime:s reason:s message:s`,
  PodIP: 'ip:s',
  PodTemplateSpec: 'metadata:ObjectMeta spec:PodSpec',

  Deployment: 'apiVersion:s kind:s metadata:ObjectMeta spec:DeploymentSpec status:*',
  DeploymentSpec: `replicas:i selector:LabelSelector template:PodTemplateSpec strategy:DeploymentStrategy minReadySeconds:i
    revisionHistoryLimit:i paused:b progressDeadlineSeconds:i`,
  DeploymentStrategy: 'type:s rollingUpdate:RollingUpdateDeployment',
  RollingUpdateDeployment: 'maxUnavailable:is maxSurge:is',

  Service: 'apiVersion:s kind:s metadata:ObjectMeta spec:ServiceSpec status:*',
  ServiceSpec: `ports:[]ServicePort selector:m clusterIP:s clusterIPs:[]s type:s externalIPs:[]s sessionAffinity:s loadBalancerIP:s
    loadBalancerSourceRanges:[]s externalName:s externalTrafficPolicy:s healthCheckNodePort:i publishNotReadyAddresses:b
    sessionAffinityConfig:* ipFamilies:[]s ipFamilyPolicy:s allocateLoadBalancerNodePorts:b loadBalancerClass:s
    internalTrafficPolicy:s trafficDistribution:s`,
  ServicePort: 'name:s protocol:s appProtocol:s port:i targetPort:is nodePort:i',

  HorizontalPodAutoscaler: 'apiVersion:s kind:s metadata:ObjectMeta spec:HorizontalPodAutoscalerSpec status:*',
  HorizontalPodAutoscalerSpec: `scaleTargetRef:CrossVersionObjectReference minReplicas:i maxReplicas:i metrics:[]MetricSpec
    behavior:HorizontalPodAutoscalerBehavior`,
  HorizontalPodAutoscalerV1: 'apiVersion:s kind:s metadata:ObjectMeta spec:HorizontalPodAutoscalerSpecV1 status:*',
  HorizontalPodAutoscalerSpecV1:
    'scaleTargetRef:CrossVersionObjectReference minReplicas:i maxReplicas:i targetCPUUtilizationPercentage:i',
  CrossVersionObjectReference: 'kind:s name:s apiVersion:s',
  MetricSpec: 'type:s object:* pods:* resource:ResourceMetricSource containerResource:* external:*',
  ResourceMetricSource: 'name:s target:MetricTarget',
  MetricTarget: 'type:s value:q averageValue:q averageUtilization:i',
  HorizontalPodAutoscalerBehavior: 'scaleUp:HPAScalingRules scaleDown:HPAScalingRules',
  HPAScalingRules: 'stabilizationWindowSeconds:i selectPolicy:s policies:[]HPAScalingPolicy tolerance:q',
  HPAScalingPolicy: 'type:s value:i periodSeconds:i',
};
