import type { Strategy, View } from '../strategy.ts';
import { isInPanic } from './priority-load.ts';
import { SubView } from './sub-view.ts';

/** Names and defaults are Envoy's, times in seconds. @source envoy api outlier_detection.proto; gRPC A50 */
export const OUTLIER_OPTIONS = {
  /** Errors one after the other that eject a host. */
  consecutive5xx: 5,
  /** It stays away so long, times how often it was ejected of late, at most the maximum. */
  baseEjectionTime: 30,
  maxEjectionTime: 300,
  /** Percent of the hosts that may be away at a time. */
  maxEjectionPercent: 10,
  /** 1: but one host always may. */
  alwaysEjectOneHost: 0,
  /** Ejects those whose share of successes is so many thousandths of a standard deviation below the mean. */
  successRateStdevFactor: 1900,
  /** Hosts that must have so many requests in an interval for that. */
  successRateMinimumHosts: 5,
  successRateRequestVolume: 100,
  /** Ejects those with so many percent of errors. */
  failurePercentageThreshold: 85,
  failurePercentageMinimumHosts: 5,
  failurePercentageRequestVolume: 50,
  /** Percent of such findings that have consequences. */
  enforcingConsecutive5xx: 100,
  enforcingSuccessRate: 100,
  enforcingFailurePercentage: 0,
  /** Below so many percent of healthy hosts all hosts are used. 0: never. */
  panicThreshold: 50,
} as const;

export type OutlierOptions = { readonly [Name in keyof typeof OUTLIER_OPTIONS]: number };

/** Shares of successes are looked at, and hosts let in again, this often: ns. */
export const OUTLIER_INTERVAL = 10e9;

/**
 * Envoy's outlier detection around a strategy, which sees only the hosts that are not ejected; in panic all. To be ticked every
 * `OUTLIER_INTERVAL`.
 * @source envoy source/common/upstream/outlier_detection_impl.cc
 * @simplifies an error of any kind counts as a 5xx; no gateway failures of their own, which Envoy does not enforce by default; no jitter, as by default
 */
export class OutlierDetection implements Strategy {
  readonly #view: View;
  readonly #options: OutlierOptions;
  readonly #healthy: SubView;
  readonly #inner: Strategy;
  readonly #ejected: Uint8Array;
  /** By slot: ejections that still count, when it was ejected and let in last (ns), and its errors since its last success. */
  readonly #backoff: Int32Array;
  readonly #ejectedAt: Float64Array;
  readonly #returnedAt: Float64Array;
  readonly #consecutive: Int32Array;
  /** By slot: of this interval. */
  readonly #requests: Int32Array;
  readonly #successes: Int32Array;
  #members: Int32Array = new Int32Array(0);
  #away = 0;

  constructor(view: View, options: OutlierOptions, create: (view: View) => Strategy) {
    this.#view = view;
    this.#options = options;
    this.#healthy = new SubView(view);
    this.#inner = create(this.#healthy);
    this.#ejected = new Uint8Array(view.capacity);
    this.#backoff = new Int32Array(view.capacity);
    this.#ejectedAt = new Float64Array(view.capacity);
    this.#returnedAt = new Float64Array(view.capacity);
    this.#consecutive = new Int32Array(view.capacity);
    this.#requests = new Int32Array(view.capacity);
    this.#successes = new Int32Array(view.capacity);
  }

