import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { follow, Lockstep, SEED, steps } from '../../../test/strategies/lockstep.ts';
import type { Strategy, View } from '../strategy.ts';
import { EdfScheduler } from './edf-scheduler.ts';
import { ENVOY } from './kinds.ts';
import { MersenneTwister } from './mersenne-twister.ts';
import { slowStartFactor } from './slow-start.ts';

const by = (name: string) => ENVOY.find((kind) => kind.name === name)!;

/** EdfLoadBalancerBase with a queue that is searched, and its picks in advance made one by one. */
class Listed implements Strategy {
  view: View;
  seed: number;
  turn: number;
  least: boolean;
  window: number;
  slots: number[] = [];
  queue: { slot: number; deadline: number; order: number }[] | undefined;
  order = 0;

  constructor(view: View, least: boolean, window: number) {
    this.view = view;
    this.least = least;
    this.window = window;
    this.seed = view.random.bits() >>> 0;
    this.turn = this.seed;
  }

  ages = () => this.slots.map((slot) => Math.floor((this.view.clock[0]! - this.view.joined[slot]!) / 1e6));

  newest = -Infinity;
  settled = () => this.window === 0 || (this.view.clock[0]! - this.newest) / 1e6 > 1000 * this.window;

  weight(slot: number): number {
    const { view, window } = this;
    const weight = view.weight[slot]! / (this.least ? view.inFlight[slot]! + 1 : 1);
    const age = Math.floor((view.clock[0]! - view.joined[slot]!) / 1e6);
    if (this.settled() || age >= 1000 * window) return weight;
    return weight * Math.max(Math.max(1, age) / (1000 * window), 0.1);
  }

  changed() {
    const { view } = this;
    this.slots = [...view.members.slice(0, view.count)].filter((slot) => view.weight[slot]! > 0);
    for (const slot of this.slots) this.newest = Math.max(this.newest, view.joined[slot]!);
    this.queue = undefined;
    const even = this.slots.every((slot) => view.weight[slot] === view.weight[this.slots[0]!]);
    if (this.slots.length < 2 || (even && this.settled())) return;
    const weights = this.slots.map((slot) => this.weight(slot) + 1e-13);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const picks = this.seed % 429496729;
    const made = weights.map((weight) => {
      const count = Math.floor((weight * picks) / sum);
      return count > 0 && count / weight >= picks / sum ? count - 1 : count;
    });
    this.queue = this.slots.map((slot, order) => ({ slot, deadline: (made[order]! + 1) / weights[order]!, order }));
    this.order = this.slots.length;
    for (let left = picks - made.reduce((total, count) => total + count, 0); left > 0; left--) this.next();
  }

  next(): number {
    this.queue!.sort((a, b) => a.deadline - b.deadline || a.order - b.order);
    const first = this.queue![0]!;
    first.deadline += 1 / this.weight(first.slot);
    first.order = this.order++;
    return first.slot;
  }

  pick(): number {
    const { slots, view } = this;
    if (slots.length === 0) return -1;
    if (this.queue !== undefined) return this.next();
    if (!this.least) return slots[this.turn++ % slots.length]!;
    const [a, b] = [slots[view.random.below(slots.length)]!, slots[view.random.below(slots.length)]!];
    return view.inFlight[b]! < view.inFlight[a]! ? b : a;
  }
}

describe.each([
  ['envoy-round-robin', false],
  ['envoy-least-request', true],
])('%s', (name, least) => {
  test.each([
    { weights: [1], window: 0 },
    { weights: [1, 2, 5], window: 0 },
    { weights: [1], window: 20 },
  ])('picks what a list gives (%o)', ({ weights, window }) => {
    const creators = [
      (view: View) => new Listed(view, least, window),
      (view: View) => by(name).create(view, { slowStartWindow: window }),
    ];
    const initial = fc.array(fc.constantFrom(...weights), { maxLength: 7 });
    fc.assert(
      fc.property(initial, steps(weights), (start, sequence) => follow(creators, start, sequence)),
      { ...SEED, numRuns: 120 },
    );
  });
});

