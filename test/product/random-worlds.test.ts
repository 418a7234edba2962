import { expect, test } from 'vitest';
import { type Stream, Streams } from '../../sim/engine/random.ts';
import { OUTCOMES } from '../../sim/trace/outcomes.ts';
import { outcomeOf } from './runs.ts';
import { type App, type SmallWorld, scenarioOf } from './worlds.ts';

/**
 * Random small worlds: policies, sizes, faults and discoveries, with a random subset of features off. Each run must end,
 * conserve (a run throws when anything is lost, or a pool or a Pod is above its size), and not drown in events of its own.
 * SVCLAB_WORLDS sets how many, SVCLAB_SEED where they begin.
 */
const count = Number(process.env.SVCLAB_WORLDS ?? 40);
const first = Number(process.env.SVCLAB_SEED ?? 1);
const SECONDS = 150;

test.each(Array.from({ length: count }, (_, i) => first + i))('world %i', (seed) => {
  const world = randomWorld(new Streams(seed).stream('world'));
  const hasServer = JSON.stringify(world.cluster?.dns).includes('server');
  const { summary, counters } = outcomeOf(scenarioOf({ ...world, seed }));
  const { sent, ...outcomes } = summary.requests;
  expect(OUTCOMES.reduce((sum, outcome) => sum + (outcomes[outcome] ?? 0), 0)).toBe(sent);
  expect(counters.endedAt).toBe(SECONDS * 1e9);
  // An attempt takes at most a dozen events and a few SYNs, a lookup eight names asked for five times; probes, controllers and buckets a few hundred a second.
  expect(counters.events).toBeLessThan((25 + (hasServer ? 250 : 0)) * counters.attempts + 1000 * SECONDS);
});

function randomWorld(stream: Stream): SmallWorld {
  const r = dice(stream);
  const names = ['front', 'middle', 'back'].slice(0, 1 + stream.below(3));
  const dns = { cache: r.of(['0s', '5s', '30s']), ...(r.chance(0.5) ? randomDNS(r) : {}) };
  return {
    apps: names.map((name, i) => randomApp(r, name, names.slice(i + 1))),
    duration: `${SECONDS}s`,
    rate: r.of<SmallWorld['rate']>([20, 100, { '0s': 10, '40s': 300, '60s': 300, '80s': 10 }]),
    manifests: [
      ...names.slice(1).map(headless),
      ...(r.chance(0.3) ? [autoscaler(names.at(-1)!)] : []),
      ...(r.chance(0.2) ? [policy(r.of(names), r.of(names))] : []),
    ],
    clients: { web: randomClient(r), inner: randomClient(r) },
    cluster: {
      nodes: {
        count: r.of([2, 3, 5]),
        maxCount: 6,
        cpu: r.of([4, 16]),
        memory: '64Gi',
        zones: r.of([['a'], ['a', 'b', 'c']]),
      },
      network: {
        deadAddress: r.of(['silent', 'unreachable3s', 'unreachable', 'refused']),
        icmpRateLimit: r.of(['1s', 'none']),
      },
      dataPlane: {
        mode: r.of(['iptables', 'ipvs', 'nftables', 'ebpf']),
        scheduler: r.of(['rr', 'lc', 'sed', 'sh', 'mh', 'twos']),
        algorithm: r.of(['random', 'maglev']),
        minSyncPeriod: r.of(['0s', '1s', '10s']),
        ruleTime: r.of(['0s', '24ns', '1ms']),
      },
      conntrack: { limit: r.of<unknown>(['none', 'auto', 50]), localPorts: r.of<unknown>(['none', 20]) },
      loadBalancer: { provider: r.of(['cloud', 'metallb']), healthCheck: r.of(['0s', '6s']) },
      dns,
      podIPReuse: r.of(['0s', '10s', '5m']),
      ...(r.chance(0.4)
        ? { autoscaler: { provisioning: '20s', unneededTime: '10s', delayAfterAdd: '10s', utilizationThreshold: 0.9 } }
        : {}),
    },
    timeline: Array.from({ length: stream.below(6) }, () => randomEntry(r, names, 'server' in dns)),
    trace: { requests: r.of([0, 1]), buckets: r.of(['500ms', '7s']) },
  };
}

function randomDNS(r: Dice): Record<string, unknown> {
  return {
    ttl: r.of(['1s', '30s']),
    server: {
      replicas: r.of([0, 1, 2]),
      serviceTime: r.of<unknown>(['60us', { exponential: '10ms' }]),
      concurrency: r.of([1, 1000]),
      backlog: r.of([0, 5, 256]),
    },
    nodeLocal: r.chance(0.3),
    conntrackRace: r.of<unknown>([null, { probability: 0.1 }, { probability: 1 }]),
  };
}

function randomResolver(r: Dice): Record<string, unknown> {
  return {
    preset: r.of(['glibc', 'musl', 'go', 'jvm', 'node', 'nginx']),
    singleRequestReopen: r.chance(0.2),
    ...(r.chance(0.3) ? { attempts: r.of([1, 3]), timeout: r.of(['100ms', '2s']) } : {}),
    ...(r.chance(0.3) ? { ndots: r.of([0, 2]) } : {}),
    ...(r.chance(0.3) ? { cache: r.of<unknown>(['ttl', { positive: '5s', negative: '1s' }]) } : {}),
  };
}

