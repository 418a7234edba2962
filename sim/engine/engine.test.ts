import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Engine } from './engine.ts';
import type { Kinds } from './kinds.ts';
import { CalendarQueue } from './queues/calendar.ts';
import { ReferenceQueue } from './queues/reference.ts';
import { Slots } from './slots.ts';

/** Writes down what runs, and when. */
class Recorder {
  readonly engine: Engine;
  readonly seen: [time: number, a: number, b: number][] = [];
  readonly kind: number;

  constructor(engine = new Engine()) {
    this.engine = engine;
    this.kind = engine.define<Recorder, Kinds<Recorder>>(this, {
      'test.event': { a: 'any', b: 'any', run: (recorder, a, b) => recorder.seen.push([engine.clock[0]!, a, b]) },
    })['test.event']!;
  }

  at(time: number, a: number, b = 0): void {
    this.engine.due[0] = time;
    this.engine.schedule(this.kind, a, b);
  }

  timer(time: number, a: number): number {
    this.engine.due[0] = time;
    return this.engine.timer(this.kind, a, 0);
  }

  get order(): number[] {
    return this.seen.map(([, a]) => a);
  }
}

/** Adds a kind of event that calls `run` with its first integer. */
function kindOf(engine: Engine, run: (a: number) => void): number {
  return engine.define(engine, { 'test.call': { a: 'any', b: '-', run: (_, a) => run(a) } })['test.call'];
}

describe('order', () => {
  test('same time, then schedule order, across the queue, lanes and timers', () => {
    const r = new Recorder();
    const lane = r.engine.lane(10);
    r.at(10, 1);
    r.engine.push(lane, r.kind, 2, 0);
    r.timer(10, 3);
    r.at(10, 4);
    r.engine.push(lane, r.kind, 5, 0);
    r.at(9, 0);
    expect(r.engine.run()).toBe('empty');
    expect(r.order).toEqual([0, 1, 2, 3, 4, 5]);
    expect(r.engine.clock[0]).toBe(10);
  });

  test('an event scheduled for now runs after those that wait for now', () => {
    const r = new Recorder();
    const again = kindOf(r.engine, () => r.at(r.engine.clock[0]!, 3));
    r.engine.due[0] = 5;
    r.engine.schedule(again, 0, 0);
    r.at(5, 2);
    r.engine.run();
    expect(r.seen).toEqual([
      [5, 2, 0],
      [5, 3, 0],
    ]);
  });
});

describe('run', () => {
  test('runs what is due up to and including the time, then stands at that time', () => {
    const r = new Recorder();
    for (const t of [10, 20, 30]) r.at(t, t);
    expect(r.engine.run(20)).toBe('until');
    expect(r.order).toEqual([10, 20]);
    expect(r.engine.run(25)).toBe('until');
    expect(r.engine.clock[0]).toBe(25);
    expect(r.engine.run(100)).toBe('empty');
    expect(r.engine.clock[0]).toBe(100);
  });

  test('steps, stops at a limit, pauses and resumes', () => {
    const r = new Recorder();
    for (let i = 1; i <= 10; i++) r.at(i, i);
    expect(r.engine.step()).toBe(true);
    expect(r.engine.run(100, 3)).toBe('limit');
    expect(r.order).toEqual([1, 2, 3, 4]);
    const pause = kindOf(r.engine, () => r.engine.pause());
    r.engine.due[0] = 6;
    r.engine.schedule(pause, 0, 0);
    expect(r.engine.run(100)).toBe('paused');
    expect(r.engine.clock[0]).toBe(6);
    expect(r.engine.run(100)).toBe('empty');
    expect(r.order).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(r.engine.step()).toBe(false);
    expect(r.engine.eventCount).toBe(11);
  });

  test('reports progress every so many events, and can be paused from there', () => {
    const r = new Recorder();
    for (let i = 1; i <= 10; i++) r.at(i, i);
    const seen: number[] = [];
    r.engine.onProgress(3, () => {
      seen.push(r.engine.eventCount);
      if (seen.length === 2) r.engine.pause();
    });
    expect(r.engine.run()).toBe('paused');
    expect(r.engine.run()).toBe('empty');
    expect(seen).toEqual([3, 6, 9]);
  });

  test('goes on after an event has thrown', () => {
    const r = new Recorder();
    const boom = kindOf(r.engine, () => {
      throw new Error('boom');
    });
    r.at(1, 1);
    r.engine.due[0] = 2;
    r.engine.schedule(boom, 0, 0);
    r.at(3, 3);
    expect(() => r.engine.run()).toThrow('boom');
    r.engine.run();
    expect(r.order).toEqual([1, 3]);
  });
});

