import { REPLY, type Strategy, type StrategyKind, type View } from '../../strategy.ts';
import { Newcomers } from '../newcomers.ts';
import { type Stride, strideOf } from './static-stride.ts';

const second = 1e9;

interface Periods {
  /** No weight is used before there were reports for this long, ns. */
  readonly blackout: number;
  /** Without a report for this long a weight is void, ns. */
  readonly expiration: number;
}

/** @source grpc-go balancer/weightedroundrobin/balancer.go; gRPC A58, with reports per request */
class WeightedRoundRobin implements Strategy {
  readonly #view: View;
  readonly #periods: Periods;
  readonly #penalty: number;
  /** By slot: the weight that the last report gave it; when that was, and since when there are reports, ns; NaN: never. */
  readonly #weight: Float64Array;
  readonly #updated: Float64Array;
  readonly #since: Float64Array;
  readonly #newcomers: Newcomers;
  #list = new Int32Array(0);
  readonly #stride: Stride;

  constructor(view: View, periods: Periods, penalty: number) {
    this.#view = view;
    this.#periods = periods;
    this.#penalty = penalty;
    this.#weight = new Float64Array(view.capacity);
    this.#updated = new Float64Array(view.capacity);
    this.#since = new Float64Array(view.capacity);
    this.#newcomers = new Newcomers(view);
    this.#stride = strideOf([]);
  }

  changed(): void {
    const { count, members, random } = this.#view;
    for (let i = this.#newcomers.changed() - 1; i >= 0; i--) {
      const slot = this.#newcomers.slots[i]!;
      this.#updated[slot] = this.#since[slot] = Number.NaN;
    }
    this.#list = members.slice(0, count);
    this.tick();
    this.#stride.seek(random.bits() >>> 0);
  }

  tick(): void {
    const list = this.#list;
    const weights = this.#stride.weigh(list.length);
    for (let i = 0; i < list.length; i++) weights[i] = this.#usable(list[i]!) ? this.#weight[list[i]!]! : 0;
    this.#stride.rebuild();
  }

  #usable(slot: number): boolean {
    const now = this.#view.clock[0]!;
    const { blackout, expiration } = this.#periods;
    if (now - this.#updated[slot]! >= expiration) this.#since[slot] = Number.NaN; // the blackout applies again
    return now - this.#since[slot]! >= blackout; // not if there was no report, or it is void
  }

  pick(): number {
    return this.#list.length === 0 ? -1 : this.#list[this.#stride.next()]!;
  }

  /** Every response brings a report; one that says nothing is ignored. */
  ended(slot: number): void {
    const { clock, reply } = this.#view;
    const utilization = reply[REPLY.utilization]!;
    const rate = reply[REPLY.rate]!;
    if (!(utilization > 0 && rate > 0)) return;
    this.#weight[slot] = rate / (utilization + (reply[REPLY.errorRate]! / rate) * this.#penalty);
    this.#updated[slot] = clock[0]!;
    if (Number.isNaN(this.#since[slot]!)) this.#since[slot] = clock[0]!;
  }
}

/** @simplifies weights are always brought up to date each second, upstream's default */
export const weightedRoundRobin: StrategyKind<{ blackout: number; expiration: number; errorPenalty: number }> = {
  name: 'grpc-weighted-round-robin',
  title: 'round robin in proportion to what backends report: requests per second over utilisation and share of errors',
  knows: 'reports',
  runs: 'client',
  source: 'grpc-go balancer/weightedroundrobin; gRPC A58',
  options: { blackout: 10, expiration: 180, errorPenalty: 1 },
  period: second,
  create: (view, { blackout, expiration, errorPenalty }) =>
    new WeightedRoundRobin(view, { blackout: blackout * second, expiration: expiration * second }, errorPenalty),
};
