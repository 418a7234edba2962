import { formatIPv4, parseCIDR } from '../cluster/address.ts';
import { PLAIN_BEHAVIOUR } from './plain-behaviour.ts';
import type { WorkloadBehaviour } from './scenario.ts';

/** The Service that a Pod's resolv.conf leads to, and the Deployment behind it where the manifests have none. */
export const KUBE_DNS = 'kube-system/kube-dns';
export const CORE_DNS = 'kube-system/coredns';

/**
 * The manifests of the cluster's DNS server as kubeadm installs it, as far as a simulation sees them. That CoreDNS goes on
 * answering for five seconds after SIGTERM (`lameduck 5s` in kubeadm's Corefile) is a preStop here.
 * @source kubernetes cmd/kubeadm/app/phases/addons/dns/manifests.go
 */
export function kubeDNSManifests(replicas: number, serviceCIDR: string): string {
  const clusterIP = formatIPv4(parseCIDR(serviceCIDR).base + 10);
  return `apiVersion: v1
kind: Service
metadata: { name: kube-dns, namespace: kube-system, labels: { k8s-app: kube-dns } }
spec:
  clusterIP: ${clusterIP}
  selector: { k8s-app: kube-dns }
  ports:
  - { name: dns, port: 53, protocol: UDP, targetPort: 53 }
  - { name: dns-tcp, port: 53, protocol: TCP, targetPort: 53 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: coredns, namespace: kube-system, labels: { k8s-app: kube-dns } }
spec:
  replicas: ${replicas}
  strategy: { rollingUpdate: { maxUnavailable: 1 } }
  selector: { matchLabels: { k8s-app: kube-dns } }
  template:
    metadata: { labels: { k8s-app: kube-dns } }
    spec:
      containers:
      - name: coredns
        image: registry.k8s.io/coredns/coredns:v1.13.1
        resources: { requests: { cpu: 100m, memory: 70Mi }, limits: { memory: 170Mi } }
        ports:
        - { name: dns, containerPort: 53, protocol: UDP }
        - { name: dns-tcp, containerPort: 53, protocol: TCP }
        livenessProbe:
          httpGet: { path: /health, port: 8080 }
          initialDelaySeconds: 60
          timeoutSeconds: 5
          failureThreshold: 5
        readinessProbe: { httpGet: { path: /ready, port: 8181 } }
        lifecycle: { preStop: { sleep: { seconds: 5 } } }
`;
}

/** How a Pod of the server behaves. @simplifies probes have ports and goroutines of their own: they do not wait in the queue */
export function dnsBehaviour(
  workload: string,
  server: Pick<WorkloadBehaviour, 'serviceTime' | 'concurrency' | 'backlog'> & { cores: number },
): WorkloadBehaviour {
  const { serviceTime, concurrency, backlog, cores } = server;
  return {
    workload,
    serviceTime,
    concurrency,
    backlog,
    cores: cores / 1000,
    startup: 1e9,
    retryAfter: 0,
    ...PLAIN_BEHAVIOUR,
    probesShareQueue: false,
    calls: [],
    routes: { client: 'none', to: 'service' },
  };
}