describe('timers', () => {
  test('a cancelled one does not fire, count or move the clock', () => {
    const r = new Recorder();
    r.at(5, 1);
    const handle = r.timer(50, 2);
    expect(r.engine.isSet(handle)).toBe(true);
    r.engine.cancel(handle);
    expect(r.engine.isSet(handle)).toBe(false);
    expect(r.engine.counters()).toEqual({ now: 0, events: 0, pending: 1, timers: 0, dropped: 1 });
    expect(r.engine.run()).toBe('empty');
    expect(r.order).toEqual([1]);
    expect(r.engine.counters()).toEqual({ now: 5, events: 1, pending: 0, timers: 0, dropped: 0 });
  });

  test('moved later, earlier and to the same time, it fires once, in the order of the move', () => {
    for (const [first, moved] of [
      [10, 20],
      [30, 20],
      [20, 20],
    ] as const) {
      const r = new Recorder();
      const handle = r.timer(first, 1);
      r.at(20, 2);
      r.engine.due[0] = moved;
      r.engine.reschedule(handle);
      r.at(20, 3);
      r.engine.run();
      expect(r.seen).toEqual([2, 1, 3].map((a) => [20, a, 0]));
    }
  });

  test('a stale handle is refused, however often its slot was used again', () => {
    const { engine, kind, ...r } = new Recorder();
    engine.due[0] = 1;
    const stale = engine.timer(kind, 0, 0);
    engine.cancel(stale);
    for (let i = 0; i < 100_000; i++) {
      engine.due[0] = engine.clock[0]! + 1;
      engine.cancel(engine.timer(kind, 0, 0));
      expect(engine.isSet(stale)).toBe(false);
      if (i % 1000 === 0) engine.run(engine.clock[0]! + 1);
    }
    for (const use of [() => engine.cancel(stale), () => engine.reschedule(stale)]) {
      expect(use).toThrow(expect.objectContaining({ code: 'stale' }));
    }
    expect(r.seen).toEqual([]);
  });

  test('a periodic one does not drift, even with a fraction of a nanosecond', () => {
    const r = new Recorder();
    r.engine.due[0] = 7;
    const handle = r.engine.every(1e9 / 3, r.kind, 1, 2);
    r.engine.run(7 + 1e12);
    expect(r.seen.length).toBe(3001);
    expect(r.seen[3000]).toEqual([7 + 1e12, 1, 2]);
    r.engine.cancel(handle);
    expect(r.engine.run(2e12)).toBe('empty');
    expect(r.seen.length).toBe(3001);
  });

  test('a periodic one can be cancelled and moved from its own event', () => {
    const { engine } = new Recorder();
    const times: number[] = [];
    const kind = kindOf(engine, () => {
      times.push(engine.clock[0]!);
      engine.due[0] = 35;
      if (times.length === 3) engine.reschedule(handle);
      if (times.length === 5) engine.cancel(handle);
    });
    engine.due[0] = 10;
    const handle = engine.every(10, kind, 0, 0);
    expect(engine.run(1000)).toBe('empty');
    expect(times).toEqual([10, 20, 30, 35, 45]);
  });
});

