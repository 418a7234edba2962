import { Faults } from '../sim/input/faults.ts';
import { loadScenario } from '../sim/input/load.ts';
import { readManifestStream } from '../sim/input/manifests/stream.ts';
import type { Scenario } from '../sim/input/scenario.ts';
import { clusterSection, clusterSettings } from '../sim/input/scenario-cluster.ts';
import { Cluster } from '../sim/run/cluster.ts';
import { runScenario } from '../sim/run/run.ts';
import { type Job, timed } from './job.ts';

const MANIFEST = (i: number, replicas: number) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web-${i}, namespace: ns-${i % 100}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web-${i}}}
  template:
    metadata: {labels: {app: web-${i}}}
    spec:
      containers:
      - name: web
        image: example/web:1
        ports: [{containerPort: 8080, name: http}]
        resources: {requests: {cpu: 20m, memory: 32Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: web-${i}, namespace: ns-${i % 100}}
spec:
  selector: {app: web-${i}}
  ports: [{name: http, port: 80, targetPort: http}]
---
`;

/** Kubernetes' own limits: 250 endpoints in the larger Services, of which there are two in a hundred. */
function* manifests(services: number): Generator<string> {
  for (let i = 0; i < services; i++) yield MANIFEST(i, i % 50 === 0 ? 250 : 10);
}

/** From the text of the manifests to a cluster in which every Pod runs and every Service is published. Args: nodes, Services. */
const settle: Job = ([nodes, services]) => {
  let pods = 0;
  let slices = 0;
  const seconds = timed(() => {
    const faults = new Faults();
    const objects = readManifestStream('all.yaml', manifests(services!), 'default', faults).map(
      ({ object }) => object!,
    );
    const nodesSection = { count: nodes!, zones: ['a', 'b', 'c'], cpu: 32, memory: '128Gi' };
    const section = clusterSection.parse({ podCIDR: '10.0.0.0/8', nodes: nodesSection });
    const settings = clusterSettings(section, 0, {} as never);
    const { store } = new Cluster(settings, objects, { controllers: true, settled: true, onStart: () => {} });
    pods = store.count('Pod');
    slices = store.count('EndpointSlice');
  });
  return { seconds, count: pods, notes: { slices, peakMB: process.resourceUsage().maxRSS / 1024 } };
};

const DUMPED = (i: number) => `- apiVersion: v1
  kind: Pod
  metadata:
    creationTimestamp: "2026-01-01T00:00:00Z"
    generateName: web-7c9f8d5b6-
    labels:
      app: web-${i % 1000}
      pod-template-hash: 7c9f8d5b6
    name: web-7c9f8d5b6-${i}
    namespace: ns-${i % 50}
    ownerReferences:
    - apiVersion: apps/v1
      blockOwnerDeletion: true
      controller: true
      kind: ReplicaSet
      name: web-${i % 1000}-7c9f8d5b6
      uid: 2b1f7b0e-0000-4000-8000-${String(i % 1000).padStart(12, '0')}
    resourceVersion: "${100_000 + i}"
    uid: 9c1f7b0e-0000-4000-8000-${String(i).padStart(12, '0')}
  spec:
    containers:
    - env:
      - name: POD_IP
        valueFrom:
          fieldRef:
            apiVersion: v1
            fieldPath: status.podIP
      image: registry.example.com/team/web:1.2.3
      imagePullPolicy: IfNotPresent
      livenessProbe:
        failureThreshold: 3
        httpGet:
          path: /healthz
          port: http
          scheme: HTTP
        periodSeconds: 10
        successThreshold: 1
        timeoutSeconds: 1
      name: web
      ports:
      - containerPort: 8080
        name: http
        protocol: TCP
      resources:
        limits:
          cpu: "1"
          memory: 512Mi
        requests:
          cpu: 250m
          memory: 256Mi
      terminationMessagePath: /dev/termination-log
      volumeMounts:
      - mountPath: /var/run/secrets/kubernetes.io/serviceaccount
        name: kube-api-access-${i}
        readOnly: true
    dnsPolicy: ClusterFirst
    nodeName: node-${i % 2000}
    restartPolicy: Always
    serviceAccountName: default
    terminationGracePeriodSeconds: 30
    tolerations:
    - effect: NoExecute
      key: node.kubernetes.io/not-ready
      operator: Exists
      tolerationSeconds: 300
  status:
    conditions:
    - lastProbeTime: null
      lastTransitionTime: "2026-01-01T00:00:20Z"
      status: "True"
      type: Ready
    containerStatuses:
    - containerID: containerd://${String(i).padStart(64, 'a')}
      image: registry.example.com/team/web:1.2.3
      name: web
      ready: true
      restartCount: 0
      started: true
      state:
        running:
          startedAt: "2026-01-01T00:00:15Z"
    phase: Running
    podIP: 10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}
    podIPs:
    - ip: 10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}
    startTime: "2026-01-01T00:00:00Z"
