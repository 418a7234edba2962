import { REPLY, type Strategy, type StrategyKind, type View } from '../../strategy.ts';
import { ProbePool } from './probe-pool.ts';
import { RecentQuantile } from './recent-quantile.ts';

interface Settings extends Readonly<Record<string, number>> {
  /** Probes that are kept. */
  readonly pool: number;
  /** Probes sent, and probes dropped, for each request; on average, if they are not whole. */
  readonly probes: number;
  readonly removals: number;
  /** More requests in flight than this quantile of the recent answers are hot. 0: only they count; 1: only latency does. */
  readonly quantile: number;
  /** How much the pool grows by itself: what probes are used again for. */
  readonly delta: number;
  /** Seconds after which a probe is void. */
  readonly age: number;
  /** With fewer probes than this a backend is picked at random. */
  readonly least: number;
}

/** How many answers the quantile is of. */
const WINDOW = 128;

/**
 * How often a probe is used before it is dropped, on average.
 * @source Prequal (NSDI 2024), 4.2: max(1, (1 + delta) / ((1 - m/n) x probes - removals))
 */
export function reuses(backends: number, { pool, probes, removals, delta }: Settings): number {
  const growth = (1 - pool / backends) * probes - removals;
  return growth <= 0 ? Infinity : Math.max(1, (1 + delta) / growth);
}

/** @simplifies a client that has nothing to send sends no probes */
class Prequal implements Strategy {
  readonly #view: View;
  readonly #settings: Settings;
  readonly #pool: ProbePool;
  readonly #recent: RecentQuantile;
  /** By slot: whether it is a member. */
  readonly #member: Uint8Array;
  /** Parts of probes and removals that are due; how often a probe may be used. */
  readonly #due = new Float64Array(3);
  /** Those that are being probed. */
  readonly #probed: Int32Array;
  #dropsOldest = false;

  constructor(view: View, settings: Settings) {
    this.#view = view;
    this.#settings = settings;
    this.#pool = new ProbePool(Math.max(1, settings.pool), view.capacity);
    this.#recent = new RecentQuantile(settings.quantile, WINDOW);
    this.#member = new Uint8Array(view.capacity);
    this.#probed = new Int32Array(Math.ceil(settings.probes) + 1);
  }

  changed(): void {
    const { count, members } = this.#view;
    this.#member.fill(0);
    for (let i = 0; i < count; i++) this.#member[members[i]!] = 1;
    const pool = this.#pool;
    for (let place = pool.first + pool.size - 1; place >= pool.first; place--) {
      if (this.#member[pool.slot[place]!] === 0) pool.drop(place);
    }
    this.#due[2] = reuses(count, this.#settings);
  }

  pick(): number {
    const { clock, count, members, random } = this.#view;
    if (count === 0) return -1;
    const pool = this.#pool;
    const oldest = clock[0]! - this.#settings.age * 1e9;
    while (pool.size > 0 && pool.at[pool.first]! < oldest) pool.drop(pool.first);
    const slot = pool.size < this.#settings.least ? members[random.below(count)]! : this.#use(pool.best(this.#hot));
    this.#drop();
    this.#probe();
    return slot;
  }

  /** So many in flight are hot. */
  get #hot(): number {
    return this.#recent.value + 1;
  }

  /** The new request is one more in flight there, and it is one use less. */
  #use(place: number): number {
    const pool = this.#pool;
    const slot = pool.slot[place]!;
    pool.inFlight[place]!++;
    pool.uses[place]!--;
    if (pool.uses[place]! <= 0) pool.drop(place);
    return slot;
  }

  /** The worst and the oldest, by turns. */
  #drop(): void {
    this.#due[1]! += this.#settings.removals;
    for (; this.#due[1]! >= 1; this.#due[1]!--) {
      if (this.#pool.size > 0) this.#pool.drop(this.#dropsOldest ? this.#pool.first : this.#pool.worst(this.#hot));
      this.#dropsOldest = !this.#dropsOldest;
    }
  }

  /** Distinct backends at random. */
  #probe(): void {
    const { count, members, random } = this.#view;
    this.#due[0]! += this.#settings.probes;
    const probes = Math.min(count, Math.floor(this.#due[0]!));
    this.#due[0]! -= Math.floor(this.#due[0]!);
    for (let i = 0; i < probes; i++) {
      let slot = members[random.below(count)]!;
      while (this.#member[slot] === 2) slot = members[random.below(count)]!;
      this.#member[slot] = 2;
      this.#probed[i] = slot;
    }
    for (let i = 0; i < probes; i++) {
      this.#member[this.#probed[i]!] = 1;
      this.#view.probe(this.#probed[i]!);
    }
  }

  probed(slot: number): void {
    const { clock, random, reply } = this.#view;
    const inFlight = reply[REPLY.queue]!;
    this.#recent.push(inFlight);
    if (this.#member[slot] === 0) return;
    const place = this.#pool.push(slot, inFlight);
    const uses = this.#due[2]!;
    this.#pool.latency[place] = reply[REPLY.service]!;
    this.#pool.at[place] = clock[0]!;
    this.#pool.uses[place] = uses === Infinity ? uses : Math.floor(uses + random.uniform());
  }
}

const prequal: StrategyKind<Settings> = {
  name: 'prequal',
  title:
    'probes report requests in flight and latency; the fastest of the cold, or of the hot the one with the fewest in flight',
  knows: 'probes',
  runs: 'client',
  source: 'Wydrowski, Kleinberg, Rumble, Archer, Load is not what you should balance (NSDI 2024)',
  options: { pool: 16, probes: 3, removals: 1, quantile: 2 ** -0.25, delta: 1, age: 1, least: 2 },
  create: (view, settings) => new Prequal(view, settings),
};

export const PREQUAL: readonly StrategyKind[] = [prequal];
