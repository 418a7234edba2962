import type { Arrivals } from '../engine/arrivals/arrivals.ts';
import type { Engine } from '../engine/engine.ts';
import { keyOf, mix } from '../engine/hash.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { Streams } from '../engine/random.ts';
import type { TrafficSource } from '../input/scenario.ts';
import { arrivalsOf } from './arrivals-of.ts';
import type { Calls } from './calls.ts';
import type { Edge } from './edge.ts';

const kinds = {
  'source.arrive': { a: 'source', b: '-', run: (sources, source) => sources.arrive(source) },
} satisfies Kinds<Sources>;

/** Purpose of a draw: which Pod sends. */
const SENDER = 0x61;

interface Source {
  readonly edge: Edge;
  readonly arrivals: Arrivals;
  /** 32 bits that tell this source's requests from others'. */
  readonly key: number;
  sent: number;
}

/**
 * Where requests come from: each arrival is due at its moment, whatever the system does. Users outside are one client;
 * a request that a workload sends goes out from one of its living Pods, at random, and not at all when there is none.
 */
export class Sources {
  readonly #engine: Engine;
  readonly #calls: Calls;
  readonly #sources: Source[] = [];
  readonly #kind: number;
  readonly #streams: Streams;
  /** Numbers user requests over all sources. */
  #requests = 0;

  constructor(engine: Engine, calls: Calls, streams: Streams) {
    this.#engine = engine;
    this.#calls = calls;
    this.#streams = streams;
    this.#kind = engine.define<Sources, typeof kinds>(this, kinds)['source.arrive'];
  }

  /** Starts a source at the present time. */
  add(source: TrafficSource, edge: Edge): void {
    const stream = this.#streams.stream(`arrivals/${source.name}`);
    const arrivals = arrivalsOf(source.arrivals, stream, this.#engine.clock[0]!);
    const key = mix(keyOf(`requests/${source.name}`), this.#streams.seed);
    this.#schedule(this.#sources.push({ edge, arrivals, key, sent: 0 }) - 1);
  }

  arrive(number: number): void {
    const source = this.#sources[number]!;
    // The draws of a request hang on its place in its own source, so that other sources do not shift them.
    const id = mix(source.key, source.sent++);
    const clients = this.#calls.living(source.edge);
    const client = clients.length === 1 ? clients[0] : clients[(mix(id, SENDER) >>> 0) % clients.length];
    if (client !== undefined) this.#calls.begin(client, -1, 0, id, this.#requests++ | 0);
    this.#schedule(number);
  }

  #schedule(number: number): void {
    if (this.#sources[number]!.arrivals.next(this.#engine.due)) this.#engine.schedule(this.#kind, number, 0);
  }
}
