import { type Dice, type Fields, randomDistribution } from './dice.ts';

export interface RandomApp {
  name: string;
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  manifests: Fields[];
  /** Its entry of `workloads:`. */
  behaviour: Fields;
}

const KINDS = ['Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** A workload with its Services, which calls some of the others, and what watches over it. */
export function randomApp(r: Dice, name: string, others: readonly string[]): RandomApp {
  const kind = r.of(KINDS);
  return {
    name,
    kind,
    manifests: [
      workload(r, name, kind),
      service(r, name, {}),
      service(r, `${name}-headless`, { clusterIP: 'None', selector: { app: name } }, 8080),
      ...(kind === 'Deployment' && r.chance(0.2) ? [autoscaler(name)] : []),
      ...(r.chance(0.2) ? [budget(r, name)] : []),
      ...(others.length > 0 && r.chance(0.15) ? [policy(others[0]!, name)] : []),
    ],
    behaviour: { for: `${kind.toLowerCase()}/${name}`, ...behaviour(r, others) },
  };
}

function workload(r: Dice, name: string, kind: RandomApp['kind']): Fields {
  const probe = () => ({
    ...r.of<Fields>([{ tcpSocket: { port: 'http' } }, { httpGet: { path: '/', port: 'http' } }]),
    periodSeconds: r.of([1, 5]),
    timeoutSeconds: r.of([1, 3]),
    failureThreshold: r.of([1, 3]),
  });
  const cpu = r.of(['500m', '1', '2']);
  const container = {
    name,
    image: `example/${name}`,
    ports: [
      { name: 'http', containerPort: 8080 },
      { name: 'udp', containerPort: 5353, protocol: 'UDP' },
    ],
    resources: { requests: { cpu, memory: '1Gi' }, limits: { cpu, memory: '1Gi' } },
    ...r.maybe(0.6, () => ({ readinessProbe: probe() })),
    ...r.maybe(0.3, () => ({ livenessProbe: probe() })),
    ...r.maybe(0.2, () => ({ startupProbe: { ...probe(), failureThreshold: 30 } })),
    ...r.maybe(0.4, () => ({ lifecycle: { preStop: { exec: { command: ['sleep', r.of(['1', '5', '40'])] } } } })),
  };
  const template = {
    metadata: { labels: { app: name } },
    spec: {
      containers: [container],
      terminationGracePeriodSeconds: r.of([0, 1, 10, 30]),
      ...r.maybe(0.1, () => ({ initContainers: [{ name: 'init', image: 'example/init' }] })),
      ...r.maybe(0.1, () => ({ enableServiceLinks: false })),
    },
  };
  const strategy = r.of<object>([
    { type: 'Recreate' },
    { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    { rollingUpdate: { maxSurge: '100%', maxUnavailable: '50%' } },
  ]);
  const own = {
    Deployment: { replicas: r.of([0, 1, 2, 4]), minReadySeconds: r.of([0, 5]), strategy },
    StatefulSet: { replicas: r.of([1, 3]), serviceName: `${name}-headless` },
    DaemonSet: {},
  }[kind];
  const spec = { selector: { matchLabels: { app: name } }, template, ...own };
  return { apiVersion: 'apps/v1', kind, metadata: { name }, spec };
}

export function service(r: Dice, name: string, fields: Fields, port = 80): Fields {
  const isHeadless = fields.clusterIP === 'None';
  const spec = {
    selector: { app: name },
    ports: [
      { name: 'http', port, targetPort: 'http' },
      { name: 'udp', port: 53, targetPort: 'udp', protocol: 'UDP' },
    ],
    ipFamilyPolicy: 'RequireDualStack',
    ...(isHeadless
      ? r.maybe(0.3, () => ({ publishNotReadyAddresses: true }))
      : {
          type: 'LoadBalancer',
          ...r.maybe(0.2, () => ({ sessionAffinity: 'ClientIP' })),
          ...r.maybe(0.2, () => ({ internalTrafficPolicy: 'Local' })),
          ...r.maybe(0.2, () => ({ externalTrafficPolicy: 'Local' })),
          ...r.maybe(0.2, () => ({ trafficDistribution: r.of(['PreferClose', 'PreferSameNode']) })),
          ...r.maybe(0.1, () => ({ loadBalancerSourceRanges: ['192.0.2.0/24'] })),
        }),
    ...fields,
  };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

function behaviour(r: Dice, others: readonly string[]): Fields {
  const shares = r.chance(0.3);
  const controlsDelay = r.chance(0.15);
  return {
    serviceTime: randomDistribution(r, r.of([2, 20])),
    concurrency: r.of([1, 4, 64]),
    backlog: r.of([0, 5, 100]),
    backlogFull: r.of(['drop', 'refuse', 'unavailable']),
    ...r.maybe(0.3, () => ({ cores: r.of<unknown>([0.5, 3]) })),
    ...r.maybe(0.4, () => ({
      queue: {
        discipline: r.of(['fifo', 'lifo', 'priority']),
        ...r.maybe(0.4, () => ({ maxWait: r.of(['10ms', '1s']) })),
        ...(controlsDelay ? { controlledDelay: {} } : {}),
        dropAbandoned: r.chance(0.4),
      },
    })),
    ...(shares ? { scheduling: 'processorSharing' } : {}),
    ...(shares && r.chance(0.5) ? { cpuQuota: { cores: r.of<unknown>([0.3, 1.5]) }, cores: 4 } : {}),
    ...r.maybe(0.2, () => ({ contention: { alpha: r.of([0, 0.05]), beta: 0.001 } })),
    ...r.maybe(0.2, () => ({ warmup: { slower: 5, time: '10s' } })),
    ...r.maybe(0.1, () => ({ serviceTimePer: r.of(['attempt', 'request']) })),
    ...r.maybe(0.1, () => ({ serviceTimeOf: { users: randomDistribution(r, 10) } })),
    ...r.maybe(0.2, () => ({
      errors: { share: r.of([0.01, 0.5]), status: r.of([500, 503, 429]), fast: r.chance(0.5) },
    })),
    ...r.maybe(0.15, () => ({ memory: { base: '900Mi', perRequest: r.of(['1Mi', '40Mi']) } })),
    ...r.maybe(0.2, () => ({ maxConnections: r.of([1, 10]) })),
    shutdown: r.of(['finish', 'finish', 'exit', 'ignore']),
    ...r.maybe(0.2, () => ({ retryAfter: r.of(['100ms', '2s']) })),
    startup: r.of(['0s', '3s', '20s']),
    probesShareQueue: r.chance(0.5),
    calls: others.flatMap((other, i) => (r.chance(0.8) ? [call(r, other, i > 0)] : [])),
  };
}

function call(r: Dice, other: string, mayJoin: boolean): Fields {
  const discovery = r.of<unknown>([
    'podIP',
    'dns',
    'env',
    'headless',
    'endpoints',
    { podIP: 0.5, headless: 0.5 },
    { dns: 0.3, env: 0.3, endpoints: 0.4 },
  ]);
  const isHeadless = JSON.stringify(discovery).includes('headless');
  const isDatagram = r.chance(0.1);
  const host = isHeadless ? `${other}-headless` : other;
  return {
    to: isDatagram ? `udp://${host}:53` : `http://${host}${isHeadless ? ':8080' : ''}`,
    share: r.of([0.2, 1]),
    client: 'inner',
    discovery,
    ...r.maybe(0.15, () => ({ family: 'IPv6' })),
    ...(mayJoin ? r.maybe(0.3, () => ({ parallel: true })) : {}),
    ...r.maybe(0.3, () => ({ optional: true })),
    ...r.maybe(0.2, () => ({ cache: { hitRatio: r.of([0.5, 1]), refill: '5s' } })),
  };
}

function budget(r: Dice, name: string): Fields {
  const spec = { selector: { matchLabels: { app: name } }, maxUnavailable: r.of<unknown>([0, 1, '50%']) };
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name }, spec };
}

/** Only `from` may connect to `name`. */
function policy(name: string, from: string): Fields {
  const spec = {
    podSelector: { matchLabels: { app: name } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: from } } }] }],
  };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: `to-${name}` }, spec };
}

function autoscaler(name: string): Fields {
  const target = { type: 'Utilization', averageUtilization: 50 };
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: 1,
    maxReplicas: 6,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
  };
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name }, spec };
}
