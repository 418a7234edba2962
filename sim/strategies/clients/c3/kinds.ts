import { REPLY, type Strategy, type StrategyKind, type View } from '../../strategy.ts';
import { Newcomers } from '../newcomers.ts';

/**
 * How long a request would take, with queues that weigh by their cube.
 * @param wait response time less service time @param outstanding requests of this client there
 * @source L. Suresh et al., C3: Cutting Tail Latency in Cloud Data Stores via Adaptive Replica Selection (NSDI 2015), 3.1
 */
export function cubicScore(wait: number, service: number, queue: number, outstanding: number, clients: number): number {
  const queued = 1 + outstanding * clients + queue;
  return wait + queued * queued * queued * service;
}

/**
 * A request may go to a few of the members, drawn at random, as a key of a data store has its replicas. The one with the least score
 * has it; of equals the first, such as those that have not answered yet.
 * @simplifies its rate control is left out, which holds requests back at the client: a strategy must pick at once. It never holds back
 *   less than five requests a second from a client to a server. Failures are ignored: they say nothing of a server's speed.
 */
class C3 implements Strategy {
  readonly #view: View;
  readonly #replicas: number;
  readonly #newest: number;
  /** By slot: averages of response less service time and of service time, ns, and of the queue. */
  readonly #wait: Float64Array;
  readonly #service: Float64Array;
  readonly #queue: Float64Array;
  readonly #newcomers: Newcomers;
  /** The members in any order: each pick begins to shuffle them. */
  #shuffled = new Int32Array(0);

  /** @param newest what the newest value counts in an average, 0 to 1 */
  constructor(view: View, replicas: number, newest: number) {
    this.#view = view;
    this.#replicas = replicas;
    this.#newest = newest;
    this.#wait = new Float64Array(view.capacity);
    this.#service = new Float64Array(view.capacity);
    this.#queue = new Float64Array(view.capacity);
    this.#newcomers = new Newcomers(view);
  }

  changed(): void {
    const { count, members } = this.#view;
    for (let i = this.#newcomers.changed() - 1; i >= 0; i--) {
      const slot = this.#newcomers.slots[i]!;
      this.#wait[slot] = this.#service[slot] = this.#queue[slot] = 0;
    }
    this.#shuffled = members.slice(0, count);
  }

  pick(): number {
    const { inFlight, instances, random } = this.#view;
    const members = this.#shuffled;
    const wait = this.#wait;
    const service = this.#service;
    const queue = this.#queue;
    const count = members.length;
    const replicas = count < this.#replicas ? count : this.#replicas;
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < replicas; i++) {
      const place = i + random.below(count - i);
      const slot = members[place]!;
      members[place] = members[i]!;
      members[i] = slot;
      const score = cubicScore(wait[slot]!, service[slot]!, queue[slot]!, inFlight[slot]!, instances);
      if (score < least) {
        best = slot;
        least = score;
      }
    }
    return best;
  }

  ended(slot: number, ok: boolean): void {
    if (!ok) return;
    const { reply } = this.#view;
    const a = this.#newest;
    const service = reply[REPLY.service]!;
    this.#wait[slot] = a * (reply[REPLY.latency]! - service) + (1 - a) * this.#wait[slot]!;
    this.#service[slot] = a * service + (1 - a) * this.#service[slot]!;
    this.#queue[slot] = a * reply[REPLY.queue]! + (1 - a) * this.#queue[slot]!;
  }
}

const c3: StrategyKind<{ replicas: number; newest: number }> = {
  name: 'c3',
  title:
    'of three replicas the least response time less service time, plus the service time x the cube of the queue that all clients would make',
  knows: 'reports',
  runs: 'client',
  source: 'Suresh, Canini, Schmid, Feldmann 2015 (NSDI); averages as in its Cassandra: the newest value counts 0.9',
  options: { replicas: 3, newest: 0.9 },
  create: (view, { replicas, newest }) => new C3(view, Math.max(1, replicas), newest),
};

export const C3_KINDS: readonly StrategyKind[] = [c3];