function randomApp(r: Dice, name: string, others: string[]): App {
  const probe = () => ({
    tcpSocket: { port: 'http' },
    periodSeconds: r.of([1, 5]),
    timeoutSeconds: r.of([1, 3]),
    failureThreshold: r.of([1, 3]),
  });
  const limit = r.of(['500m', '1', '2']);
  return {
    name,
    replicas: r.of([0, 1, 2, 4]),
    container: {
      resources: { requests: { cpu: limit, memory: '1Gi' }, limits: { cpu: limit } },
      ...(r.chance(0.6) ? { readinessProbe: probe() } : {}),
      ...(r.chance(0.3) ? { livenessProbe: probe() } : {}),
      ...(r.chance(0.2) ? { startupProbe: { ...probe(), failureThreshold: 30 } } : {}),
      ...(r.chance(0.4) ? { lifecycle: { preStop: { sleep: { seconds: r.of([1, 5, 40]) } } } } : {}),
    },
    pod: { terminationGracePeriodSeconds: r.of([1, 10, 30]) },
    service: {
      ...(r.chance(0.2) ? { sessionAffinity: 'ClientIP' } : {}),
      ...(r.chance(0.2) ? { internalTrafficPolicy: 'Local' } : {}),
      ...(r.chance(0.2) ? { externalTrafficPolicy: 'Local' } : {}),
      ...(r.chance(0.2) ? { trafficDistribution: 'PreferClose' } : {}),
      ...(r.chance(0.1) ? { loadBalancerSourceRanges: ['192.0.2.0/24'] } : {}),
    },
    deployment: {
      minReadySeconds: r.of([0, 5]),
      strategy: r.of<object>([
        { type: 'Recreate' },
        { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
        { rollingUpdate: { maxSurge: '100%', maxUnavailable: '50%' } },
      ]),
    },
    behaviour: {
      serviceTime: r.of<unknown>(['5ms', { exponential: '20ms' }, { lognormal: { mean: '30ms', p99: '200ms' } }]),
      concurrency: r.of([1, 4, 64]),
      backlog: r.of([0, 5, 100]),
      startup: r.of(['0s', '3s', '20s']),
      probesShareQueue: r.chance(0.5),
      calls: others.map((other) => {
        const discovery = r.of<unknown>(['podIP', 'dns', 'env', 'headless', { podIP: 0.5, headless: 0.5 }]);
        const isHeadless = JSON.stringify(discovery).includes('headless');
        const to = isHeadless ? `http://${other}-headless:8080` : `http://${other}`;
        return { to, share: r.of([0.2, 1]), client: 'inner', discovery };
      }),
    },
  };
}

function clusterService(name: string, clusterIP: string | undefined): Record<string, unknown> {
  const spec = { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }], clusterIP };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
}

function headless(name: string): object & Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${name}-headless` },
    spec: { clusterIP: 'None', selector: { app: name }, ports: [{ port: 8080, targetPort: 'http' }] },
  };
}

/** Only `from` may connect to `name`. */
function policy(name: string, from: string): Record<string, unknown> {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'some' },
    spec: {
      podSelector: { matchLabels: { app: name } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { app: from } } }] }],
    },
  };
}

function autoscaler(name: string): Record<string, unknown> {
  const target = { type: 'Utilization', averageUtilization: 50 };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 6,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    },
  };
}

function randomClient(r: Dice): Record<string, unknown> {
  return {
    timeout: r.of(['200ms', '2s', 'none']),
    resolver: randomResolver(r),
    connections: {
      pool: r.of<unknown>([1, 5, 'unlimited']),
      poolTimeout: r.of(['300ms', '5s', 'none']),
      keepAlive: r.of(['0s', '1s', '60s']),
      connectTimeout: r.of(['500ms', '3s', '20s']),
    },
    retries: {
      max: r.of([0, 1, 4]),
      backoff: { base: r.of(['0s', '100ms']), jitter: r.of(['none', 'full', 'equal']) },
      probability: r.of([1, 0.5]),
      budget: r.of<unknown>(['none', { ratio: 0.1 }]),
      on: r.of([['connect'], ['connect', 'timeout', 'serverError']]),
    },
  };
}

function randomEntry(r: Dice, names: string[], hasServer: boolean): Record<string, unknown> {
  const at = `${r.of([5, 20, 21, 50, 90])}s`;
  const node = `node-${r.of([0, 1])}`;
  return r.of<() => Record<string, unknown>>([
    () => ({ at, scale: `deployment/${r.of(names)}`, replicas: r.of([0, 1, 3, 6]) }),
    () => ({ at, restart: `deployment/${r.of(names)}` }),
    () => ({ at, drain: node }),
    () => (hasServer ? { at, dns: r.of(['down', 'slow', 'servfail']), for: '20s' } : { at, drain: node }),
    () => (hasServer ? { at, scale: 'kube-system/deployment/coredns', replicas: r.of([0, 3]) } : { at, drain: node }),
    () => ({ at, delete: `${r.of(['service', 'deployment'])}/${r.of(names)}` }),
    () => ({ at, apply: [clusterService(r.of(names), r.of([undefined, '10.96.7.7']))] }),
    () => ({ at, fail: { node }, for: r.of(['5s', '55s', '200s']) }),
  ])();
}

interface Dice {
  of<T>(items: readonly T[]): T;
  chance(p: number): boolean;
}

function dice(stream: Stream): Dice {
  return {
    of: (items) => items[stream.below(items.length)]!,
    chance: (p) => stream.uniform() < p,
  };
}
