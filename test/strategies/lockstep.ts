import fc from 'fast-check';
import { expect } from 'vitest';
import { Streams } from '../../sim/engine/random.ts';
import type { Strategy, View } from '../../sim/strategies/strategy.ts';
import { ALONE, Backends, InstanceView, type Seat } from '../../sim/strategies/view.ts';

/** What may happen to a strategy, in any order. Numbers choose among what there is at that moment. */
export type Step =
  | { do: 'pick'; source: number }
  | { do: 'end'; which: number; ok: boolean }
  | { do: 'join'; weight: number }
  | { do: 'leave'; which: number }
  | { do: 'return'; which: number }
  | { do: 'weigh'; which: number; weight: number }
  | { do: 'wait'; seconds: number }
  | { do: 'tick' };

const which = fc.nat({ max: 1000 });

/**
 * Sequences of steps. Some are calm: changes and failures are rare, so that what comes only after long quiet comes.
 * @param weights those that backends may have; changed weights may be 0 as well
 */
export function steps(weights: readonly number[]): fc.Arbitrary<Step[]> {
  return fc.oneof(sequences(weights, 1, 300), sequences(weights, 30, 700));
}

function sequences(weights: readonly number[], calm: number, length: number): fc.Arbitrary<Step[]> {
  const weight = fc.constantFrom(...weights);
  return fc.array(
    fc.oneof(
      { weight: 12 * calm, arbitrary: fc.record({ do: fc.constant('pick' as const), source: fc.integer() }) },
      {
        weight: 9 * calm,
        arbitrary: fc.record({
          do: fc.constant('end' as const),
          which,
          ok: fc.oneof(
            { weight: 6 * calm, arbitrary: fc.constant(true) },
            { weight: 1, arbitrary: fc.constant(false) },
          ),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('join' as const), weight }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), which }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('return' as const), which }) },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('weigh' as const),
          which,
          weight: fc.oneof({ weight: 4, arbitrary: weight }, { weight: 1, arbitrary: fc.constant(0) }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.nat({ max: 12 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
    ),
    { maxLength: length },
  );
}

/** A small world of backends and one seat for each strategy under test, which all see the same. */
export class Lockstep {
  readonly backends: Backends;
  readonly clock = new Float64Array(1);
  readonly reply = new Float64Array(6);
  readonly views: InstanceView[] = [];
  readonly strategies: Strategy[] = [];
  /** Slots of requests that have not ended; those that left. */
  readonly open: number[] = [];
  readonly gone: number[] = [];
  /** Whether -1 is an answer while there are members that have weight. */
  mayRefuse = false;
  #born = 0;

  /** @param creators all are asked the same, with draws of the same seed; the first one is the judge's */
  constructor(capacity: number, creators: ((view: View) => Strategy)[], seat: Seat = ALONE) {
    this.backends = new Backends(capacity);
    for (const create of creators) {
      const view = new InstanceView(
        this.backends,
        seat,
        this.clock,
        new Streams(7).stream('picks'),
        this.reply,
        () => {},
      );
      this.views.push(view);
      this.strategies.push(create(view));
    }
  }

  /** A new backend, in the zones 0, 1, 2 in turn. */
  join(weight = 1): void {
    if (this.#born === this.backends.capacity) return;
    const slot = this.#born++;
    this.backends.weight[slot] = weight;
    this.backends.zone[slot] = slot % 3;
    this.backends.joined[slot] = this.clock[0]! === 0 ? -Infinity : this.clock[0]!;
    this.backends.join(slot, `10.244.${slot >> 8}.${slot & 255}:8080`);
  }

  changed(): void {
    for (const strategy of this.strategies) strategy.changed?.();
  }

  /** @returns what they all picked */
  pick(source: number): number {
    const picks = this.strategies.map((strategy) => strategy.pick(source, 40000));
    expect(picks).toEqual(picks.map(() => picks[0]));
    const slot = picks[0]!;
    if (slot === -1) {
      const { members, count, weight } = this.backends;
      expect(members.subarray(0, count).some((member) => weight[member]! > 0) && !this.mayRefuse).toBe(false);
      return slot;
    }
    expect(this.backends.has(slot)).toBe(true);
    expect(this.backends.weight[slot]).toBeGreaterThan(0);
    this.open.push(slot);
    this.strategies.forEach((strategy, i) => {
      this.views[i]!.inFlight[slot]!++;
      strategy.started?.(slot);
    });
    return slot;
  }

  /** Ends an open request. */
  end(index: number, ok: boolean): void {
    const [slot] = this.open.splice(index, 1);
    this.strategies.forEach((strategy, i) => {
      this.views[i]!.inFlight[slot!]!--;
      strategy.ended?.(slot!, ok);
    });
  }

  step(step: Step): void {
    const { backends, open, gone } = this;
    const member = (n: number) => backends.members[n % backends.count]!;
    switch (step.do) {
      case 'pick':
        this.pick(step.source);
        return;
      case 'end':
        if (open.length > 0) this.end(step.which % open.length, step.ok);
        return;
      case 'wait':
        this.clock[0]! += step.seconds * 1e9;
        return;
      case 'tick':
        for (const strategy of this.strategies) strategy.tick?.();
        return;
      case 'join':
        this.join(step.weight);
        break;
      case 'leave':
        if (backends.count === 0) return;
        gone.push(member(step.which));
        backends.leave(gone.at(-1)!);
        break;
      case 'return':
        if (gone.length === 0) return;
        for (const slot of gone.splice(step.which % gone.length, 1)) backends.join(slot, backends.address[slot]!);
        break;
      case 'weigh':
        if (backends.count === 0) return;
        backends.weight[member(step.which)] = step.weight;
    }
    this.changed();
  }
}

/**
 * Runs steps on a world of some backends; all strategies must pick the same, and only members that have weight.
 * @param mayRefuse whether -1 is an answer while there are some
 */
export function follow(
  creators: ((view: View) => Strategy)[],
  initial: readonly number[],
  sequence: readonly Step[],
  mayRefuse = false,
): void {
  const world = new Lockstep(initial.length + sequence.length + 1, creators);
  world.mayRefuse = mayRefuse;
  for (const weight of initial) world.join(weight);
  world.changed();
  for (const step of sequence) world.step(step);
}

/** The seed of property tests: set SVCLAB_SEED to what a failure prints to see it again. */
export const SEED = { seed: Number(process.env.SVCLAB_SEED ?? 1) };