  changed(): void {
    const { members, count, weight } = this.#view;
    const before = new Set(this.#members);
    this.#members = members.slice(0, count).filter((slot) => weight[slot]! > 0);
    for (const slot of this.#members) if (!before.delete(slot)) this.#forget(slot);
    for (const slot of before) this.#forget(slot);
    this.#show();
  }

  pick(source: number, port: number): number {
    return this.#inner.pick(source, port);
  }

  started(slot: number): void {
    this.#inner.started?.(slot);
  }

  ended(slot: number, ok: boolean): void {
    this.#inner.ended?.(slot, ok);
    this.#requests[slot]!++;
    if (ok) {
      this.#successes[slot]!++;
      this.#consecutive[slot] = 0;
      return;
    }
    if (++this.#consecutive[slot]! < this.#options.consecutive5xx || this.#ejected[slot] === 1) return;
    this.#consecutive[slot] = 0;
    if (this.#members.includes(slot)) this.#eject(slot, this.#options.enforcingConsecutive5xx);
  }

  tick(): void {
    const now = this.#view.clock[0]!;
    const { baseEjectionTime, maxEjectionTime } = this.#options;
    for (const slot of this.#members) {
      if (this.#ejected[slot] === 0) continue;
      const seconds = Math.min(baseEjectionTime * this.#backoff[slot]!, maxEjectionTime);
      if (now - this.#ejectedAt[slot]! >= 1e9 * seconds) this.#return(slot);
    }
    for (const slot of this.#tooFewSuccesses()) this.#eject(slot, this.#options.enforcingSuccessRate);
    for (const slot of this.#tooManyFailures()) this.#eject(slot, this.#options.enforcingFailurePercentage);
    for (const slot of this.#members) {
      this.#requests[slot] = this.#successes[slot] = 0;
      const calm = this.#ejected[slot] === 0 && now - this.#returnedAt[slot]! >= OUTLIER_INTERVAL;
      if (calm && this.#backoff[slot]! > 0) this.#backoff[slot]!--;
    }
    this.#inner.tick?.();
  }

  #withVolume(volume: number): number[] {
    return Array.from(this.#members).filter(
      (slot) => this.#ejected[slot] === 0 && this.#requests[slot]! > 0 && this.#requests[slot]! >= volume,
    );
  }

  /** Percent of its requests in this interval. */
  #successRate(slot: number): number {
    return (100 * this.#successes[slot]!) / this.#requests[slot]!;
  }

  #tooFewSuccesses(): number[] {
    const hosts = this.#withVolume(this.#options.successRateRequestVolume);
    if (hosts.length === 0 || hosts.length < this.#options.successRateMinimumHosts) return [];
    const rates = hosts.map((slot) => this.#successRate(slot));
    const threshold = successRateThreshold(rates, this.#options.successRateStdevFactor / 1000);
    return hosts.filter((_, i) => rates[i]! < threshold);
  }

  #tooManyFailures(): number[] {
    const hosts = this.#withVolume(this.#options.failurePercentageRequestVolume);
    if (hosts.length < this.#options.failurePercentageMinimumHosts) return [];
    return hosts.filter((slot) => 100 - this.#successRate(slot) >= this.#options.failurePercentageThreshold);
  }

  #eject(slot: number, enforcing: number): void {
    if (this.#ejected[slot] === 1) return;
    const { maxEjectionPercent, alwaysEjectOneHost, baseEjectionTime, maxEjectionTime } = this.#options;
    const percent = (100 * (this.#away + 1)) / this.#members.length;
    const always = alwaysEjectOneHost !== 0 && this.#away === 0;
    if (percent > maxEjectionPercent && !always) return;
    if (enforcing < 100 && (enforcing === 0 || this.#view.random.below(100) >= enforcing)) return;
    this.#away++;
    this.#ejected[slot] = 1;
    this.#ejectedAt[slot] = this.#view.clock[0]!;
    if (this.#backoff[slot]! * baseEjectionTime < maxEjectionTime + baseEjectionTime) this.#backoff[slot]!++;
    this.#show();
  }

  #return(slot: number): void {
    this.#away--;
    this.#ejected[slot] = 0;
    this.#consecutive[slot] = 0;
    this.#returnedAt[slot] = this.#view.clock[0]!;
    this.#show();
  }

  /** A host that came, or went. */
  #forget(slot: number): void {
    this.#away -= this.#ejected[slot]!;
    this.#ejected[slot] = 0;
    this.#backoff[slot] = 0;
    this.#consecutive[slot] = 0;
    this.#requests[slot] = this.#successes[slot] = 0;
  }

  #show(): void {
    const hosts = this.#members.length;
    const panic = isInPanic(hosts - this.#away, hosts, this.#options.panicThreshold);
    this.#healthy.show((slot) => panic || this.#ejected[slot] === 0);
    this.#inner.changed?.();
  }
}

/**
 * Below which share of successes a host is an outlier: the mean less so many standard deviations (of all, not of a sample).
 * @param rates percent
 */
export function successRateThreshold(rates: readonly number[], factor: number): number {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
  return mean - factor * Math.sqrt(variance);
}
