import { expect, test } from 'vitest';
import { Engine } from '../engine/engine.ts';
import { Disturbances } from './disturbances.ts';
import { WorkQueue } from './work-queue.ts';

function queue(delay: number) {
  const engine = new Engine();
  const synced: [string, number][] = [];
  const context = { engine, settling: true, disturbances: new Disturbances() };
  const work = new WorkQueue(context, delay, (key) => synced.push([key, engine.clock[0]!]));
  return { engine, synced, work, context };
}

test('while the cluster settles nothing is delayed; later a key that waits is not added twice', () => {
  const { engine, synced, work, context } = queue(10);
  work.add('a');
  engine.run(5);
  context.settling = false;
  work.add('b');
  work.add('a');
  work.add('b');
  engine.run(12);
  work.add('b');
  engine.run(100);
  expect(synced).toEqual([
    ['a', 0],
    ['b', 15],
    ['a', 15],
  ]);
});

test('a key that is added again by its own sync is synced again', () => {
  const engine = new Engine();
  const times: number[] = [];
  const work: WorkQueue = new WorkQueue({ engine, settling: false, disturbances: new Disturbances() }, 10, (key) => {
    times.push(engine.clock[0]!);
    if (times.length < 3) work.add(key);
  });
  engine.run(1);
  work.add('a');
  engine.run(100);
  expect(times).toEqual([11, 21, 31]);
});

test('of several wishes for later the earliest counts, once; `add` does not wait for it', () => {
  const { engine, synced, work, context } = queue(10);
  context.settling = false;
  engine.run(1);
  work.addAfter('a', 50);
  work.addAfter('a', 30);
  work.addAfter('a', 40);
  work.addAfter('a', 30);
  work.add('a');
  engine.run(1000);
  expect(synced).toEqual([
    ['a', 11],
    ['a', 31],
  ]);
});

test('a sync that asks for its next date does not multiply', () => {
  const engine = new Engine();
  let syncs = 0;
  const dates = Array.from({ length: 40 }, (_, i) => 100 + i * 10);
  const work: WorkQueue = new WorkQueue({ engine, settling: false, disturbances: new Disturbances() }, 1, (key) => {
    syncs++;
    for (const date of dates) if (date > engine.clock[0]!) work.addAfter(key, date - engine.clock[0]!);
  });
  engine.run(1);
  work.add('a');
  work.add('a');
  engine.run(1000);
  expect(syncs).toBe(41);
});
