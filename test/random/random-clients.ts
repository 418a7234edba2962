import { type Dice, type Fields, randomDistribution } from './dice.ts';

const PRESETS = [
  'none',
  'node-fetch',
  'node-http',
  'go',
  'java-httpclient',
  'python-requests',
  'ingress-nginx',
  'jdk-httpclient',
  'okhttp',
  'hikaricp',
  'grpc',
  'envoy',
  'nginx',
  'browser',
];

/** A client policy, with a random part of its features. */
export function randomClient(r: Dice): Fields {
  const isHTTP2 = r.chance(0.3);
  const hedges = r.chance(0.15);
  return {
    ...r.maybe(0.3, () => ({ preset: r.of(PRESETS) })),
    ...(isHTTP2 ? { protocol: 'http2' } : r.maybe(0.5, () => ({ protocol: 'http1' }))),
    timeout: r.of(['200ms', '2s', 'none']),
    ...r.maybe(0.2, () => ({ readTimeout: r.of(['100ms', '3s', 'none']) })),
    ...r.maybe(0.2, () =>
      r.chance(0.5) ? { totalTimeout: r.of(['500ms', '5s']) } : { patience: randomDistribution(r, 3000) },
    ),
    ...r.maybe(0.2, () => ({ priority: r.of([0, 1, 7]) })),
    ...r.maybe(0.3, () => ({ inheritDeadline: r.chance(0.7) })),
    ...r.maybe(0.4, () => ({ balancing: r.of(['roundRobin', 'random', 'leastRequest', 'pickFirst']) })),
    ...r.maybe(0.7, () => ({ resolver: randomResolver(r) })),
    connections: {
      pool: r.of<unknown>([1, 5, 'unlimited']),
      ...(isHTTP2 ? { maxStreams: r.of([1, 10, 100]) } : {}),
      poolTimeout: r.of(['300ms', '5s', 'none']),
      ...r.maybe(0.2, () => ({ maxWaiting: r.of([0, 3, 50]) })),
      keepAlive: r.of(['0s', '1s', '60s']),
      ...r.maybe(0.2, () => ({ maxIdle: r.of<unknown>([1, 2, 'unlimited']) })),
      ...r.maybe(0.3, () => ({ maxLifetime: r.of(['500ms', '10s']), lifetimeJitter: r.of([0, 0.3, 1]) })),
      ...(isHTTP2 ? r.maybe(0.4, () => ({ deadAfter: r.of(['2s', 'none']) })) : {}),
      connectTimeout: r.of(['500ms', '3s', '20s']),
    },
    ...(hedges
      ? { hedging: { after: r.of(['5ms', '50ms', 'p95']), max: r.of([1, 2]) }, retries: { max: 0 } }
      : { retries: randomRetries(r) }),
    ...r.maybe(0.2, () => ({
      circuitBreaker: {
        ...(r.chance(0.5) ? { consecutive: r.of([1, 5]) } : { errorRate: r.of([0.2, 0.5]), window: r.of([10, 100]) }),
        openFor: r.of(['500ms', '10s']),
        probes: r.of([1, 10]),
      },
    })),
    ...r.maybe(0.15, () => ({
      concurrencyLimit: { algorithm: r.of(['aimd', 'gradient']), initial: 5, min: 1, max: r.of([5, 100]) },
    })),
    ...r.maybe(0.15, () => ({ throttling: { multiplier: r.of([1.1, 2]), window: r.of(['1s', '30s']) } })),
    ...r.maybe(0.2, () => ({
      outlierDetection: { consecutive: r.of([1, 5]), ejectedFor: r.of(['1s', '30s']), maxEjected: r.of([0.1, 1]) },
    })),
  };
}

function randomRetries(r: Dice): Fields {
  const conditions = ['connect', 'timeout', 'serverError', 'poolTimeout', 'dnsFailure', 503, 'reset'];
  return {
    max: r.of<unknown>([0, 1, 4, 'addresses', 'unlimited']),
    backoff: {
      base: r.of(['1ms', '100ms']),
      jitter: r.of(['none', 'full', 'equal', 'decorrelated', 'exponential']),
    },
    probability: r.of([1, 0.5]),
    budget: r.of<unknown>([
      'none',
      { ratio: 0.1 },
      { window: '10s', share: 0.2, minPerSecond: 1 },
      { active: 0.2 },
      { maxTokens: 10, tokenRatio: 0.1 },
    ]),
    on: r.chance(0.5) ? ['connect', 'timeout', 'serverError'] : ['connect', ...r.some(conditions.slice(1), 0.4)],
    ...r.maybe(0.2, () => ({ retryAfter: true })),
  };
}

function randomResolver(r: Dice): Fields {
  return {
    preset: r.of(['glibc', 'musl', 'go', 'jvm', 'node', 'nginx']),
    singleRequestReopen: r.chance(0.2),
    ...r.maybe(0.3, () => ({ attempts: r.of([1, 3]), timeout: r.of(['100ms', '2s']) })),
    ...r.maybe(0.3, () => ({ ndots: r.of([0, 2]) })),
    ...r.maybe(0.1, () => ({ search: ['svc.cluster.local'] })),
    ...r.maybe(0.3, () => ({ cache: r.of<unknown>(['ttl', 'forever', { positive: '5s', negative: '1s' }]) })),
  };
}
