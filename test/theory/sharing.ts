import type { Engine } from '../../sim/engine/engine.ts';
import type { Stream } from '../../sim/engine/random.ts';
import type { Sampler } from '../../sim/engine/samplers/sampler.ts';
import { Tally } from '../../sim/stats/tally.ts';

/** One server that shares its capacity equally among all requests present (processor sharing), on the bare engine. */
export class SharingServer {
  readonly sojourn = new Tally(); // ns
  readonly #engine: Engine;
  readonly #service: Sampler;
  readonly #stream: Stream;
  readonly #kind;
  #work: number[] = []; // attained service per request so far, plus own demand: who has least left finishes first
  #arrivedAt: number[] = [];
  #attained = 0; // service that each request present since the beginning would have had, ns
  #since = 0;
  #timer = 0;
  #counting = false;
  #counted: boolean[] = [];

  constructor(engine: Engine, service: Sampler, stream: Stream) {
    this.#engine = engine;
    this.#service = service;
    this.#stream = stream;
    this.#kind = engine.define<SharingServer, typeof kinds>(this, kinds);
  }

  /** From now on arrivals are counted. */
  restart(): void {
    this.#counting = true;
  }

  arrive(): void {
    this.#settle();
    this.#service.draw(this.#stream.bits());
    this.#work.push(this.#attained + this.#service.out[0]!);
    this.#arrivedAt.push(this.#engine.clock[0]!);
    this.#counted.push(this.#counting);
    this.#await(this.#work.length === 1);
  }

  complete(): void {
    this.#settle();
    const first = this.#work.indexOf(Math.min(...this.#work));
    this.#work.splice(first, 1);
    const [arrivedAt] = this.#arrivedAt.splice(first, 1);
    const [counted] = this.#counted.splice(first, 1);
    if (counted) this.sojourn.record(this.#engine.clock[0]! - arrivedAt!);
    if (this.#work.length > 0) this.#await(true);
  }

  #settle(): void {
    const now = this.#engine.clock[0]!;
    if (this.#work.length > 0) this.#attained += (now - this.#since) / this.#work.length;
    this.#since = now;
  }

  /** Sets the timer for the next completion, as it is while nobody else comes. @param fresh no timer is set */
  #await(fresh: boolean): void {
    const left = Math.max(0, Math.min(...this.#work) - this.#attained) * this.#work.length;
    this.#engine.due[0] = this.#engine.clock[0]! + Math.round(left);
    if (fresh) this.#timer = this.#engine.timer(this.#kind.complete, 0, 0);
    else this.#engine.reschedule(this.#timer);
  }
}

const kinds = {
  complete: { a: '-', b: '-', run: (server: SharingServer) => server.complete() },
};