`;

/** What \`kubectl get pods -A -o yaml\` prints comes in chunk by chunk. Args: Pods. Counted are megabytes. */
const dump: Job = ([pods]) => {
  let bytes = 0;
  const text = function* (): Generator<string> {
    const sized = (chunk: string) => {
      bytes += chunk.length;
      return chunk;
    };
    yield sized('apiVersion: v1\nitems:\n');
    for (let i = 0; i < pods!; i += 500) yield sized(Array.from({ length: 500 }, (_, k) => DUMPED(i + k)).join(''));
    yield sized('kind: List\n');
  };
  const faults = new Faults();
  let objects = 0;
  const seconds = timed(() => {
    objects = readManifestStream('dump.yaml', text(), 'default', faults).length;
  });
  return { seconds, count: bytes / 1e6, notes: { objects, errors: faults.count } };
};

/** 1,000 Pods are rolled out while clients on 50 nodes keep calling them. @param nodes in all */
function rolloutScenario(nodes: number): Scenario {
  const workload = (name: string, replicas: number, more = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      terminationGracePeriodSeconds: 5
${more}      containers:
      - {name: c, image: x, ports: [{containerPort: 80}], readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 5}}
---
`;
  const away = '      nodeSelector: {role: client}\n';
  const files: Record<string, string> = {
    's.yaml': `apiVersion: svclab.dev/v1alpha1
kind: Scenario
metadata: {name: rollout}
duration: 10m
manifests: [m.yaml]
cluster:
  podCIDR: 10.0.0.0/8
  nodeGroups:
  - {name: client, count: 50, zones: [a], labels: {role: client}, cpu: 8}
  - {name: server, count: ${nodes - 50}, zones: [a], cpu: 8}
clients: {one: {preset: none, connections: {keepAlive: 0s, connectTimeout: 1s}, timeout: 1s}}
workloads: [{for: deployment/server, serviceTime: {exponential: 1ms}, concurrency: 8, cores: 1, backlog: 100}]
traffic: [{name: load, from: deployment/client, to: 'http://server', client: one, discovery: env, arrivals: {poisson: {rate: 500}}}]
timeline: [{at: 1s, restart: deployment/server}]
trace: {requests: 0, buckets: 10s}
`,
    'm.yaml': `${workload('server', 1000)}${workload('client', 50, away)}apiVersion: v1
kind: Service
metadata: {name: server}
spec: {selector: {app: server}, ports: [{port: 80}]}
`,
  };
  return loadScenario('s.yaml', { read: (path) => files[path]! }).base;
}

/** Seconds of simulated time a CPU second, without the start of the world. Args: nodes. */
const rollout: Job = ([nodes]) => {
  const options = { version: 'bench', sink: () => {}, summarise: () => ({}) };
  const scenario = rolloutScenario(nodes!);
  const run = (seconds: number) => timed(() => runScenario({ ...scenario, duration: seconds * 1e9 }, options));
  run(1);
  const simulated = 300;
  const start = run(0.001);
  return { seconds: run(simulated) - start, count: simulated, notes: { startSeconds: start } };
};

export const jobs: Record<string, Job> = { settle, dump, rollout };
