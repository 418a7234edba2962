import fc from 'fast-check';
import { expect, test } from 'vitest';
import { World } from '../../../../test/strategies/random-life.ts';
import type { StrategyKind } from '../../strategy.ts';
import { LeastLoaded } from '../loads.ts';
import { Aperture } from './aperture.ts';
import { apertureWidth, overlap } from './deterministic-aperture.ts';
import { FINAGLE } from './kinds.ts';

const band = { low: 0.875, high: 1.125, window: 15e9, least: 1 };
const aperture: StrategyKind = {
  ...FINAGLE[2]!,
  create: (view) => new Aperture(view, new LeastLoaded(view), band),
};

test('an aperture widens until each backend has about one request in flight, and narrows when the load is gone', () => {
  const world = new World(50).add(aperture, 1);
  for (let i = 0; i < 50; i++) world.join();
  world.changed();
  const strategy = world.strategies[0] as Aperture;
  expect(strategy.width).toBe(1);
  for (let i = 0; i < 12; i++) world.pick(0);
  for (let i = 0; i < 5000; i++) {
    world.clock[0]! += 20e6;
    world.end(0);
    world.pick(0);
  }
  // Its average holds a new count for what it was all the time since the last: 11, as one has just ended whenever time has passed.
  expect(strategy.width).toBeGreaterThanOrEqual(10); // 11 / 1.125
  expect(strategy.width).toBeLessThanOrEqual(13); // 11 / 0.875
  expect(new Set(world.requests.map(({ slot }) => slot)).size).toBeLessThanOrEqual(13);
  for (let i = 0; i < 11; i++) world.end(0);
  for (let i = 0; i < 5000; i++) {
    world.clock[0]! += 20e6;
    world.end(0);
    world.pick(0);
  }
  expect(strategy.width).toBeLessThanOrEqual(2);
});

test('the aperture of a client keeps its order when others join and leave', () => {
  const world = new World(20).add(aperture, 1);
  for (let i = 0; i < 5; i++) world.join();
  world.changed();
  const first = world.pick(0);
  for (let i = 0; i < 5; i++) world.join();
  for (const slot of world.members) if (slot !== first && slot < 5) world.backends.leave(slot);
  world.changed();
  for (const slot of world.members) if (slot !== first) world.backends.leave(slot);
  world.changed();
  expect(world.pick(0)).toBe(first);
});

test('over all clients a deterministic aperture covers every backend alike', () => {
  const size = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(size, size, size, (clients, backends, least) => {
      const width = apertureWidth(clients, backends, least);
      expect(width * backends).toBeGreaterThanOrEqual(Math.min(least, backends) - 1e-9);
      fc.pre(width <= 1 - 1 / backends); // else an arc may end in the backend in which it began, and upstream counts one end only
      const covered = Array.from({ length: backends }, (_, index) => {
        let sum = 0;
        for (let client = 0; client < clients; client++) sum += overlap(index, backends, client / clients, width);
        return sum * backends;
      });
      for (const share of covered) expect(share).toBeCloseTo(width * clients, 6);
    }),
  );
});

test('with a deterministic aperture backends have the same load from many clients with a few backends each', () => {
  const world = new World(30).add(FINAGLE[3]!, 20, { least: 7 });
  for (let i = 0; i < 30; i++) world.join();
  world.changed();
  const picked = world.strategies.map(() => new Set<number>());
  const counts = new Array<number>(30).fill(0);
  for (let i = 0; i < 60_000; i++) {
    const instance = i % 20;
    const slot = world.pick(instance);
    picked[instance]!.add(slot);
    counts[slot]!++;
    if (world.requests.length > 100) world.end(0);
  }
  // An arc of 5/20 of 30 backends: 7.5, so that one or two of them are only half in it.
  for (const set of picked) expect([8, 9]).toContain(set.size);
  for (const count of counts) expect(Math.abs(count / 2000 - 1)).toBeLessThan(0.1);
});
