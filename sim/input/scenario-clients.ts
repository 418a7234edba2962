import { z } from 'zod';
import { CLIENT_PRESETS } from './client-presets.ts';
import { knownNames } from './faults.ts';
import type { ClientPolicy, Retries } from './scenario.ts';
import {
  count,
  duration,
  durationOrNone,
  expecting,
  positiveDuration,
  refuse,
  section,
  share,
} from './scenario-fields.ts';
import { resolverPolicy, resolverSection } from './scenario-resolver.ts';
import type { World } from './world.ts';

const backoff = section({
  base: duration().optional().describe('Before the first retry. Default 100ms.'),
  factor: z.number().min(1).optional().describe('Each further wait is so many times as long. Default 2.'),
  max: duration().optional().describe('No wait is longer. Default 10s.'),
  jitter: z
    .enum(['none', 'full', 'equal'])
    .optional()
    .describe('Random part of a wait: none; full: 0 to the wait; equal: half of it to all of it. Default full.'),
});

const budget = z.union(
  [
    z.literal('none'),
    section({
      ratio: z.number().positive().describe('Retries allowed per success: 0.1 lets retries add 10 % of load.'),
      burst: z.number().min(1).default(10).describe('Tokens at start, and at most.'),
    }),
  ],
  { error: expecting('{ratio: 0.1}, or none') },
);

const retries = section({
  max: count(0).max(100).optional().describe('After the first attempt. Default: the preset’s, mostly 0.'),
  backoff: backoff.optional().describe('Waits between attempts.'),
  on: z
    .array(z.enum(['connect', 'timeout', 'serverError']))
    .optional()
    .describe('Outcomes that are tried again: connection faults, timeouts, 5xx answers. Default all.'),
  probability: share()
    .optional()
    .describe('Share of failed calls that are tried again at all: below 1 for people who press again. Default 1.'),
  budget: budget.optional().describe('A token bucket on retries. Default none.'),
});

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
  connections: section({
    pool: z
      .union([z.literal('unlimited').transform(() => Number.POSITIVE_INFINITY), count(1)], {
        error: expecting('a number of connections, or unlimited'),
      })
      .optional()
      .describe('Connections per client Pod and target.'),
    poolTimeout: durationOrNone().optional().describe('How long a call may wait for a connection.'),
    keepAlive: duration().optional().describe('An idle connection is closed after this; 0: a connection per request.'),
    connectTimeout: positiveDuration().optional().describe('Until a connection must stand.'),
  })
    .optional()
    .describe('The connection pool.'),
  timeout: durationOrNone().optional().describe('Of one attempt, from its connection to the whole answer.'),
  retries: retries.optional().describe('What is tried again, and when.'),
  resolver: resolverSection.optional().describe('How it looks names up, where `cluster.dns.server` is simulated.'),
}).transform((given): ClientPolicy => {
  const preset = CLIENT_PRESETS[given.preset]!;
  const { pool, poolTimeout, keepAlive, connectTimeout } = given.connections ?? {};
  return {
    pool: pool ?? preset.pool,
    poolTimeout: poolTimeout ?? preset.poolTimeout,
    keepAlive: keepAlive ?? preset.keepAlive,
    connectTimeout: connectTimeout ?? preset.connectTimeout,
    timeout: given.timeout ?? preset.timeout,
    retries: withDefaults(given.retries, preset.retries),
    resolver: resolverPolicy(given.resolver, preset.resolver),
  };
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

function withDefaults(given: z.output<typeof retries> | undefined, preset: Retries): Retries {
  const { max, backoff: waits, on, probability, budget: tokens } = given ?? {};
  return {
    max: max ?? preset.max,
    backoff: {
      base: waits?.base ?? preset.backoff.base,
      factor: waits?.factor ?? preset.backoff.factor,
      max: waits?.max ?? preset.backoff.max,
      jitter: waits?.jitter ?? preset.backoff.jitter,
    },
    on: on ?? preset.on,
    probability: probability ?? preset.probability,
    budget: tokens === undefined || tokens === 'none' ? null : tokens,
  };
}
