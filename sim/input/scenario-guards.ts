import { z } from 'zod';
import type { CircuitBreaker, ConcurrencyLimit, OutlierDetection, Throttling } from './client-policy.ts';
import { count, positiveDuration, section, share } from './scenario-fields.ts';

/** @source resilience4j.readme.io/docs/circuitbreaker, the defaults of `CircuitBreakerConfig` */
export const circuitBreakerSection = section({
  consecutive: count(1).optional().describe('It opens after so many failures in a row, whatever the rate.'),
  errorRate: share().default(0.5).describe('It opens when this share of the last attempts failed.'),
  window: count(1).max(100_000).default(100).describe('How many attempts “the last” are.'),
  minimum: count(1).optional().describe('Attempts before a rate is looked at. Default: the window.'),
  openFor: positiveDuration().prefault('60s').describe('Until it lets some through to try.'),
  probes: count(1).default(10).describe('How many those are; if they fail it opens again.'),
}).transform(
  (given): CircuitBreaker => ({
    ...given,
    consecutive: given.consecutive ?? null,
    minimum: Math.min(given.minimum ?? given.window, given.window),
  }),
);

/** @source github.com/Netflix/concurrency-limits, the defaults of AIMDLimit and Gradient2Limit */
export const concurrencyLimitSection = section({
  algorithm: z
    .enum(['aimd', 'gradient'])
    .default('aimd')
    .describe(
      'aimd: one more while it goes well, a tenth less after a failure; gradient: by latency of late against the long run.',
    ),
  initial: count(1).default(20).describe('Requests under way at the start.'),
  min: count(1).default(20).describe('Never fewer are allowed.'),
  max: count(1).default(200).describe('Never more.'),
  backoffRatio: share().default(0.9).describe('Of aimd: what is left of the limit after a failure.'),
  timeout: positiveDuration().prefault('5s').describe('Of aimd: an answer that takes longer counts as a failure.'),
}).transform((given): ConcurrencyLimit => given);

/** @source sre.google/sre-book/handling-overload, “Client-Side Throttling” */
export const throttlingSection = section({
  multiplier: z.number().min(1).default(2).describe('K: requests per accepted one before any is rejected locally.'),
  window: positiveDuration().prefault('2m').describe('Over which they are counted.'),
}).transform((given): Throttling => given);

/** @source envoyproxy.io, cluster.OutlierDetection: consecutive_5xx 5, base_ejection_time 30 s, max_ejection_percent 10 */
export const outlierDetectionSection = section({
  consecutive: count(1).default(5).describe('Failures in a row after which an address is left out.'),
  ejectedFor: positiveDuration().prefault('30s').describe('The n-th time for n times as long.'),
  maxEjected: share().default(0.1).describe('Share of the addresses, at most; one may always be.'),
}).transform((given): OutlierDetection => given);