describe('timeout lanes', () => {
  /** Requests that are answered after a time, or not before their timeout, in a lane that drops answered ones or in a plain one. */
  function timedOut(dropping: boolean, answers: readonly number[]): number[][] {
    const r = new Recorder();
    const slots = new Slots(() => {});
    const lane = dropping ? r.engine.timeoutLane(100, slots) : r.engine.lane(100);
    const late = r.engine.define(r, {
      late: {
        a: 'slot',
        b: 'generation',
        run: (_, slot, generation) => {
          if (slots.generation[slot] === generation) r.seen.push([r.engine.clock[0]!, slot, generation]);
        },
      },
    }).late;
    const answer = kindOf(r.engine, (slot) => slots.release(slot));
    const send = kindOf(r.engine, (i) => {
      const slot = slots.take();
      r.engine.push(lane, late, slot, slots.generation[slot]!);
      r.engine.due[0] = r.engine.clock[0]! + answers[i]!;
      r.engine.schedule(answer, slot, 0);
    });
    answers.forEach((_, i) => {
      r.engine.due[0] = i * 3;
      r.engine.schedule(send, i, 0);
    });
    const end = 3 * answers.length + 1000;
    expect(r.engine.run(end)).toBe('empty');
    expect(r.engine.counters()).toMatchObject({ now: end, pending: 0 });
    return r.seen;
  }

  test('run what a plain lane whose event looks at the generation runs', () => {
    const answerTime = fc.oneof({ weight: 4, arbitrary: fc.nat(99) }, fc.integer({ min: 100, max: 300 }));
    fc.assert(
      fc.property(fc.array(answerTime, { maxLength: 150 }), (answers) => {
        expect(timedOut(true, answers)).toEqual(timedOut(false, answers));
      }),
      { seed: Number(process.env.SVCLAB_SEED ?? 1) },
    );
  });

  test('neither count nor move the clock when they are answered', () => {
    const r = new Recorder();
    const slots = new Slots(() => {});
    const lane = r.engine.timeoutLane(100, slots);
    const slot = slots.take();
    r.engine.push(lane, r.kind, slot, slots.generation[slot]!);
    slots.release(slot);
    r.at(10, 1);
    expect(r.engine.run()).toBe('empty');
    expect(r.engine.counters()).toEqual({ now: 10, events: 1, pending: 0, timers: 0, dropped: 0 });
  });
});

describe('mistakes are refused at their place', () => {
  const { engine, kind } = new Recorder();
  engine.run(100);
  const cases: [code: string, time: number][] = [
    ['notANumber', Number.NaN],
    ['negative', -1],
    ['past', 99],
    ['notAnInteger', 100.5],
    ['notAnInteger', Infinity],
  ];
  test.each(cases)('%s: an event at %d', (code, time) => {
    for (const use of [() => engine.schedule(kind, 0, 0), () => engine.timer(kind, 0, 0)]) {
      engine.due[0] = time;
      expect(use).toThrow(expect.objectContaining({ code }));
    }
  });
  const more: [code: string, use: () => unknown][] = [
    ['unknownKind', () => engine.push(engine.lane(1), kind + 1, 0, 0)],
    ['unknownKind', () => engine.push(engine.lane(1), 0, 0, 0)],
    ['unknownKind', () => engine.push(engine.lane(1), Number.NaN, 0, 0)],
    ['unknownLane', () => engine.push(99, kind, 0, 0)],
    ['notANumber', () => engine.lane(Number.NaN)],
    ['negative', () => engine.lane(-1)],
    ['notAnInteger', () => engine.lane(0.5)],
    ['notANumber', () => engine.run(Number.NaN)],
    ['past', () => engine.run(99)],
  ];
  test.each(more)('%s (case %#)', (code, use) => expect(use).toThrow(expect.objectContaining({ code })));

  test('run from inside an event', () => {
    const fresh = new Engine();
    fresh.schedule(
      kindOf(fresh, () => fresh.run()),
      0,
      0,
    );
    expect(() => fresh.run()).toThrow(expect.objectContaining({ code: 'reentrant' }));
  });

  test('a full lane', () => {
    const small = new Recorder(new Engine({ laneLimit: 16 }));
    const lane = small.engine.lane(1);
    const fill = () => {
      for (let i = 0; i < 17; i++) small.engine.push(lane, small.kind, i, 0);
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'full' }));
    small.engine.run();
    expect(small.order).toEqual([...Array(16).keys()]);
  });

  test('a full queue leaves the timers as they were', () => {
    const small = new Recorder(new Engine({ queue: new CalendarQueue(2) }));
    const { engine, kind } = small;
    engine.due[0] = 8;
    const handle = engine.timer(kind, 8, 0);
    engine.every(5, kind, 9, 0);
    const full = expect.objectContaining({ code: 'full' });
    expect(() => engine.timer(kind, 1, 0)).toThrow(full);
    engine.due[0] = 3; // earlier than its row, so that it needs another
    expect(() => engine.reschedule(handle)).toThrow(full);
    expect(engine.counters()).toMatchObject({ timers: 2, pending: 2, dropped: 0 });
    engine.run(13);
    expect(small.order).toEqual([8, 9, 9]);
  });
});

