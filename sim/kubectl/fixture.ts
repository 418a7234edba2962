import { lookAtFiles } from '../check/look.ts';
import type { Cluster } from '../run/cluster.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotOfCluster } from './sources.ts';

/** For tests: the settled cluster of some manifests. */
export function clusterOf(manifests: string): Cluster {
  return lookAtFiles(['shop.yaml'], { read: () => manifests }).live;
}

/** For tests: what kubectl is shown of it. */
export function snapshotOf(manifests: string): Snapshot {
  return snapshotOfCluster(clusterOf(manifests));
}

/** For tests: a Deployment of `replicas` Pods labelled `app: <name>` with a container port 8080 named http, ready at once. */
export function deployment(name: string, replicas: number, container = ''): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - {name: ${name}, image: example/${name}:1, ports: [{name: http, containerPort: 8080}] ${container}}
---
`;
}

/** For tests: a Service on port 80. @param spec further fields, a flow mapping's content */
export function service(name: string, spec: string): string {
  return `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {${spec}}
---
`;
}
