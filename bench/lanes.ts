import { Engine } from '../sim/engine/engine.ts';
import { type Job, timed } from './job.ts';

/** 10,000 events that schedule themselves again after constant delays. Args: number of different delays, events. */
class Looper {
  readonly engine = new Engine();
  readonly kind = this.engine.define<Looper, typeof kinds>(this, kinds);
  readonly delays: Float64Array;
  readonly lanes: number[];

  constructor(count: number) {
    this.delays = Float64Array.from({ length: count }, (_, i) => 1000 + 7 * i);
    this.lanes = Array.from(this.delays, (delay) => this.engine.lane(delay));
  }

  queued(number: number, delay: number): void {
    const { engine } = this;
    engine.due[0] = engine.clock[0]! + this.delays[delay]!;
    engine.schedule(this.kind.queued, number, delay);
  }

  laned(number: number, delay: number): void {
    this.engine.push(this.lanes[delay]!, this.kind.laned, number, delay);
  }
}

const kinds = {
  queued: { a: 'number', b: 'delay', run: (looper: Looper, a: number, b: number) => looper.queued(a, b) },
  laned: { a: 'number', b: 'delay', run: (looper: Looper, a: number, b: number) => looper.laned(a, b) },
};

const loop =
  (way: 'queued' | 'laned'): Job =>
  ([count, events]) => {
    const looper = new Looper(count!);
    for (let i = 0; i < 10_000; i++) looper[way](i, i % count!);
    looper.engine.run(Infinity, 1_000_000);
    return { seconds: timed(() => looper.engine.run(Infinity, events!)), count: events! };
  };

export const jobs: Record<string, Job> = { lanes: loop('laned'), 'lanes-queue': loop('queued') };
