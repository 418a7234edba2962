import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CalendarQueue } from './calendar.ts';
import type { EventQueue } from './queue.ts';
import { ReferenceQueue } from './reference.ts';

/** A queue as the engine uses it: pushes at or after the time of the last pop, with ascending sequence numbers. */
class Driver {
  readonly queue: EventQueue;
  now = 0;
  #seq = 0;

  constructor(queue: EventQueue) {
    this.queue = queue;
  }

  push(delay: number): void {
    this.queue.key[0] = this.now + delay;
    this.queue.key[1] = this.#seq;
    this.queue.push(this.#seq % 7, this.#seq++, ~this.#seq);
  }

  /** @returns time, sequence number and row of the first event, or nothing */
  pop(): number[] {
    if (!this.queue.headKnown) this.queue.peek();
    const [at, seq] = this.queue.head;
    if (at === Infinity) return [];
    this.queue.pop();
    this.now = at!;
    return [at!, seq!, ...this.queue.row];
  }
}

const create: Record<string, () => EventQueue> = {
  calendar: () => new CalendarQueue(),
  reference: () => new ReferenceQueue(),
};

describe.each(Object.entries(create))('%s queue', (_, create) => {
  test('pops by time, and at one time in the order of the pushes', () => {
    const driver = new Driver(create());
    for (const delay of [5, 0, 5, 3, 0, 5, 9e12, 3]) driver.push(delay);
    expect(Array.from({ length: 8 }, () => driver.pop()[1])).toEqual([1, 4, 3, 7, 0, 2, 5, 6]);
    expect(driver.pop()).toEqual([]);
  });

  test('keeps kind, a and b', () => {
    const { queue } = new Driver(create());
    queue.key.set([7, 0]);
    queue.push(3, -2147483648, 2147483647);
    queue.peek();
    queue.pop();
    expect([...queue.row]).toEqual([3, -2147483648, 2147483647]);
    expect(queue.size).toBe(0);
  });
});

/** Delays that have broken queues: ties, bursts, nine orders of magnitude, far future, monotone. */
const delay = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 1000 }),
  fc.integer({ min: 0, max: 2 ** 31 }),
  fc.constantFrom(1, 1e9, 1e9 + 1, 3.6e12, 9.4e14),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ push: delay, times: fc.constantFrom(1, 1, 1, 2, 40, 300) }) },
  { weight: 4, arbitrary: fc.record({ pop: fc.constantFrom(1, 1, 2, 50, 400) }) },
);

test('the calendar queue pops what the reference pops, whatever the mix of pushes and pops', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [calendar, reference] = [new Driver(new CalendarQueue()), new Driver(new ReferenceQueue())];
      for (const s of steps) {
        if ('push' in s)
          for (let i = 0; i < s.times; i++) for (const d of [calendar, reference]) d.push(s.push * (i + 1));
        else for (let i = 0; i < s.pop; i++) expect(calendar.pop()).toEqual(reference.pop());
        expect(calendar.queue.size).toBe(reference.queue.size);
      }
      while (reference.queue.size > 0) expect(calendar.pop()).toEqual(reference.pop());
      expect(calendar.pop()).toEqual([]);
    }),
    { seed: Number(process.env.SVCLAB_SEED ?? 1), numRuns: 300 },
  );
});

/** Long runs, so that the calendar changes its width and slides its window; `next` gives the delay of each push. */
const shapes: Record<string, (i: number, u: number) => number> = {
  exponential: (_, u) => Math.round(-1e6 * Math.log(u)),
  'all at one instant': () => 0,
  'a burst each second': (_, u) => (u < 0.9 ? 1e9 : 2e9),
  'nine orders of magnitude apart': (_, u) => (u < 0.5 ? Math.round(u * 20) : Math.round(u * 1e10)),
  'log-uniform over fifteen orders': (_, u) => Math.round(10 ** (15 * u)),
  monotone: (i) => i,
  'slower and slower': (i, u) => Math.round(u * 1.01 ** Math.min(i, 2500)),
  'faster and faster': (i, u) => Math.round((u * 1e14) / 1.01 ** Math.min(i, 2500)),
  'mostly ties': (_, u) => Math.floor(u * 3) * 1000,
};

test.each(Object.entries(shapes))('both queues agree over a long run: %s', (_, next) => {
  for (const pending of [1, 3, 200, 5000]) {
    const [calendar, reference] = [new Driver(new CalendarQueue()), new Driver(new ReferenceQueue())];
    let random = 12345;
    let pushes = 0;
    const push = () => {
      random = (Math.imul(random, 1664525) + 1013904223) | 0;
      const d = next(pushes++, ((random >>> 0) + 0.5) / 2 ** 32);
      calendar.push(d);
      reference.push(d);
    };
    let differing = 0;
    const pop = () => {
      if (calendar.pop().join() !== reference.pop().join()) differing++;
    };
    for (let i = 0; i < pending; i++) push();
    for (let i = 0; i < 4 * pending + 2000; i++) {
      pop();
      push();
      if (i % 1000 === 999) for (let k = 0; k < 200; k++) (i % 2000 === 999 ? push : pop)();
    }
    while (reference.queue.size > 0) pop();
    expect(differing).toBe(0);
    expect(calendar.queue.size).toBe(0);
  }
});

test('a full queue refuses the next event and keeps the others', () => {
  const driver = new Driver(new CalendarQueue(100));
  for (let i = 0; i < 100; i++) driver.push(i);
  expect(() => driver.push(1)).toThrow(expect.objectContaining({ code: 'full' }));
  expect(driver.pop()[1]).toBe(0);
  driver.push(1);
  expect(driver.queue.size).toBe(100);
});
