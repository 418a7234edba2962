/** M/M/c as a scenario file: one Pod of `cores` cores behind a Service, 200 requests/s of 10 ms. */
export function scenarioText(duration: string, fields: Record<string, unknown> = {}): string {
  const labels = { app: 'api' };
  const container = {
    name: 'c',
    image: 'i',
    ports: [{ containerPort: 80 }],
    resources: { requests: { cpu: '1', memory: '1Gi' } },
  };
  return JSON.stringify({
    apiVersion: 'svclab.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'farm' },
    duration,
    manifests: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'api' },
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'api' },
        spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 80 }] },
      },
    ],
    cluster: {
      nodes: { count: 2, zones: ['a', 'b'], cpu: 64, memory: '64Gi' },
      network: { external: '1us', sameNode: '1us', sameZone: '1us' },
    },
    clients: { patient: { preset: 'none', timeout: '100s' } },
    workloads: [
      { for: 'deployment/api', serviceTime: { exponential: '10ms' }, cores: 4, concurrency: 100_000, backlog: 100_000 },
    ],
    traffic: [{ name: 'users', to: 'http://api', client: 'patient', arrivals: { poisson: { rate: 200 } } }],
    ...fields,
  });
}
