import type { Arrivals } from '../engine/arrivals/arrivals.ts';
import type { Engine } from '../engine/engine.ts';
import { keyOf, mix } from '../engine/hash.ts';
import type { Kinds } from '../engine/kinds.ts';
import type { Streams } from '../engine/random.ts';
import type { OpenProcess } from '../input/scenario.ts';
import { arrivalsOf } from './arrivals-of.ts';
import type { Edge } from './edge.ts';
import type { Senders } from './senders.ts';

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
 * Open loops: each arrival is due at its moment, whatever the system does, and is not made at all when no Pod lives to send it. The last
 * moment of a run is no more part of it than its first is of what was before: who comes then is not seen.
 */
export class Sources {
  readonly #engine: Engine;
  readonly #senders: Senders;
  readonly #sources: Source[] = [];
  readonly #kind: number;
  readonly #streams: Streams;
  readonly #end: number;

  /** @param end of the run, ns */
  constructor(engine: Engine, senders: Senders, streams: Streams, end: number) {
    this.#engine = engine;
    this.#senders = senders;
    this.#streams = streams;
    this.#end = end;
    this.#kind = engine.define<Sources, typeof kinds>(this, kinds)['source.arrive'];
  }

  /** Starts a source at the present time. @param name of the traffic */
  add(name: string, process: OpenProcess, edge: Edge): void {
    const arrivals = arrivalsOf(process, this.#streams.stream(`arrivals/${name}`), this.#engine.clock[0]!);
    const key = mix(keyOf(`requests/${name}`), this.#streams.seed);
    this.#schedule(this.#sources.push({ edge, arrivals, key, sent: 0 }) - 1);
  }

  arrive(number: number): void {
    const source = this.#sources[number]!;
    // The draws of a request hang on its place in its own source, so that other sources do not shift them.
    const id = mix(source.key, source.sent++);
    this.#senders.send(source.edge, mix(id, SENDER), id, -1, 0);
    this.#schedule(number);
  }

  #schedule(number: number): void {
    const { due } = this.#engine;
    if (this.#sources[number]!.arrivals.next(due) && due[0]! < this.#end) this.#engine.schedule(this.#kind, number, 0);
  }
}
