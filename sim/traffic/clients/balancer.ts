import { mix, uniform } from '../../engine/hash.ts';
import type { Balancing, ClientPolicy, OutlierDetection } from '../../input/client-policy.ts';
import { CANCELLED, HTTP_ERROR, OK, REQUEST_TIMEOUT } from '../../trace/outcomes.ts';
import { isFault, outcomeOf } from './http-status.ts';

/** Purpose of a draw. */
const SECOND_CHOICE = 0x25;

/** What a client has seen of an address. */
interface Known {
  underWay: number;
  faultsInRow: number;
  ejections: number;
  /** ns. */
  ejectedUntil: number;
}

/**
 * Which of the addresses that it knows a client sends to, where that is not simply the next: at random, the less loaded of two at
 * random, the first that works; without those that outlier detection has ejected. One client's.
 * @source gRPC doc/load-balancing.md (pick_first); Envoy, least request with choice_count 2 and outlier detection of
 *   consecutive errors
 */
export class Balancer {
  readonly #balancing: Balancing;
  readonly #outliers: OutlierDetection | null;
  readonly #known = new Map<number, Known>();

  constructor({ balancing, outlierDetection }: ClientPolicy) {
    this.#balancing = balancing;
    this.#outliers = outlierDetection;
  }

  /**
   * @param addresses indices, at least one @param turn the position whose turn it is, from 0 on
   * @param draw uniform in (0, 1)
   * @returns a position in them
   */
  pick(addresses: Int32Array, turn: number, now: number, draw: number): number {
    const { length } = addresses;
    if (this.#balancing === 'random' || this.#balancing === 'leastRequest') {
      const first = Math.floor(draw * length);
      const one = this.#goodFrom(addresses, first, now);
      if (this.#balancing === 'random' || length === 1) return one;
      const second = Math.floor(uniform(mix((draw * 2 ** 32) | 0, SECOND_CHOICE)) * (length - 1));
      const other = this.#goodFrom(addresses, second < first ? second : second + 1, now);
      return this.#underWay(addresses[other]!) < this.#underWay(addresses[one]!) ? other : one;
    }
    return this.#goodFrom(addresses, turn, now);
  }

  /** Whether the next call goes on to the next address: in turn always, `pickFirst` when this one did not work. */
  get isInTurn(): boolean {
    return this.#balancing === 'roundRobin';
  }

  /** @returns attempts under way to an address */
  #underWay(address: number): number {
    return this.#known.get(address)?.underWay ?? 0;
  }

  began(address: number): void {
    this.#of(address).underWay++;
  }

  /**
   * An attempt to the address has ended.
   * @param count how many addresses there are
   * @returns whether a client that stays with the first that works should leave this one
   */
  ended(address: number, result: number, now: number, count: number): boolean {
    const known = this.#of(address);
    known.underWay--;
    const outcome = outcomeOf(result);
    if (outcome === CANCELLED) return false;
    known.faultsInRow = isFault(result) ? known.faultsInRow + 1 : 0;
    const outliers = this.#outliers;
    if (outliers !== null && known.faultsInRow >= outliers.consecutive && known.ejectedUntil <= now) {
      if (this.#ejected(now) < Math.max(1, Math.floor(outliers.maxEjected * count))) {
        known.ejections++;
        known.ejectedUntil = now + outliers.ejectedFor * known.ejections;
        known.faultsInRow = 0;
      }
    }
    const works = outcome === OK || outcome === HTTP_ERROR || outcome === REQUEST_TIMEOUT;
    return this.#balancing === 'pickFirst' && !works;
  }

  /** The first position from this one on whose address is not ejected; this one if all are. */
  #goodFrom(addresses: Int32Array, from: number, now: number): number {
    const { length } = addresses;
    if (this.#outliers === null) return from % length;
    for (let i = 0; i < length; i++) {
      const position = (from + i) % length;
      if ((this.#known.get(addresses[position]!)?.ejectedUntil ?? 0) <= now) return position;
    }
    return from % length;
  }

  #ejected(now: number): number {
    let count = 0;
    for (const { ejectedUntil } of this.#known.values()) if (ejectedUntil > now) count++;
    return count;
  }

  #of(address: number): Known {
    let known = this.#known.get(address);
    if (known === undefined) {
      known = { underWay: 0, faultsInRow: 0, ejections: 0, ejectedUntil: 0 };
      this.#known.set(address, known);
    }
    return known;
  }
}

/** Whether a client of this policy needs a `Balancer`: in turn over all addresses needs none. */
export function needsBalancer({ balancing, outlierDetection }: ClientPolicy): boolean {
  return balancing !== 'roundRobin' || outlierDetection !== null;
}
