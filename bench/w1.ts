import { Engine } from '../sim/engine/engine.ts';
import { Streams } from '../sim/engine/random.ts';
import { Exponential } from '../sim/engine/samplers/exponential.ts';
import { grown, Slots } from '../sim/engine/slots.ts';
import { type Job, timed } from './job.ts';

/**
 * W1 on the bare engine. Args: pods, requests. Poisson clients send requests to pods (one slot each, exponential service of mean
 * 1 ms, FIFO) at 0.7 of their capacity; a uniformly random pod each; 0.25 ms network each way; a timeout of 1 s is armed at send and
 * cancelled by the answer, which changes the slot's generation. Mean sojourn by theory: 1 / (1000 - 700) s + 0.5 ms = 3.8333 ms.
 */
class World {
  readonly engine = new Engine();
  readonly kind = this.engine.define<World, typeof kinds>(this, kinds);
  readonly pods: number;
  toSend: number;
  answered = 0;
  timedOut = 0;
  readonly sojourn = new Float64Array(1); // sum, ns
  sentAt = new Float64Array(0);
  pod = new Int32Array(0);
  behind = new Int32Array(0); // the request that waits behind this one
  readonly slots = new Slots((capacity) => {
    this.sentAt = grown(this.sentAt, capacity);
    this.pod = grown(this.pod, capacity);
    this.behind = grown(this.behind, capacity);
  });
  readonly serving: Int32Array; // per pod: request in service, -1
  readonly last: Int32Array; // per pod: last in the queue, the one in service counted
  readonly #random = new Streams(1).stream('w1');
  readonly #gap: Exponential;
  readonly #service = new Exponential(1e6);
  readonly #network = this.engine.lane(250_000);
  readonly #timeout = this.engine.timeoutLane(1e9, this.slots);

  constructor(pods: number, requests: number) {
    this.pods = pods;
    this.toSend = requests;
    this.serving = new Int32Array(pods).fill(-1);
    this.last = new Int32Array(pods);
    this.#gap = new Exponential(1e9 / (700 * pods));
  }

  send(): void {
    const { engine, kind } = this;
    const slot = this.slots.take();
    this.sentAt[slot] = engine.clock[0]!;
    this.pod[slot] = this.#random.below(this.pods);
    engine.push(this.#network, kind.arrive, slot, 0);
    engine.push(this.#timeout, kind.timeout, slot, this.slots.generation[slot]!);
    if (--this.toSend === 0) return;
    this.#gap.draw(this.#random.bits());
    engine.due[0] = engine.clock[0]! + this.#gap.out[0]!;
    engine.schedule(kind.send, 0, 0);
  }

  arrive(slot: number): void {
    const pod = this.pod[slot]!;
    this.behind[slot] = -1;
    if (this.serving[pod]! >= 0) this.behind[this.last[pod]!] = slot;
    else this.serve(pod, slot);
    this.last[pod] = slot;
  }

  serve(pod: number, slot: number): void {
    const { engine } = this;
    this.serving[pod] = slot;
    this.#service.draw(this.#random.bits());
    engine.due[0] = engine.clock[0]! + this.#service.out[0]!;
    engine.schedule(this.kind.complete, slot, pod);
  }

  complete(slot: number, pod: number): void {
    this.engine.push(this.#network, this.kind.answer, slot, 0);
    const next = this.behind[slot]!;
    if (next >= 0) this.serve(pod, next);
    else this.serving[pod] = -1;
  }

  answer(slot: number): void {
    this.sojourn[0] = this.sojourn[0]! + this.engine.clock[0]! - this.sentAt[slot]!;
    this.answered++;
    this.slots.release(slot);
  }

  timeout(): void {
    this.timedOut++;
  }
}

const kinds = {
  send: { a: '-', b: '-', run: (world: World) => world.send() },
  arrive: { a: 'slot', b: '-', run: (world: World, slot: number) => world.arrive(slot) },
  complete: { a: 'slot', b: 'pod', run: (world: World, slot: number, pod: number) => world.complete(slot, pod) },
  answer: { a: 'slot', b: '-', run: (world: World, slot: number) => world.answer(slot) },
  timeout: { a: 'slot', b: 'generation', run: (world: World) => world.timeout() },
};

const w1: Job = ([pods, requests]) => {
  const start = (count: number) => {
    const world = new World(pods!, count);
    world.engine.schedule(world.kind.send, 0, 0);
    return world;
  };
  start(300_000).engine.run(); // for the compiler, whose work is not measured in C++ either
  const world = start(requests!);
  const seconds = timed(() => world.engine.run());
  const meanMs = world.sojourn[0]! / world.answered / 1e6;
  return {
    seconds,
    count: world.answered,
    notes: { meanMs, timedOut: world.timedOut, events: world.engine.eventCount },
  };
};

export const jobs: Record<string, Job> = { w1 };
