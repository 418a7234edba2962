/**
 * The one interface of load-balancing strategies: what they see, what they are told, what they answer. Those built in and
 * those of users are written against it; it imports nothing of the simulator but random draws.
 *
 * A backend is known by its slot, a small integer that is its own from its birth to its end; all arrays are by slot.
 */
import type { Stream } from '../engine/random.ts';

/**
 * What a strategy knows of its backends, the least first: `nothing` but who they are; `membership` in a hash table, and who the
 * client is; `localCounts` of its own instance's requests in flight; `localLatency` that its instance has seen; `reports` that come
 * with responses; `probes` that it sends; `idleServers` that announce themselves; `global`: the truth, which only an ideal has.
 */
export type Knowledge =
  | 'nothing'
  | 'membership'
  | 'localCounts'
  | 'localLatency'
  | 'reports'
  | 'probes'
  | 'idleServers'
  | 'global';

/**
 * Where a strategy runs, which says how many instances there are, and how much each one sees: `kernel`: one on each node, a pick for each
 * connection; `client`: one in each client, `proxy`: one in each proxy of a tier, `dispatcher`: a single one that sees every
 * request; these pick for each request.
 */
export type Place = 'kernel' | 'client' | 'proxy' | 'dispatcher';

/** What one instance of a strategy may look at. The arrays stay the same for a whole run; only the caller writes to them. */
export interface View {
  /** Slots are below this. */
  readonly capacity: number;
  /** The first `count` entries are the slots that may be picked now, in the order in which they were published. */
  readonly members: Int32Array;
  /** How many may be picked now; it changes only before a call of `changed`. */
  readonly count: number;
  /** By slot: its weight, above 0; 1 unless the workload says otherwise. 0: no new requests. */
  readonly weight: Float64Array;
  /** By slot: its address, such as `10.244.3.8:8080`; what hash tables hash. Empty for one that was never a member. */
  readonly address: readonly string[];
  /** By slot: the number of its zone, from 0. */
  readonly zone: Int32Array;
  /** By slot: when it became a member, ns; -Infinity for those of the start. */
  readonly joined: Float64Array;
  /** By slot: requests (in the kernel: connections) that this instance has sent there and that have not ended. */
  readonly inFlight: Int32Array;
  /** [0] is the time now, ns. */
  readonly clock: Float64Array;
  /** Draws of this instance's own. */
  readonly random: Stream;
  /** Which of the instances this is, from 0; and how many there are. */
  readonly instance: number;
  readonly instances: number;
  /** The zone of this instance; by zone: how many instances are there. */
  readonly home: number;
  readonly instancesIn: Int32Array;
  /** What came with the response for which `ended` is called, or the answer for which `probed` is: see `REPLY`. Without a response (refused, timed out) only the latency is not 0. */
  readonly reply: Float64Array;
  /** Only for those that know `global`. By slot: when a request that comes now would begin to be served, ns. */
  readonly startsAt: Float64Array;
  /** Only for those that know `probes`: asks a backend for its state; `probed` is called when the answer is there. */
  probe(slot: number): void;
}

/** The places of `View.reply`. */
export const REPLY = {
  /** From sending to the response, of this request or probe: ns. */
  latency: 0,
  /** Requests at the server (waiting and in service) when it answered, this one not counted. */
  queue: 1,
  /** How long it was served: ns. Of a probe: what the server expects a request to take that comes now, by its recent ones. */
  service: 2,
  /** Share of its cores that were busy of late, 0 to 1. */
  utilization: 3,
  /** Requests per second that it ended of late, and how many of them were errors. */
  rate: 4,
  errorRate: 5,
} as const;

/** One instance of a strategy: it belongs to one node, client, proxy or dispatcher, and knows what happened there alone. */
export interface Strategy {
  /**
   * Picks for a new request (in the kernel: connection).
   * @param source the client's IPv4 address, 32 bits, signed @param port its source port, which differs for each connection
   * @returns a slot of `members`; -1: none is available, and the request fails
   */
  pick(source: number, port: number): number;
  /** Members or weights are others than before. Also called once before the first pick. */
  changed?(): void;
  /** A picked request was sent; `inFlight` counts it already. */
  started?(slot: number): void;
  /** It has ended; `inFlight` counts it no more, `reply` is about it. @param ok false: an error, refused, or timed out */
  ended?(slot: number, ok: boolean): void;
  /** The answer of a probe is in `reply`. */
  probed?(slot: number): void;
  /** With `idleServers`: a server that has become idle tells this instance so. */
  idle?(slot: number): void;
  /** Called every `StrategyKind.period`. */
  tick?(): void;
}

/** A strategy that can be benchmarked: the default export of a user's module. */
export interface StrategyKind<Options extends Readonly<Record<string, number>> = Readonly<Record<string, number>>> {
  /** Lower case letters, digits and dashes, such as `nginx-least-conn`. */
  readonly name: string;
  /** A sentence: the rule. */
  readonly title: string;
  readonly knows: Knowledge;
  readonly runs: Place;
  /** Where the rule is from: a file of a project, or a paper. */
  readonly source: string;
  /** Names and default values of what may be set: `name:choices=5` on the command line. */
  readonly options?: Options;
  /** ns between two calls of `tick`; default: never. */
  readonly period?: number;
  create(view: View, options: Options): Strategy;
}
