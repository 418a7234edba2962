import { describe, expect, test } from 'vitest';
import type { CircuitBreaker as BreakerPolicy, ConcurrencyLimit as LimitPolicy } from '../../input/client-policy.ts';
import { BUDGET_EXHAUSTED, CIRCUIT_OPEN, OK, REFUSED } from '../../trace/outcomes.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { httpError } from './http-status.ts';
import { budgetOf } from './retry-budget.ts';
import { RollingCounts } from './rolling-counts.ts';
import { Throttle } from './throttle.ts';

const SECOND = 1e9;

describe('a circuit breaker', () => {
  const policy = (more: Partial<BreakerPolicy> = {}): BreakerPolicy => ({
    consecutive: null,
    errorRate: 0.5,
    window: 10,
    minimum: 10,
    openFor: 60 * SECOND,
    probes: 2,
    ...more,
  });
  const send = (breaker: CircuitBreaker, now: number, result: number): number => {
    const verdict = breaker.admits(now);
    if (verdict === OK) {
      breaker.began();
      breaker.ended(now, result);
    }
    return verdict;
  };

  test('opens at half of the window failed, not before there were enough, and not by 404', () => {
    const breaker = new CircuitBreaker(policy());
    for (let i = 0; i < 9; i++) expect(send(breaker, i, i % 2 === 0 ? httpError(503) : OK)).toBe(OK);
    expect(breaker.isClosed).toBe(true); // five of nine
    expect(send(breaker, 10, httpError(404))).toBe(OK);
    expect(breaker.isClosed).toBe(false);
    expect(send(breaker, 11, OK)).toBe(CIRCUIT_OPEN);
  });

  test('old failures leave the window', () => {
    const breaker = new CircuitBreaker(policy());
    for (let i = 0; i < 4; i++) send(breaker, i, REFUSED);
    for (let i = 0; i < 10; i++) send(breaker, i, OK);
    for (let i = 0; i < 4; i++) send(breaker, i, REFUSED);
    expect(breaker.isClosed).toBe(true);
    send(breaker, 0, REFUSED);
    expect(breaker.isClosed).toBe(false);
  });

  test('half-open it lets so many probes through; a failed one opens it again, good ones close it', () => {
    const breaker = new CircuitBreaker(policy({ consecutive: 1 }));
    send(breaker, 0, REFUSED);
    expect(send(breaker, 59 * SECOND, OK)).toBe(CIRCUIT_OPEN);
    expect(send(breaker, 60 * SECOND, REFUSED)).toBe(OK);
    expect(send(breaker, 61 * SECOND, OK)).toBe(CIRCUIT_OPEN);
    expect(send(breaker, 121 * SECOND, OK)).toBe(OK);
    breaker.began(); // a second probe is under way …
    expect(breaker.admits(122 * SECOND)).toBe(CIRCUIT_OPEN); // … and there are two at most
    breaker.ended(123 * SECOND, OK);
    expect(breaker.isClosed).toBe(true);
  });
});

describe('a limit of requests under way', () => {
  const policy = (more: Partial<LimitPolicy> = {}): LimitPolicy => ({
    algorithm: 'aimd',
    initial: 20,
    min: 20,
    max: 200,
    backoffRatio: 0.9,
    timeout: 5 * SECOND,
    ...more,
  });

  test('aimd: one more for each answer while at least half is used, a tenth less after a fault, within its bounds', () => {
    const limit = new ConcurrencyLimit(policy({ min: 5 }));
    for (let i = 0; i < 20; i++) limit.began();
    expect(limit.admits()).toBe(BUDGET_EXHAUSTED);
    for (let i = 0; i < 11; i++) limit.ended(0, OK, SECOND); // with 20 to 10 under way
    expect(limit.limit).toBe(27); // 13 of 27 are less than half
    limit.ended(0, httpError(503), SECOND);
    expect(limit.limit).toBe(24);
    limit.ended(0, OK, 6 * SECOND);
    expect(limit.limit).toBe(21);
  });

  test('gradient: falls when latency rises above one and a half of the long run, and grows by its queue when it does not', () => {
    const limit = new ConcurrencyLimit(policy({ algorithm: 'gradient', min: 1 }));
    const answer = (latency: number) => {
      for (let i = 0; i < 250; i++) limit.began();
      for (let i = 0; i < 250; i++) limit.ended(0, OK, latency);
    };
    for (let i = 0; i < 10; i++) answer(0.01 * SECOND);
    const high = limit.limit;
    expect(high).toBeGreaterThan(25);
    answer(0.1 * SECOND);
    expect(limit.limit).toBeLessThan(high / 2);
  });
});

