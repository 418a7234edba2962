import { describe, expect, test } from 'vitest';
import { type Check, livesThrough, World } from '../../../test/strategies/random-life.ts';
import { statisticIndex } from '../../dataplane/pick/draw.ts';
import { Streams } from '../../engine/random.ts';
import type { StrategyKind } from '../strategy.ts';
import { ALONE, InstanceView } from '../view.ts';
import { ScheduledOfKernel } from './ipvs-scheduled.ts';
import { KERNEL } from './kinds.ts';

const kindOf = (name: string) => KERNEL.find((kind) => kind.name === name)!;

/** The scheduler as the data plane has it, which walks its list as the kernel does, beside each instance; told the same. */
function slowTwins(scheduler: string) {
  return (world: World): Check => {
    const twins = world.views.map((view, i) => {
      const twinView = new InstanceView(
        world.backends,
        ALONE,
        world.clock,
        new Streams(0).stream(`twin ${i}`),
        world.reply,
        () => {},
      );
      const twin = new ScheduledOfKernel(Object.assign(twinView, { inFlight: view.inFlight }), scheduler);
      const fast = world.strategies[i]!;
      world.strategies[i] = {
        changed: () => {
          fast.changed?.();
          twin.changed();
        },
        pick: (source, port) => {
          const expected = twin.pick(source, port);
          const slot = fast.pick(source, port);
          expect(slot).toBe(expected);
          return slot;
        },
        started: (slot) => {
          fast.started?.(slot);
          twin.started(slot);
        },
        ended: (slot, ok) => {
          fast.ended?.(slot, ok);
          twin.ended(slot);
        },
      };
      return twin;
    });
    expect(twins.length).toBeGreaterThan(0);
    return () => {};
  };
}

/** Those of weight that take no more: -1 although there are members. */
const MAY_REFUSE: Record<string, true> = { 'ipvs-ovf': true };

describe('picks from trees are those of a walk over the list', () => {
  test.each(['lc', 'wlc', 'sed', 'nq', 'fo', 'lblc', 'lblcr', 'mh'])('%s', (scheduler) => {
    livesThrough(kindOf(`ipvs-${scheduler}`), {}, slowTwins(scheduler));
  });
});

describe('whatever happens, members are picked', () => {
  test.each(KERNEL.filter(({ name }) => !MAY_REFUSE[name]).map((kind) => [kind.name, kind] as [string, StrategyKind]))(
    '%s',
    (_, kind) => livesThrough(kind),
  );
});

test('ovf fails a connection when all have more than their weight', () => {
  const world = new World(4).add(kindOf('ipvs-ovf'), 1);
  world.join(1);
  world.join(2);
  world.changed();
  // Two of weight 2 and one more, then two of weight 1.
  expect(Array.from({ length: 6 }, () => world.pick(0))).toEqual([1, 1, 1, 0, 0, -1]);
});

test('a chain of rules draws for each rule, as the data plane does', () => {
  const world = new World(10).add(kindOf('iptables-random'), 1);
  for (let i = 0; i < 7; i++) world.join();
  world.changed();
  const twin = new Streams(1).stream('instance 0');
  for (let i = 0; i < 1000; i++) expect(world.pick(0)).toBe(statisticIndex(7, () => twin.bits() >>> 1));
});

test('closed connections count for two minutes, at a 256th', () => {
  const world = new World(4).add(kindOf('ipvs-lc'), 1);
  world.join();
  world.join();
  world.changed();
  expect(world.pick(0)).toBe(1); // the newest first
  world.end(0);
  expect(world.pick(0)).toBe(0);
  world.end(0);
  expect(world.pick(0)).toBe(1);
  world.end(0);
  expect(world.pick(0)).toBe(0);
  world.clock[0] = 121e9;
  world.end(0);
  expect(world.pick(0)).toBe(1);
});