test('a timer that is pushed again leaves what is written in `due`', () => {
  const { engine, kind } = new Recorder(new Engine());
  engine.due[0] = 1;
  engine.every(10, kind, 0, 0);
  engine.due[0] = 77;
  engine.run(35);
  expect(engine.due[0]).toBe(77);
});

/** Any program of schedule, push, timer, every, cancel, reschedule and run; what runs schedules more. */
const time = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 100_000 }), fc.constant(1e10));
const order = fc.oneof(
  fc.record({ op: fc.constant('schedule' as const), x: time }),
  fc.record({ op: fc.constant('push' as const), x: fc.integer({ min: 0, max: 8 }) }),
  fc.record({ op: fc.constant('timer' as const), x: time }),
  fc.record({ op: fc.constant('every' as const), x: fc.integer({ min: 0, max: 50_000 }) }),
  fc.record({ op: fc.constant('cancel' as const), x: fc.nat() }),
  fc.record({ op: fc.constant('reschedule' as const), x: fc.nat(), to: time }),
  fc.record({ op: fc.constant('run' as const), x: time }),
);

test('any program gives the same sequence of events on both queues', () => {
  fc.assert(
    fc.property(fc.array(order, { maxLength: 120 }), (program) => {
      const [fast, slow] = [new CalendarQueue(), new ReferenceQueue()].map((queue) => {
        const r = new Recorder(new Engine({ queue }));
        const { engine } = r;
        const handles: number[] = [];
        const child = kindOf(engine, (a) => {
          r.seen.push([engine.clock[0]!, a, -1]);
          if (a % 3 > 0) engine.push(engine.lane(a % 5), r.kind, a, 1);
          if (a % 4 === 0 && a > 0) {
            engine.due[0] = engine.clock[0]! + (a % 11);
            engine.schedule(child, a >> 1, 0);
          }
        });
        for (const { op, x, ...rest } of program) {
          const handle = handles[x % handles.length];
          engine.due[0] = engine.clock[0]! + x;
          if (op === 'schedule') engine.schedule(child, x, 0);
          else if (op === 'push') engine.push(engine.lane([0, 1, 2, 3, 5, 10, 100, 1000, 12345][x]!), r.kind, x, 0);
          else if (op === 'timer') handles.push(engine.timer(child, x, 0));
          else if (op === 'every') handles.push(engine.every(1000 + x / 7, r.kind, x, 0));
          else if (op === 'run') engine.run(engine.clock[0]! + Math.min(x, 200_000));
          else if (handle !== undefined && engine.isSet(handle)) {
            engine.due[0] = engine.clock[0]! + ((rest as { to?: number }).to ?? 0);
            if (op === 'cancel') engine.cancel(handle);
            else engine.reschedule(handle);
          }
        }
        for (const handle of handles) if (engine.isSet(handle)) engine.cancel(handle);
        const left = engine.counters().pending;
        engine.run();
        expect(engine.counters()).toMatchObject({ pending: 0, timers: 0, dropped: 0 });
        expect(left).toBeGreaterThanOrEqual(0);
        for (let i = 1; i < r.seen.length; i++) expect(r.seen[i]![0]).toBeGreaterThanOrEqual(r.seen[i - 1]![0]);
        return r.seen;
      });
      expect(fast).toEqual(slow);
    }),
    { seed: Number(process.env.SVCLAB_SEED ?? 1), numRuns: 300 },
  );
});