test.each(ENVOY.map((kind) => kind.name))('%s picks only members, whatever happens', (name) => {
  const options = { ...by(name).options, ...(name.startsWith('envoy-maglev') ? { tableSize: 251 } : {}) };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2), { maxLength: 9 }), steps([1, 2, 5]), (start, sequence) =>
      follow([(view) => by(name).create(view, options)], start, sequence),
    ),
    { ...SEED, numRuns: 60 },
  );
});

test('picks in advance leave shares as they are', () => {
  const weights = [1, 2, 5];
  const scheduler = new EdfScheduler(3);
  const weigher = { weightOf: (slot: number) => weights[slot]! };
  for (const picks of [0, 1, 7, 429496728]) {
    scheduler.begin(Int32Array.of(0, 1, 2), weigher, picks);
    const counts = [0, 0, 0];
    for (let i = 0; i < 80; i++) counts[scheduler.pick(weigher)]!++;
    for (const [slot, count] of counts.entries()) {
      expect(Math.abs(count - 10 * weights[slot]!)).toBeLessThanOrEqual(1);
    }
  }
});

test('slow start: a tenth at first, then in proportion to the age; aggression lets it grow faster', () => {
  const window = { slowStartWindow: 60, aggression: 1, minWeightPercent: 10 };
  expect([0, 3, 6, 15, 30, 60, 90].map((age) => slowStartFactor(age * 1e9, window))).toEqual([
    0.1, 0.1, 0.1, 0.25, 0.5, 1, 1,
  ]);
  expect(slowStartFactor(15e9, { ...window, aggression: 2 })).toBe(0.5);
  expect(slowStartFactor(Infinity, window)).toBe(1);
});

/** A world of equal hosts in three zones, of which `seat` sees one. */
function world(name: string, hosts: number, options = {}, instancesIn = [1, 1, 1]): Lockstep {
  const seat = { instance: 0, instances: 3, home: 0, instancesIn: Int32Array.from(instancesIn) };
  const made = new Lockstep(hosts, [(view) => by(name).create(view, { ...by(name).options, ...options })], seat);
  for (let i = 0; i < hosts; i++) made.join();
  made.changed();
  return made;
}

/** Picks and ends at once; `fails` says which slots fail. @returns picks by slot */
function serve(made: Lockstep, picks: number, fails: (slot: number) => boolean = () => false): number[] {
  const counts = new Array<number>(made.backends.capacity).fill(0);
  for (let i = 0; i < picks; i++) {
    const slot = made.pick(i);
    counts[slot]!++;
    made.end(0, !fails(slot));
  }
  return counts;
}

function pass(made: Lockstep, intervals: number): void {
  for (let i = 0; i < intervals; i++) {
    made.clock[0]! += 10e9;
    for (const strategy of made.strategies) strategy.tick?.();
  }
}

test('the generator of C++: its ten thousandth number is in the standard', () => {
  const twister = new MersenneTwister();
  twister.seed(5489);
  let last = 0;
  for (let i = 0; i < 10_000; i++) last = twister.bits();
  expect(last).toBe(4123659995);
});

test('bounded loads: no host has much more than its share, times the factor; the others keep their clients', () => {
  const made = world('envoy-maglev-bounded', 10, { tableSize: 251, hashBalanceFactor: 120 });
  const free = world('envoy-maglev', 10, { tableSize: 251 });
  let kept = 0;
  for (let i = 1; i <= 500; i++) {
    const client = i % 7;
    if (made.pick(client) === free.strategies[0]!.pick(client, 0)) kept++;
    // a host that has just its bound may have one more
    expect(Math.max(...made.views[0]!.inFlight)).toBeLessThanOrEqual(Math.ceil((i * 1.2) / 10) + 1);
  }
  expect(kept).toBeGreaterThan(250);
});

