import { z } from 'zod';
import type { ClientPolicy } from './client-policy.ts';
import { CLIENT_PRESETS } from './client-presets.ts';
import { knownNames } from './faults.ts';
import { distribution } from './scenario-distribution.ts';
import {
  complain,
  count,
  duration,
  durationOrNone,
  expecting,
  positiveDuration,
  refuse,
  section,
  share,
} from './scenario-fields.ts';
import {
  circuitBreakerSection,
  concurrencyLimitSection,
  outlierDetectionSection,
  throttlingSection,
} from './scenario-guards.ts';
import { resolverPolicy, resolverSection } from './scenario-resolver.ts';
import { hedgingSection, retriesSection, retriesWithDefaults } from './scenario-retries.ts';
import type { World } from './world.ts';

const UNLIMITED = z.literal('unlimited').transform(() => Number.POSITIVE_INFINITY);

const policy = section({
  preset: z
    .string()
    .meta({ enum: Object.keys(CLIENT_PRESETS) })
    .transform((name, ctx) => {
      if (Object.hasOwn(CLIENT_PRESETS, name)) return name;
      return refuse(ctx, `there is no preset "${name}"`, knownNames(name, Object.keys(CLIENT_PRESETS), 'one of'));
    })
    .prefault('none')
    .describe('Whose defaults the other fields override.'),
  protocol: z
    .enum(['http1', 'http2'])
    .optional()
    .describe(
      'http1: a connection holds one request at a time; http2, as gRPC: requests share one. Default: the preset’s.',
    ),
  connections: section({
    pool: z
      .union([UNLIMITED, count(1)], { error: expecting('a number of connections, or unlimited') })
      .optional()
      .describe('Connections per client Pod and target; with http2 per address.'),
    maxStreams: count(1).optional().describe('Of http2: requests at a time on a connection. Default 100.'),
    poolTimeout: durationOrNone().optional().describe('How long a call may wait for a connection.'),
    maxWaiting: z
      .union([UNLIMITED, count(0)], { error: expecting('a number of calls, or unlimited') })
      .optional()
      .describe('Calls that may wait for a connection; a further one ends at once as circuitOpen. Default unlimited.'),
    keepAlive: duration().optional().describe('An idle connection is closed after this; 0: a connection per request.'),
    maxIdle: z
      .union([UNLIMITED, count(1)], { error: expecting('a number of connections, or unlimited') })
      .optional()
      .describe(
        'Of http1: idle connections per client Pod and host at most (a name is one, a Pod’s address with discovery podIP or endpoints too); one that becomes idle beyond is closed. Default unlimited.',
      ),
    maxLifetime: durationOrNone()
      .optional()
      .describe('A connection of this age takes no further request. Default none.'),
    lifetimeJitter: share().optional().describe('By which share a lifetime may be shorter, at random. Default 0.'),
    deadAfter: durationOrNone()
      .optional()
      .describe(
        'Of http2: a connection whose other end is silent is given up after this (keepalive pings). Default 924.6s, TCP’s.',
      ),
    connectTimeout: positiveDuration().optional().describe('Until a connection must stand.'),
  })
    .optional()
    .describe('The connection pool.'),
  timeout: durationOrNone().optional().describe('Of one attempt, from its connection to the whole answer.'),
  readTimeout: durationOrNone()
    .optional()
    .describe(
      'From when the request was sent, over a connection that stands, to the whole answer. Default: the preset’s, mostly none.',
    ),
  totalTimeout: durationOrNone().optional().describe('Of a call with all its attempts and waits. Default none.'),
  patience: distribution
    .optional()
    .describe('Of people: how long each waits in all, in place of totalTimeout: 5s, or {exponential: 5s}.'),
  priority: z
    .int()
    .optional()
    .describe('Of its requests in queues of discipline priority: higher ones go first. Default 0.'),
  inheritDeadline: z
    .boolean()
    .optional()
    .describe(
      'Whether a call ends when the one ends that it is made for, as gRPC passes its deadline on. Default false.',
    ),
  balancing: z
    .enum(['roundRobin', 'random', 'leastRequest', 'pickFirst'])
    .optional()
    .describe(
      'Which of several addresses is used: in turn, at random, the less loaded of two at random, or the first. Default roundRobin.',
    ),
  retries: retriesSection.optional().describe('What is tried again, and when.'),
  hedging: hedgingSection.optional().describe('Attempts that are sent before others have failed. Excludes retries.'),
  circuitBreaker: circuitBreakerSection.optional().describe('Stops sending when too much fails.'),
  concurrencyLimit: concurrencyLimitSection
    .optional()
    .describe('A limit of requests under way that adapts; what is beyond ends at once as budgetExhausted.'),
  throttling: throttlingSection
    .optional()
    .describe('Rejects locally what would be rejected anyway, as in Google’s SRE book; that ends as budgetExhausted.'),
  outlierDetection: outlierDetectionSection
    .optional()
    .describe('Leaves out addresses that fail, where the client knows several.'),
  resolver: resolverSection.optional().describe('How it looks names up, where `cluster.dns.server` is simulated.'),
}).transform((given, ctx): ClientPolicy => {
  const preset = CLIENT_PRESETS[given.preset]!;
  const { connections = {} } = given;
  const policy = {
    protocol: given.protocol ?? preset.protocol,
    pool: connections.pool ?? preset.pool,
    maxStreams: connections.maxStreams ?? preset.maxStreams,
    poolTimeout: connections.poolTimeout ?? preset.poolTimeout,
    maxWaiting: connections.maxWaiting ?? preset.maxWaiting,
    keepAlive: connections.keepAlive ?? preset.keepAlive,
    maxIdle: connections.maxIdle ?? preset.maxIdle,
    maxLifetime: connections.maxLifetime ?? preset.maxLifetime,
    lifetimeJitter: connections.lifetimeJitter ?? preset.lifetimeJitter,
    deadAfter: connections.deadAfter ?? preset.deadAfter,
    connectTimeout: connections.connectTimeout ?? preset.connectTimeout,
    timeout: given.timeout ?? preset.timeout,
    readTimeout: given.readTimeout ?? preset.readTimeout,
    totalTimeout: given.totalTimeout ?? preset.totalTimeout,
    patience: given.patience ?? preset.patience,
    priority: given.priority ?? preset.priority,
    inheritsDeadline: given.inheritDeadline ?? preset.inheritsDeadline,
    balancing: given.balancing ?? preset.balancing,
    retries: retriesWithDefaults(given.retries, preset.retries),
    hedging: given.hedging ?? preset.hedging,
    circuitBreaker: given.circuitBreaker ?? preset.circuitBreaker,
    concurrencyLimit: given.concurrencyLimit ?? preset.concurrencyLimit,
    throttling: given.throttling ?? preset.throttling,
    outlierDetection: given.outlierDetection ?? preset.outlierDetection,
    resolver: resolverPolicy(given.resolver, preset.resolver),
  };
  const { max, backoff } = policy.retries;
  if (max === Number.POSITIVE_INFINITY && Math.min(backoff.base, backoff.max) === 0) {
    const fix = 'set backoff.base, as 100ms, and backoff.max to no less';
    complain(ctx, 'retries without an end and without a pause: what fails at once never lets time go on', { fix }, [
      'retries',
    ]);
  }
  if (policy.hedging !== null && max !== 0) {
    const fix = 'leave one of them out; a hedged call sends its next attempt at once when one fails';
    complain(ctx, 'hedging and retries exclude each other', { fix }, ['hedging']);
  }
  return policy;
});

export const clientsSection = z.record(z.string(), policy);

/** A name under `clients`, or a preset's. */
export function clientReference(world: World) {
  return z.string({ error: expecting('a name under clients, or a preset') }).transform((name, ctx) => {
    if (world.clients.has(name) || Object.hasOwn(CLIENT_PRESETS, name)) return name;
    const known = [...world.clients, ...Object.keys(CLIENT_PRESETS)];
    return refuse(ctx, `there is no client "${name}"`, knownNames(name, known, 'a name under clients, or a preset'));
  });
}
