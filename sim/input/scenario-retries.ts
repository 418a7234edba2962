import { z } from 'zod';
import { SECOND } from '../cluster/duration.ts';
import type { Hedging, Retries, RetryBudget } from './client-policy.ts';
import { RETRY_CONDITIONS } from './client-policy.ts';
import { count, duration, expecting, positiveDuration, section, share } from './scenario-fields.ts';

/** ns; of policies that say nothing. */
const LONGEST_PAUSE = 10 * SECOND;

const backoff = section({
  base: duration().optional().describe('Before the first retry. Default 100ms.'),
  factor: z.number().min(1).optional().describe('Each further wait is so many times as long. Default 2.'),
  max: duration().optional().describe('No wait is longer. Default 10s.'),
  jitter: z
    .enum(['none', 'full', 'equal', 'decorrelated', 'exponential'])
    .optional()
    .describe(
      'Random part of a wait: none; full: 0 to the wait; equal: half of it to all of it; decorrelated: base to three times the last wait; exponential: an exponential time with the wait as its mean. Default full.',
    ),
});

const budget = z.union(
  [
    z.literal('none').transform(() => null),
    section({
      ratio: z.number().positive().describe('Retries allowed per success: 0.1 lets retries add 10 % of load.'),
      burst: z.number().min(1).default(10).describe('Tokens at start, and at most.'),
    }).transform((given): RetryBudget => ({ kind: 'tokens', ...given })),
    section({
      window: positiveDuration().describe('Time over which requests are counted: Finagle’s and Linkerd’s budget.'),
      share: share().default(0.2).describe('Of the requests of the window that may be retries.'),
      minPerSecond: z.number().min(0).default(10).describe('Retries a second that are allowed beyond.'),
    }).transform((given): RetryBudget => ({ kind: 'window', ...given })),
    section({
      active: share().describe('Of the requests under way that may be retries: Envoy’s budget.'),
      minimum: count(0).default(3).describe('Retries that are allowed at a time in any case.'),
    }).transform(({ active, minimum }): RetryBudget => ({ kind: 'active', share: active, minimum })),
    section({
      maxTokens: count(1)
        .max(1000)
        .describe('A failure takes one; with half of them or fewer none is tried again: gRPC’s.'),
      tokenRatio: z.number().positive().default(0.1).describe('Tokens that a success gives back.'),
    }).transform(
      ({ maxTokens, tokenRatio }): RetryBudget => ({ kind: 'throttle', tokens: maxTokens, ratio: tokenRatio }),
    ),
  ],
  {
    error: expecting(
      '{ratio: 0.1}, {window: 10s, share: 0.2}, {active: 0.2}, {maxTokens: 10, tokenRatio: 0.1}, or none',
    ),
  },
);

const condition = z.union([z.enum(RETRY_CONDITIONS), z.int().min(400).max(599)], {
  error: expecting(`one of ${RETRY_CONDITIONS.join(', ')}, or a status from 400 to 599`),
});

export const retriesSection = section({
  max: z
    .union([z.literal('unlimited').transform(() => Number.POSITIVE_INFINITY), z.literal('addresses'), count(0)], {
      error: expecting('a number of attempts, unlimited, or addresses'),
    })
    .optional()
    .describe(
      'After the first attempt: a number; unlimited; or addresses, so that each address that the client knows is tried once, as nginx does. Default: the preset’s, mostly 0.',
    ),
  backoff: backoff.optional().describe('Waits between attempts.'),
  on: z
    .array(condition)
    .optional()
    .describe(
      'What is tried again: connect (refused, reset, unreachable, connectTimeout, dnsFailure), timeout (requestTimeout, poolTimeout), serverError (any 5xx), one of those outcomes, or a status. Default connect, timeout, serverError.',
    ),
  probability: share()
    .optional()
    .describe('Share of failed calls that are tried again at all: below 1 for people who press again. Default 1.'),
  budget: budget.optional().describe('What retries may add to the load. Default none.'),
  retryAfter: z
    .boolean()
    .optional()
    .describe('Whether the wait that a 429 or 503 asks for (`retryAfter` of the workload) is kept. Default false.'),
});

export function retriesWithDefaults(given: z.output<typeof retriesSection> | undefined, preset: Retries): Retries {
  const { max, backoff: waits, on, probability, budget: tokens, retryAfter } = given ?? {};
  const base = waits?.base ?? preset.backoff.base;
  // A preset that does not pause has a longest pause of 0, which is not meant for a pause that somebody writes.
  const longest = base > preset.backoff.max ? Math.max(base, LONGEST_PAUSE) : preset.backoff.max;
  return {
    max: max ?? preset.max,
    backoff: {
      base,
      factor: waits?.factor ?? preset.backoff.factor,
      max: waits?.max ?? longest,
      jitter: waits?.jitter ?? preset.backoff.jitter,
    },
    on: on ?? preset.on,
    probability: probability ?? preset.probability,
    budget: tokens === undefined ? preset.budget : tokens,
    retryAfter: retryAfter ?? preset.retryAfter,
  };
}

/** `p95` or `p99.9`. */
const percentile = z
  .string()
  .regex(/^p(\d{1,2}(\.\d+)?)$/)
  .transform((text) => ({ percentile: Number(text.slice(1)) }));

export const hedgingSection = section({
  after: z
    .union([percentile, positiveDuration().transform((delay) => ({ delay }))], {
      error: expecting('a duration with its unit, as 50ms, or a percentile of this client’s latencies, as p95'),
    })
    .describe(
      'Time until the next attempt is sent beside those under way: 50ms, or p95 of the calls’ latencies of the last 10 s.',
    ),
  max: count(1).max(10).default(1).describe('Attempts beside the first.'),
}).transform((given): Hedging => given);