test('throttling: the share of rejections follows the formula at each step', () => {
  const throttle = new Throttle({ multiplier: 2, window: 120 * SECOND });
  let requests = 0;
  for (let i = 0; i < 10; i++) {
    const threshold = Math.max(0, (requests - 0) / (requests + 1));
    // nothing was accepted yet: a draw just above the probability passes, one below does not
    expect(throttle.admits(0, threshold + 1e-9)).toBe(OK);
    requests++;
    if (threshold > 0) {
      expect(throttle.admits(0, requests / (requests + 1) - 1e-9)).toBe(BUDGET_EXHAUSTED);
      requests++;
    }
  }
  for (let i = 0; i < requests; i++) throttle.ended(0, OK);
  expect(throttle.admits(0, 0)).toBe(OK);
  // all is forgotten after the window
  expect(throttle.admits(300 * SECOND, 0)).toBe(OK);
});

describe('retry budgets', () => {
  test('tokens: a tenth of the successes', () => {
    const budget = budgetOf({ kind: 'tokens', ratio: 0.1, burst: 1 });
    expect([budget.takes(0, 0), budget.takes(0, 0)]).toEqual([true, false]);
    for (let i = 0; i < 9; i++) budget.ended(true, false);
    expect(budget.takes(0, 0)).toBe(false);
    budget.ended(true, false);
    budget.ended(true, false);
    expect(budget.takes(0, 0)).toBe(true);
  });

  test('window: a fifth of the requests of the last ten seconds, and ten a second', () => {
    const budget = budgetOf({ kind: 'window', share: 0.2, minPerSecond: 1, window: 10 * SECOND });
    const taken = (now: number) => {
      let count = 0;
      while (budget.takes(now, 0)) count++;
      return count;
    };
    for (let i = 0; i < 100; i++) budget.begins(0);
    expect(taken(0)).toBe(30);
    expect(taken(5 * SECOND)).toBe(0);
    expect(taken(20 * SECOND)).toBe(10);
  });

  test('active: at a time three, or a fifth of what is under way', () => {
    const budget = budgetOf({ kind: 'active', share: 0.2, minimum: 3 });
    expect([1, 2, 3, 4].map(() => budget.takes(0, 10))).toEqual([true, true, true, false]);
    expect(budget.takes(0, 20)).toBe(true);
    budget.ended(false, true);
    expect([budget.takes(0, 10), budget.takes(0, 25)]).toEqual([false, true]);
  });

  test('throttle: none with half of the tokens or fewer', () => {
    const budget = budgetOf({ kind: 'throttle', tokens: 10, ratio: 0.5 });
    for (let i = 0; i < 4; i++) budget.ended(false, false);
    expect(budget.takes(0, 0)).toBe(true);
    budget.ended(false, true);
    expect(budget.takes(0, 0)).toBe(false);
    budget.ended(true, false);
    expect(budget.takes(0, 0)).toBe(true);
  });
});

test('counts roll out of a window tenth by tenth', () => {
  const counts = new RollingCounts(10);
  for (let now = 0; now < 20; now++) {
    counts.moveTo(now);
    counts.add(1, 2);
  }
  expect([counts.first, counts.second]).toEqual([10, 20]);
  counts.moveTo(24);
  expect(counts.first).toBe(5);
  counts.moveTo(1000);
  expect([counts.first, counts.second]).toEqual([0, 0]);
});
