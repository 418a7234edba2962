import type { Arrivals } from '../../sim/engine/arrivals/arrivals.ts';
import type { Engine } from '../../sim/engine/engine.ts';
import type { Stream } from '../../sim/engine/random.ts';
import type { Sampler } from '../../sim/engine/samplers/sampler.ts';
import { grown, Slots } from '../../sim/engine/slots.ts';
import { Tally } from '../../sim/stats/tally.ts';
import { TimeAverage } from '../../sim/stats/time-average.ts';

export interface FarmOptions {
  readonly service: Sampler;
  /** Draws the service times, and the patience. */
  readonly stream: Stream;
  /** Servers, each with a FIFO queue of its own; default 1. */
  readonly servers?: number;
  /** Parallel slots of each server; default 1. */
  readonly slots?: number;
  /** Waiting places of each server; default no limit. */
  readonly places?: number;
  /** How long a request waits before it leaves the queue; default for ever. */
  readonly patience?: Sampler;
  /** The server of the next request, from the number present at each; default the first. */
  pick?(present: Int32Array): number;
  /** Called at the end of each service. */
  onDeparture?(): void;
}

/** Servers with slots and FIFO queues on the bare engine, and what queueing theory speaks of, counted. */
export class Farm {
  wait = new Tally(); // ns; of all that were not turned away, also of those that gave up
  sojourn = new Tally(); // ns; of those that were served
  readonly busy: TimeAverage;
  readonly inSystem: TimeAverage;
  arrived = 0;
  lost = 0;
  gaveUp = 0;
  waited = 0;
  readonly present: Int32Array; // per server, in queue and in service
  readonly #engine: Engine;
  readonly #options: FarmOptions;
  readonly #slotCount: number;
  readonly #kind;
  readonly #first: Int32Array; // per server: head and tail of the queue
  readonly #last: Int32Array;
  #counted = 0; // requests from this number on are counted
  #arrivedAt = new Float64Array(0);
  #number = new Float64Array(0);
  #next = new Int32Array(0);
  #before = new Int32Array(0);
  #timer = new Int32Array(0);
  readonly #requests = new Slots((capacity) => {
    this.#arrivedAt = grown(this.#arrivedAt, capacity);
    this.#number = grown(this.#number, capacity);
    this.#next = grown(this.#next, capacity);
    this.#before = grown(this.#before, capacity);
    this.#timer = grown(this.#timer, capacity);
  });

  constructor(engine: Engine, options: FarmOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#slotCount = options.slots ?? 1;
    const servers = options.servers ?? 1;
    this.present = new Int32Array(servers);
    this.#first = new Int32Array(servers).fill(-1);
    this.#last = new Int32Array(servers).fill(-1);
    this.busy = new TimeAverage(engine.clock);
    this.inSystem = new TimeAverage(engine.clock);
    this.#kind = engine.define<Farm, typeof kinds>(this, kinds);
  }

  /** Forgets what was counted: it was warm-up. Requests that are present are not counted when they leave. */
  restart(): void {
    this.#counted = this.arrived;
    this.wait = new Tally();
    this.sojourn = new Tally();
    this.lost = this.gaveUp = this.waited = 0;
    this.busy.restart();
    this.inSystem.restart();
  }

  arrive(): void {
    const { present } = this;
    const server = this.#options.pick?.(present) ?? 0;
    const number = this.arrived++;
    if (present[server]! >= this.#slotCount + (this.#options.places ?? Infinity)) {
      this.lost++;
      return;
    }
    const request = this.#requests.take();
    this.#arrivedAt[request] = this.#engine.clock[0]!;
    this.#number[request] = number;
    this.inSystem.add(1);
    if (present[server]!++ < this.#slotCount) this.#serve(request, server);
    else this.#enqueue(request, server);
  }

  complete(request: number, server: number): void {
    if (this.#number[request]! >= this.#counted)
      this.sojourn.record(this.#engine.clock[0]! - this.#arrivedAt[request]!);
    this.busy.add(-1);
    this.#leave(request, server);
    const next = this.#first[server]!;
    if (next >= 0) {
      this.#dequeue(next, server);
      if (this.#options.patience !== undefined) this.#engine.cancel(this.#timer[next]!);
      this.#serve(next, server);
    }
    this.#options.onDeparture?.();
  }

  giveUp(request: number, server: number): void {
    this.#countWait(request);
    this.gaveUp++;
    this.#dequeue(request, server);
    this.#leave(request, server);
  }

  #serve(request: number, server: number): void {
    const { service, stream } = this.#options;
    this.#countWait(request);
    this.busy.add(1);
    service.draw(stream.bits());
    this.#engine.due[0] = this.#engine.clock[0]! + service.out[0]!;
    this.#engine.schedule(this.#kind.complete, request, server);
  }

  #enqueue(request: number, server: number): void {
    const last = this.#last[server]!;
    this.#before[request] = last;
    this.#next[request] = -1;
    if (last < 0) this.#first[server] = request;
    else this.#next[last] = request;
    this.#last[server] = request;
    this.waited++;
    const { patience, stream } = this.#options;
    if (patience === undefined) return;
    patience.draw(stream.bits());
    this.#engine.due[0] = this.#engine.clock[0]! + patience.out[0]!;
    this.#timer[request] = this.#engine.timer(this.#kind.giveUp, request, server);
  }

  #dequeue(request: number, server: number): void {
    const [before, next] = [this.#before[request]!, this.#next[request]!];
    if (before < 0) this.#first[server] = next;
    else this.#next[before] = next;
    if (next < 0) this.#last[server] = before;
    else this.#before[next] = before;
  }

  #countWait(request: number): void {
    if (this.#number[request]! >= this.#counted) this.wait.record(this.#engine.clock[0]! - this.#arrivedAt[request]!);
  }

  #leave(request: number, server: number): void {
    this.present[server]!--;
    this.inSystem.add(-1);
    this.#requests.release(request);
  }
}

const kinds = {
  complete: { a: 'request', b: 'server', run: (farm: Farm, a: number, b: number) => farm.complete(a, b) },
  giveUp: { a: 'request', b: 'server', run: (farm: Farm, a: number, b: number) => farm.giveUp(a, b) },
};

/** Lets `count` requests arrive, of which the first tenth are warm-up, and runs until the last has left. */
export function feed(engine: Engine, arrivals: Arrivals, count: number, arrive: () => void, restart: () => void): void {
  let left = count;
  const warm = Math.floor(count * 0.9);
  const kind = engine.define(engine, {
    arrive: {
      a: '-',
      b: '-',
      run: () => {
        if (left === warm) restart();
        if (--left > 0 && arrivals.next(engine.due)) engine.schedule(kind.arrive, 0, 0);
        arrive();
      },
    },
  });
  if (arrivals.next(engine.due)) engine.schedule(kind.arrive, 0, 0);
  engine.run();
}