describe('outlier detection', () => {
  test('ejects after five errors in a row, for 30 s, then for 60 s', () => {
    const made = world('envoy-least-request-outlier', 20);
    expect(serve(made, 2000, (slot) => slot === 3)[3]).toBe(5);
    pass(made, 2);
    expect(serve(made, 500)[3]).toBe(0);
    pass(made, 1);
    expect(serve(made, 2000, (slot) => slot === 3)[3]).toBe(5);
    pass(made, 5);
    expect(serve(made, 500)[3]).toBe(0);
    pass(made, 1);
    expect(serve(made, 2000)[3]).toBeGreaterThan(50);
  });

  test('a success in between starts the count anew', () => {
    const made = world('envoy-least-request-outlier', 20, { enforcingSuccessRate: 0 });
    let errors = 0;
    const counts = serve(made, 4000, (slot) => slot === 3 && ++errors % 5 !== 0);
    expect(counts[3]).toBeGreaterThan(100);
  });

  test('at most so many percent are away: of 20 hosts two', () => {
    const made = world('envoy-least-request-outlier', 20);
    const counts = serve(made, 4000, (slot) => slot < 4);
    expect(counts.slice(0, 4).filter((count) => count === 5).length).toBe(2);
    expect(serve(world('envoy-least-request-outlier', 5), 500, (slot) => slot === 0)[0]).toBeGreaterThan(50);
    const one = world('envoy-least-request-outlier', 5, { alwaysEjectOneHost: 1 });
    expect(serve(one, 500, (slot) => slot === 0)[0]).toBe(5);
  });

  test('a share of successes far below the others ejects at the end of the interval', () => {
    const made = world('envoy-least-request-outlier', 20);
    let requests = 0;
    serve(made, 4000, (slot) => slot === 7 && ++requests % 3 === 0);
    pass(made, 1);
    expect(serve(made, 500)[7]).toBe(0);
  });

  test('panic: with fewer than half of the hosts left all are used', () => {
    const made = world('envoy-least-request-outlier', 10, { maxEjectionPercent: 100 });
    const counts = serve(made, 4000, (slot) => slot < 6);
    for (let slot = 0; slot < 10; slot++) expect(counts[slot]).toBeGreaterThan(100);
    const fearless = world('envoy-least-request-outlier', 10, { maxEjectionPercent: 100, panicThreshold: 0 });
    expect(serve(fearless, 4000, (slot) => slot < 6).slice(0, 6)).toEqual([5, 5, 5, 5, 5, 5]);
  });
});

describe('zones', () => {
  const shares = (made: Lockstep, picks = 30_000) => {
    const byZone = [0, 0, 0];
    serve(made, picks).forEach((count, slot) => {
      byZone[slot % 3]! += count / picks;
    });
    return byZone;
  };
  /** Shares are binomial: 5 standard deviations, so a false alarm in about a million. */
  const near = (share: number, picks = 30_000) => 5 * Math.sqrt((share * (1 - share)) / picks) + 1e-9;

  test('with as many hosts as proxies in each zone nothing leaves it', () => {
    expect(shares(world('envoy-least-request-zone-aware', 9))).toEqual([1, 0, 0]);
  });

  test('a zone with too few hosts sends the rest to where hosts are to spare', () => {
    // proxies 60 %, 20 %, 20 %; hosts 40 %, 30 %, 30 %: two thirds stay, the others go half and half
    const made = world('envoy-least-request-zone-aware', 10, {}, [3, 1, 1]);
    const expected = [4000 / 6000, 1000 / 6000, 1000 / 6000];
    for (const [zone, share] of shares(made).entries()) {
      expect(Math.abs(share - expected[zone]!)).toBeLessThan(near(expected[zone]!));
    }
  });

  test('with fewer than six hosts zones do not count', () => {
    const byZone = shares(world('envoy-least-request-zone-aware', 5));
    expect(Math.abs(byZone[2]! - 0.2)).toBeLessThan(near(0.2));
  });

  test('locality failover: other zones take over as hosts of the own one are ejected', () => {
    const made = world('envoy-least-request-locality-failover', 12, { maxEjectionPercent: 50 });
    expect(shares(made)).toEqual([1, 0, 0]);
    serve(made, 3000, (slot) => slot === 0 || slot === 3); // half of the zone's four: it carries 70 %
    const [own] = shares(made);
    expect(Math.abs(own! - 0.7)).toBeLessThan(near(0.7));
  });
});
