import type { RetryBudget } from '../../input/client-policy.ts';
import { RollingCounts } from './rolling-counts.ts';

/** What a client's retries may still add to its load. One client's; it hears of every attempt. */
export interface Budget {
  /** A first attempt begins. */
  begins(now: number): void;
  /** An attempt has ended. @param wasRetry it was not the first of its call */
  ended(ok: boolean, wasRetry: boolean): void;
  /** May one more be tried again? Then it counts. @param underWay attempts of the client */
  takes(now: number, underWay: number): boolean;
}

export function budgetOf(budget: RetryBudget): Budget {
  if (budget.kind === 'tokens') return new TokenBucket(budget.ratio, budget.burst);
  if (budget.kind === 'window') return new WindowBudget(budget.share, budget.minPerSecond, budget.window);
  if (budget.kind === 'active') return new ActiveBudget(budget.share, budget.minimum);
  return new RetryThrottle(budget.tokens, budget.ratio);
}

/** @source brooker.co.za/blog/2022/02/28/retries.html: a success deposits a fraction, a retry costs 1 */
class TokenBucket implements Budget {
  readonly #ratio: number;
  readonly #burst: number;
  #tokens: number;

  constructor(ratio: number, burst: number) {
    this.#ratio = ratio;
    this.#burst = burst;
    this.#tokens = burst;
  }

  begins(): void {}

  ended(ok: boolean): void {
    if (ok) this.#tokens = Math.min(this.#burst, this.#tokens + this.#ratio);
  }

  takes(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** @source Finagle RetryBudget: of the requests of the last `ttl` a share, and a minimum per second */
class WindowBudget implements Budget {
  readonly #share: number;
  readonly #reserve: number;
  /** Requests, and retries. */
  readonly #counts: RollingCounts;

  constructor(share: number, minPerSecond: number, window: number) {
    this.#share = share;
    this.#reserve = (minPerSecond * window) / 1e9;
    this.#counts = new RollingCounts(window);
  }

  begins(now: number): void {
    this.#counts.moveTo(now);
    this.#counts.add(1, 0);
  }

  ended(): void {}

  takes(now: number): boolean {
    const counts = this.#counts;
    counts.moveTo(now);
    if (counts.second + 1 > counts.first * this.#share + this.#reserve) return false;
    counts.add(0, 1);
    return true;
  }
}

/** @source envoyproxy.io, CircuitBreakers.Thresholds: max_retries, and RetryBudget with budget_percent and min_retry_concurrency */
class ActiveBudget implements Budget {
  readonly #share: number;
  readonly #minimum: number;
  #retries = 0;

  constructor(share: number, minimum: number) {
    this.#share = share;
    this.#minimum = minimum;
  }

  begins(): void {}

  ended(_ok: boolean, wasRetry: boolean): void {
    if (wasRetry) this.#retries--;
  }

  takes(_now: number, underWay: number): boolean {
    if (this.#retries >= Math.max(this.#minimum, this.#share * underWay)) return false;
    this.#retries++;
    return true;
  }
}

/** @source gRFC A6, “Throttling Retry Attempts and Hedged RPCs” */
class RetryThrottle implements Budget {
  readonly #max: number;
  readonly #ratio: number;
  #tokens: number;

  constructor(tokens: number, ratio: number) {
    this.#max = tokens;
    this.#ratio = ratio;
    this.#tokens = tokens;
  }

  begins(): void {}

  ended(ok: boolean): void {
    this.#tokens = ok ? Math.min(this.#max, this.#tokens + this.#ratio) : Math.max(0, this.#tokens - 1);
  }

  takes(): boolean {
    return this.#tokens > this.#max / 2;
  }
}
