import fc from 'fast-check';
import { expect, test } from 'vitest';
import { follow, Lockstep, SEED, steps } from '../../../test/strategies/lockstep.ts';
import type { Strategy, View } from '../strategy.ts';
import { YARP } from './kinds.ts';

const by = (name: string) => YARP.find((kind) => kind.name === name)!;
const available = (view: View) => [...view.members.slice(0, view.count)].filter((slot) => view.weight[slot]! > 0);

/** The policies as they read: from the list of available destinations, each time. */
const judges: Record<string, (view: View) => Strategy> = {
  'yarp-power-of-two-choices': (view) => ({
    pick: () => {
      const slots = available(view);
      if (slots.length < 2) return slots[0] ?? -1;
      const first = view.random.below(slots.length);
      let second = first;
      while (second === first) second = view.random.below(slots.length);
      return view.inFlight[slots[first]!]! <= view.inFlight[slots[second]!]! ? slots[first]! : slots[second]!;
    },
  }),
  'yarp-least-requests': (view) => ({
    pick: () => {
      const slots = available(view);
      const least = Math.min(...slots.map((slot) => view.inFlight[slot]!));
      return slots.find((slot) => view.inFlight[slot] === least) ?? -1;
    },
  }),
};

test.each(Object.keys(judges))('%s picks what its policy says', (name) => {
  fc.assert(
    fc.property(fc.array(fc.constant(1), { maxLength: 7 }), steps([1]), (start, sequence) =>
      follow([judges[name]!, (view) => by(name).create(view, {})], start, sequence),
    ),
    { ...SEED, numRuns: 120 },
  );
});

test('round robin begins with the first, and goes on when members change', () => {
  const made = new Lockstep(4, [(view) => by('yarp-round-robin').create(view, {})]);
  for (let i = 0; i < 3; i++) made.join();
  made.changed();
  expect([made.pick(0), made.pick(0)]).toEqual([0, 1]);
  made.join();
  made.changed();
  expect([made.pick(0), made.pick(0), made.pick(0)]).toEqual([2, 3, 0]);
});
