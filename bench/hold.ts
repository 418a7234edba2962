import FastPriorityQueue from 'fastpriorityqueue';
import FlatQueue from 'flatqueue';
import { inlineMore } from '../sim/cli/compiler.ts';
import { Engine } from '../sim/engine/engine.ts';
import { ReferenceQueue } from '../sim/engine/queues/reference.ts';
import { delays, type Job, timed } from './job.ts';

/** The hold model: `pending` events; each, when it runs, schedules itself again after a delay. Args: pending, events. */

class Holder {
  readonly engine: Engine;
  readonly delays = delays();
  readonly hold: number;
  #draw = 0;

  constructor(engine: Engine) {
    this.engine = engine;
    this.hold = engine.define<Holder, typeof kinds>(this, kinds).hold;
  }

  again(a: number, b: number): void {
    const { engine } = this;
    this.#draw = (this.#draw + 1) & 8191;
    engine.due[0] = engine.clock[0]! + this.delays[this.#draw]!;
    engine.schedule(this.hold, a, b);
  }
}

const kinds = {
  hold: { a: 'number', b: '-', run: (holder: Holder, a: number, b: number) => holder.again(a, b) },
};

const holdWith =
  (create: () => Engine): Job =>
  ([pending, events]) => {
    inlineMore(); // as `svclab run` has it
    const holder = new Holder(create());
    for (let i = 0; i < pending!; i++) holder.again(i, 0);
    holder.engine.run(Infinity, warmUp(pending!));
    const seconds = timed(() => holder.engine.run(Infinity, events!));
    return { seconds, count: events!, notes: { now: holder.engine.clock[0]! } };
  };

interface Row {
  at: number;
  seq: number;
  a: number;
  b: number;
}

/** The bare heap of objects, without an engine around it. */
const fastPriorityQueue: Job = ([pending, events]) => {
  const table = delays();
  const queue = new FastPriorityQueue<Row>((x, y) => x.at < y.at || (x.at === y.at && x.seq < y.seq));
  const state = { draw: 0, seq: 0, now: 0 };
  for (; state.seq < pending!; state.seq++) {
    state.draw = (state.draw + 1) & 8191;
    queue.add({ at: table[state.draw]!, seq: state.seq, a: state.seq, b: 0 });
  }
  const hold = (count: number) => {
    let { draw, seq, now } = state; // locals: a captured variable would be boxed
    for (let i = 0; i < count; i++) {
      const { at, a, b } = queue.poll()!;
      now = at;
      draw = (draw + 1) & 8191;
      queue.add({ at: now + table[draw]!, seq: seq++, a, b });
    }
    Object.assign(state, { draw, seq, now });
  };
  hold(warmUp(pending!));
  return { seconds: timed(() => hold(events!)), count: events!, notes: { now: state.now } };
};

/** The bare flatqueue: a heap of (time, number) in two arrays; it does not keep the order of equal times. */
const flatQueue: Job = ([pending, events]) => {
  const table = delays();
  const queue = new FlatQueue<number>();
  const state = { draw: 0, now: 0 };
  for (let i = 0; i < pending!; i++) {
    state.draw = (state.draw + 1) & 8191;
    queue.push(i, table[state.draw]!);
  }
  const hold = (count: number) => {
    let { draw, now } = state;
    for (let i = 0; i < count; i++) {
      now = queue.peekValue()!;
      const a = queue.pop()!;
      draw = (draw + 1) & 8191;
      queue.push(a, now + table[draw]!);
    }
    Object.assign(state, { draw, now });
  };
  hold(warmUp(pending!));
  return { seconds: timed(() => hold(events!)), count: events!, notes: { now: state.now } };
};

/** Events before the measurement: once through what pends, and long enough for the compiler. */
function warmUp(pending: number): number {
  return Math.max(pending, 1_000_000);
}

export const jobs: Record<string, Job> = {
  'hold-svclab': holdWith(() => new Engine()),
  'hold-svclab-reference': holdWith(() => new Engine({ queue: new ReferenceQueue() })),
  'hold-fastpriorityqueue': fastPriorityQueue,
  'hold-flatqueue': flatQueue,
};
