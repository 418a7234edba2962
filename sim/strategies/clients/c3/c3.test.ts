import { expect, test } from 'vitest';
import { livesThrough, World } from '../../../../test/strategies/random-life.ts';
import { Streams } from '../../../engine/random.ts';
import { REPLY } from '../../strategy.ts';
import { C3_KINDS, cubicScore } from './kinds.ts';

const c3 = C3_KINDS[0]!;

test('picks members through any life', () => livesThrough(c3));

test('of three distinct ones at random the least score wins, the first of equals', () => {
  const seed = 5;
  const world = new World(8).add(c3, 2, {}, seed);
  for (let i = 0; i < 8; i++) world.join();
  world.changed();
  const { inFlight } = world.views[0]!;
  const draws = new Streams(seed).stream('instance 0');
  const averages = Array.from({ length: 8 }, () => [0, 0, 0]);
  const order = [0, 1, 2, 3, 4, 5, 6, 7];
  for (let i = 0; i < 500; i++) {
    const group = [0, 1, 2].map((taken) => {
      const place = taken + draws.below(8 - taken);
      [order[taken], order[place]] = [order[place]!, order[taken]!];
      return order[taken]!;
    });
    const score = (slot: number) => {
      const [wait, service, queue] = averages[slot]!;
      return cubicScore(wait!, service!, queue!, inFlight[slot]!, 2);
    };
    const expected = group.reduce((best, slot) => (score(slot) < score(best) ? slot : best));
    expect(world.pick(0)).toBe(expected);
    if (i % 3 === 0) continue;
    const index = i % world.requests.length;
    const { slot, sentAt } = world.requests[index]!;
    const ok = i % 7 > 0;
    const [service, queue] = [(1 + ((i * 7) % 5)) * 1e6, (i * 3) % 4];
    world.clock[0]! += service + ((i * 11) % 13) * 1e6;
    world.reply[REPLY.service] = service;
    world.reply[REPLY.queue] = queue;
    const values = [world.clock[0]! - sentAt - service, service, queue];
    if (ok) averages[slot] = values.map((value, j) => 0.9 * value + (1 - 0.9) * averages[slot]![j]!);
    world.end(index, ok);
  }
});

test('a server that comes back is as good as new', () => {
  const world = new World(2).add(c3, 1);
  world.join();
  world.join();
  world.changed();
  for (let i = 0; i < 20; i++) {
    world.reply[REPLY.service] = world.pick(0) === 0 ? 9e6 : 1e6;
    world.clock[0]! += 10e6;
    world.end(0);
  }
  expect(world.pick(0)).toBe(1);
  world.end(0);
  world.backends.leave(0);
  world.changed();
  world.backends.join(0, 'again');
  world.changed();
  expect(world.pick(0)).toBe(0);
});
