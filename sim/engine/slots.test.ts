import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grown, Slots } from './slots.ts';

/** A store as a model would write it. */
class Things {
  value = new Float64Array(0);
  readonly slots: Slots;
  constructor(limit?: number) {
    this.slots = new Slots((capacity) => {
      this.value = grown(this.value, capacity);
    }, limit);
  }
}

test('open slots keep their values, closed ones are known to be stale, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant('open' as const), fc.nat()), { maxLength: 300 }), (steps) => {
      const things = new Things();
      const live: { slot: number; generation: number; value: number }[] = [];
      const dead: typeof live = [];
      steps.forEach((step, i) => {
        if (step === 'open') {
          const slot = things.slots.take();
          things.value[slot] = i;
          live.push({ slot, generation: things.slots.generation[slot]!, value: i });
        } else if (live.length > 0) {
          const [thing] = live.splice(step % live.length, 1);
          things.slots.release(thing!.slot);
          dead.push(thing!);
        }
      });
      expect(things.slots.open).toBe(live.length);
      expect(new Set(live.map((t) => t.slot)).size).toBe(live.length);
      for (const t of live) {
        expect(things.slots.isCurrent(t.slot, t.generation)).toBe(true);
        expect(things.value[t.slot]).toBe(t.value);
      }
      for (const t of dead) expect(things.slots.isCurrent(t.slot, t.generation)).toBe(false);
    }),
    { seed: Number(process.env.SVCLAB_SEED ?? 1) },
  );
});

test('what was freed is used again: a store that turns over does not grow', () => {
  const things = new Things();
  for (let i = 0; i < 10_000; i++) things.slots.release(things.slots.take());
  expect(things.slots.used).toBe(1);
});

test('mistakes are refused: closing twice, closing what never was, one more than the limit', () => {
  const things = new Things(100);
  const slot = things.slots.take();
  things.slots.release(slot);
  expect(() => things.slots.release(slot)).toThrow(expect.objectContaining({ code: 'stale' }));
  expect(() => things.slots.release(12345)).toThrow(expect.objectContaining({ code: 'stale' }));
  for (let i = 0; i < 100; i++) things.slots.take();
  expect(() => things.slots.take()).toThrow(expect.objectContaining({ code: 'full' }));
  expect(things.slots.isCurrent(0, 0)).toBe(false);
});
