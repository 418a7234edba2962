import { describe, expect, test } from 'vitest';
import type { Backoff, RetryCondition } from '../../input/client-policy.ts';
import { OUTCOMES } from '../../trace/outcomes.ts';
import { httpError } from './http-status.ts';
import { RetryConditions, retryDelay } from './retry.ts';

const backoff = (more: Partial<Backoff> = {}): Backoff => ({
  base: 100,
  factor: 2,
  max: 1000,
  jitter: 'none',
  ...more,
});

describe('the pause before a retry', () => {
  test.each([
    { name: 'doubles up to its cap', backoff: backoff(), u: 0.5, delays: [100, 200, 400, 800, 1000, 1000] },
    { name: 'factor 1 is constant', backoff: backoff({ factor: 1 }), u: 0.5, delays: [100, 100, 100] },
    {
      name: 'full jitter is a share of it',
      backoff: backoff({ jitter: 'full' }),
      u: 0.25,
      delays: [25, 50, 100, 200, 250],
    },
    {
      name: 'equal jitter is half and a share of half',
      backoff: backoff({ jitter: 'equal' }),
      u: 0.5,
      delays: [75, 150, 300],
    },
    {
      name: 'exponential has it as its mean, and is capped too',
      backoff: backoff({ jitter: 'exponential' }),
      u: Math.exp(-1.5),
      delays: [150, 300, 600, 1000],
    },
    { name: 'a base above the cap is capped', backoff: backoff({ base: 5000 }), u: 0.5, delays: [1000] },
    { name: 'no base, no pause', backoff: backoff({ base: 0, jitter: 'full' }), u: 0.9, delays: [0, 0] },
    { name: 'whole nanoseconds', backoff: backoff({ base: 3, jitter: 'full' }), u: 0.5, delays: [2, 3, 6] },
    { name: 'no overflow after a thousand attempts', backoff: backoff(), u: 0.5, delays: [100], last: 1000 },
  ])('$name', ({ backoff, u, delays, last }) => {
    expect(delays.map((_, i) => retryDelay(backoff, i + 1, () => u))).toEqual(delays);
    if (last !== undefined) expect(retryDelay(backoff, 5000, () => u)).toBe(last);
  });
});

test('a decorrelated pause lies between the base and three times the last one', () => {
  const { base, max } = backoff();
  const draws = [0.9, 0.1, 0.7, 0.99, 0.5];
  let last = base;
  for (let attempt = 1; attempt <= draws.length; attempt++) {
    const pause = retryDelay(backoff({ jitter: 'decorrelated' }), attempt, (n) => draws[n - 1]!);
    expect(pause).toBe(Math.round(Math.min(max, base + draws[attempt - 1]! * (3 * last - base))));
    last = Math.min(max, base + draws[attempt - 1]! * (3 * last - base));
  }
});

describe('what is tried again', () => {
  const connect = ['refused', 'reset', 'unreachable', 'connectTimeout', 'dnsFailure'];
  test.each([
    { on: ['connect'], outcomes: connect },
    { on: ['timeout'], outcomes: ['requestTimeout', 'poolTimeout'] },
    { on: ['refused', 'poolTimeout'], outcomes: ['refused', 'poolTimeout'] },
    { on: [], outcomes: [] },
  ])('on $on: $outcomes', ({ on, outcomes }) => {
    const tried = OUTCOMES.filter((_, outcome) => new RetryConditions(on as RetryCondition[]).include(outcome));
    expect(tried.toSorted()).toEqual(outcomes.toSorted());
  });

  test('answers by their status', () => {
    const tried = (...on: RetryCondition[]) =>
      [404, 429, 500, 503].filter((status) => new RetryConditions(on).include(httpError(status)));
    expect(tried('serverError')).toEqual([500, 503]);
    expect(tried(429, 503)).toEqual([429, 503]);
    expect(tried('connect', 'timeout')).toEqual([]);
  });
});
