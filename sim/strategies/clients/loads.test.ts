import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { livesThrough, World } from '../../../test/strategies/random-life.ts';
import { Streams } from '../../engine/random.ts';
import { REPLY, type StrategyKind } from '../strategy.ts';
import { FINAGLE } from './finagle/kinds.ts';
import { LINKERD } from './linkerd/kinds.ts';
import { NO_ANSWER_YET, PeakEwma } from './loads.ts';

const seconds = 1e9;

/** An instance that only lends its view. */
const nothing: StrategyKind = {
  name: 'nothing',
  title: 'never picks',
  knows: 'nothing',
  runs: 'client',
  source: 'this test',
  create: () => ({ pick: () => -1 }),
};

/** Finagle's Metric, one method for one. */
class Metric {
  pending = 0;
  cost = 0;
  stamp = 0;
  readonly decay: number;
  constructor(decay: number) {
    this.decay = decay;
  }
  observe(rtt: number, now: number): void {
    const weight = Math.exp(-(now - this.stamp) / this.decay);
    this.cost = rtt > this.cost ? rtt : this.cost * weight + rtt * (1 - weight);
    this.stamp = now;
  }
  get(now: number): number {
    this.observe(0, now);
    return this.cost === 0 && this.pending !== 0 ? NO_ANSWER_YET + this.pending : this.cost * (this.pending + 1);
  }
}

test('peak EWMA is what Finagle computes, whatever happens when', () => {
  const event = fc.record({
    what: fc.constantFrom('start', 'end', 'load'),
    after: fc.integer({ min: 0, max: 30_000 }),
    latency: fc.integer({ min: 0, max: 9_000 }),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (events, decay) => {
      const world = new World(1).add(nothing, 1);
      world.join();
      const view = world.views[0]!;
      const load = new PeakEwma(view, decay * seconds, 0);
      load.changed();
      const metric = new Metric(decay * seconds);
      for (const { what, after, latency } of events) {
        world.clock[0]! += after * 1e6;
        if (what === 'start') {
          view.inFlight[0]!++;
          metric.pending++;
        } else if (what === 'end' && metric.pending > 0) {
          view.inFlight[0]!--;
          metric.pending--;
          view.reply[REPLY.latency] = latency * 1e6;
          load.ended(0);
          metric.observe(latency * 1e6, world.clock[0]!);
        } else {
          load.measure(0, 1);
          const expected = metric.get(world.clock[0]!);
          expect(Math.abs(load.measured[1]! - expected)).toBeLessThanOrEqual(expected * 1e-12);
        }
      }
    }),
  );
});

test("Linkerd's begins with its initial latency, which fades, and again when a backend comes back", () => {
  const world = new World(1).add(nothing, 1);
  world.join();
  const load = new PeakEwma(world.views[0]!, 10 * seconds, 30e6);
  const now = () => {
    load.measure(0, 0);
    return load.measured[0]! / 1e6;
  };
  load.changed();
  expect(now()).toBe(30);
  world.clock[0] = 10 * seconds;
  load.changed();
  expect(now()).toBeCloseTo(30 / Math.E, 9);
  world.backends.leave(0);
  load.changed();
  world.backends.join(0, 'again');
  load.changed();
  expect(now()).toBe(30);
});

test('two choices are distinct, and the less loaded of them wins, the first of equals', () => {
  const seed = 7;
  const world = new World(9).add(FINAGLE[0]!, 1, {}, seed);
  for (let i = 0; i < 9; i++) world.join();
  const { inFlight } = world.views[0]!;
  const draws = new Streams(seed).stream('instance 0');
  for (let i = 0; i < 500; i++) {
    const a = draws.below(9);
    const b = draws.below(8);
    const other = b >= a ? b + 1 : b;
    const expected = inFlight[a]! <= inFlight[other]! ? a : other;
    expect(world.pick(0)).toBe(expected);
    if (i % 3 === 0) world.end(i % world.requests.length);
  }
});

test('a slow backend gets few requests from peak EWMA', () => {
  const world = new World(5).add(FINAGLE[1]!, 1);
  for (let i = 0; i < 5; i++) world.join();
  world.changed();
  const counts = new Array<number>(5).fill(0);
  for (let i = 0; i < 5000; i++) {
    const slot = world.pick(0);
    counts[slot]!++;
    world.clock[0]! += slot === 2 ? 100e6 : 5e6;
    world.end(0);
  }
  expect(counts[2]!).toBeLessThan(100);
  expect(Math.min(...counts.filter((_, slot) => slot !== 2))).toBeGreaterThan(900);
});

describe.each([...FINAGLE, ...LINKERD])('$name', (kind) => {
  test('picks members through any life', () => livesThrough(kind));
});
