import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { follow, Lockstep, SEED, steps } from '../../../test/strategies/lockstep.ts';
import type { Strategy, View } from '../strategy.ts';
import { fullHash } from './consistent-ring.ts';
import { HAPROXY } from './kinds.ts';

const by = (name: string) => HAPROXY.find((kind) => kind.name === name)!;
const weighted = (view: View) => [...view.members.slice(0, view.count)].filter((slot) => view.weight[slot]! > 0);

interface Row {
  slot: number;
  eweight: number;
  npos: number;
  lpos: number;
  rweight: number;
  tree: Row[] | null;
  key: number;
}

/** lb_fwrr.c with lists that are searched for their least key, the first of equals. */
class ListedRoundRobin implements Strategy {
  view: View;
  rows = new Map<number, Row>();
  curr: Row[] = [];
  init: Row[] = [];
  next: Row[] = [];
  nextWeight = 0;
  currWeight = 0;
  currPos = 0;

  constructor(view: View) {
    this.view = view;
  }

  insert(tree: Row[], row: Row, key: number) {
    row.tree = tree;
    row.key = key;
    tree.push(row);
  }

  dequeue(row: Row) {
    row.tree?.splice(row.tree.indexOf(row), 1);
  }

  least(tree: Row[]): Row | undefined {
    return tree.reduce<Row | undefined>((least, row) => (least && least.key <= row.key ? least : row), undefined);
  }

  queue(row: Row) {
    if (row.npos >= 2 * this.currWeight || row.npos >= this.currWeight + this.nextWeight) {
      row.npos -= this.currWeight;
      this.insert(this.next, row, 4096 - row.eweight);
    } else this.insert(this.curr, row, 256 * row.npos + Math.floor((4096 + row.rweight - row.eweight) / 16));
  }

  changed() {
    const slots = weighted(this.view);
    const begun = this.currWeight > 0;
    for (const [slot, row] of this.rows) {
      if (slots.includes(slot) || row.eweight === 0) continue;
      this.nextWeight -= row.eweight;
      row.eweight = 0;
      this.dequeue(row);
      row.tree = null;
    }
    for (const slot of slots) {
      const fresh: Row = { slot, eweight: 0, npos: 0, lpos: 0, rweight: 0, tree: null, key: 0 };
      const row = this.rows.get(slot) ?? fresh;
      this.rows.set(slot, row);
      const before = row.eweight;
      row.eweight = 16 * this.view.weight[slot]!;
      if (before === row.eweight) continue;
      this.nextWeight += row.eweight - before;
      if (!begun) {
        this.dequeue(row);
        this.insert(this.init, row, 4096 - row.eweight);
      } else if (before === 0) {
        row.npos = this.currPos + Math.trunc((this.nextWeight + this.currWeight - this.currPos) / row.eweight);
        this.queue(row);
      } else if (row.tree === this.init) {
        this.dequeue(row);
        this.insert(this.init, row, 4096 - row.eweight);
      } else {
        if (row.tree === this.next) row.npos += this.currWeight;
        const prev = row.npos;
        const step = Math.trunc(this.nextWeight / row.eweight);
        row.npos = row.lpos + step;
        row.rweight = 0;
        if (row.npos > prev) row.npos = prev;
        if (row.npos < this.currPos + 2) row.npos = this.currPos + step;
        this.dequeue(row);
        this.queue(row);
      }
    }
    if (!begun) this.currWeight = this.currPos = this.nextWeight;
  }

  get(): Row | undefined {
    const row = this.least(this.curr);
    if (row !== undefined && row.npos <= this.currPos) return row;
    const fresh = this.least(this.init);
    if (fresh === undefined) return row;
    fresh.npos = fresh.rweight = 0;
    return fresh;
  }

  pick(): number {
    if (this.nextWeight === 0) return -1;
    let row = this.get();
    if (row === undefined) {
      [this.init, this.next] = [this.next, this.init];
      this.currWeight = this.currPos = this.nextWeight;
      row = this.get()!;
    }
    if (row.npos === 0) row.npos = this.currPos;
    row.lpos = row.npos;
    row.npos += Math.floor(this.nextWeight / row.eweight);
    row.rweight += this.nextWeight % row.eweight;
    if (row.rweight >= row.eweight) {
      row.rweight -= row.eweight;
      row.npos++;
    }
    this.dequeue(row);
    this.currPos++;
    this.queue(row);
    return row.slot;
  }
}

/** lb_fwlc.c with a list that is searched. */
class ListedLeastConn implements Strategy {
  view: View;
  rows: { slot: number; weight: number; key: number }[] = [];

  constructor(view: View) {
    this.view = view;
  }

  put(slot: number, weight: number) {
    this.rows = this.rows.filter((row) => row.slot !== slot);
    const count = this.view.inFlight[slot]!;
    const key = count === 0 ? 0 : Math.floor(((count + 1) * 4096) / (16 * weight));
    this.rows.push({ slot, weight, key });
  }

  changed() {
    const slots = weighted(this.view);
    this.rows = this.rows.filter(({ slot }) => slots.includes(slot));
    for (const slot of slots) {
      const weight = this.view.weight[slot]!;
      if (this.rows.find((row) => row.slot === slot)?.weight !== weight) this.put(slot, weight);
    }
  }

  pick(): number {
    if (this.rows.length === 0) return -1;
    const least = Math.min(...this.rows.map(({ key }) => key));
    return this.rows.find(({ key }) => key === least)!.slot;
  }

  started(slot: number) {
    const row = this.rows.find((r) => r.slot === slot);
    if (row !== undefined) this.put(slot, row.weight);
  }

  ended(slot: number) {
    this.started(slot);
  }
}

interface Point {
  key: number;
  slot: number;
}

/** lb_chash.c: points in a list, the nearest of which is searched for. */
class ListedRing implements Strategy {
  view: View;
  factor: number;
  points: Point[] = [];
  slots: number[] = [];

  constructor(view: View, factor: number) {
    this.view = view;
    this.factor = factor;
  }

  weight = (slot: number) => 16 * this.view.weight[slot]!;

  changed() {
    this.slots = weighted(this.view);
    this.points = this.slots.flatMap((slot) =>
      Array.from({ length: this.weight(slot) }, (_, node) => ({ key: fullHash((slot + 1) * 4096 + node) >>> 0, slot })),
    );
    this.points.sort((a, b) => a.key - b.key);
  }

  nearest(hash: number): number {
    const next = this.points.findIndex(({ key }) => key >= hash >>> 0);
    const [after, before] = next < 0 ? [0, this.points.length - 1] : [next, (next || this.points.length) - 1];
    const distance = (a: number, b: number) => (a - b) >>> 0;
    return distance(hash, this.points[before]!.key) <= distance(this.points[after]!.key, hash) ? before : after;
  }

  isFull(slot: number): boolean {
    const total = this.slots.reduce((sum, other) => sum + this.weight(other), 0);
    const served = this.view.inFlight.reduce((sum, count) => sum + count, 0);
    const all = Math.floor(((served + 1) * this.factor + 99) / 100);
    const before = this.slots.slice(0, this.slots.indexOf(slot)).reduce((sum, other) => sum + this.weight(other), 0);
    const upTo = (sum: number) => Math.floor((sum * (all % total)) / total);
    const mine = this.weight(slot) * Math.floor(all / total) + upTo(before + this.weight(slot)) - upTo(before);
    return this.view.inFlight[slot]! >= Math.max(1, mine);
  }

  pick(source: number): number {
    if (this.points.length === 0) return -1;
    let place = this.nearest(fullHash(source));
    while (this.factor > 0 && this.isFull(this.points[place]!.slot)) place = (place + 1) % this.points.length;
    return this.points[place]!.slot;
  }
}

/** get_server_rnd on that ring; the clock stands still, so new requests a second are all requests. */
class ListedRandom extends ListedRing {
  sent = new Map<number, number>();

  override pick(): number {
    if (this.points.length === 0) return -1;
    const [best, drawn] = [this.draw(), this.draw()];
    const load = (slot: number) => this.view.inFlight[slot]! / this.weight(slot);
    if (load(drawn) !== load(best)) return load(drawn) < load(best) ? drawn : best;
    return (this.sent.get(drawn) ?? 0) > (this.sent.get(best) ?? 0) ? best : drawn;
  }

  draw = () => this.points[this.nearest(this.view.random.bits())]!.slot;

  started(slot: number) {
    this.sent.set(slot, (this.sent.get(slot) ?? 0) + 1);
  }
}

describe.each([
  ['haproxy-source', (view: View) => new ListedRing(view, 0)],
  ['haproxy-source-bounded', (view: View) => new ListedRing(view, 150)],
  ['haproxy-random', (view: View) => new ListedRandom(view, 0)],
])('%s', (name, judge) => {
  test('picks what a list of points gives', () => {
    const creators = [judge, (view: View) => by(name).create(view, by(name).options!)];
    const still = steps([1, 2, 3]).map((sequence) => sequence.filter((step) => step.do !== 'wait'));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(1, 2, 3), { maxLength: 5 }), still, (start, sequence) =>
        follow(creators, start, sequence),
      ),
      { ...SEED, numRuns: 60 },
    );
  });
});

describe.each([
  ['haproxy-roundrobin', (view: View) => new ListedRoundRobin(view)],
  ['haproxy-leastconn', (view: View) => new ListedLeastConn(view)],
])('%s', (name, judge) => {
  test.each([[[1]], [[1, 2, 5]], [[3, 100, 256]]])('picks what lists give, with weights %o', (weights) => {
    const creators = [judge, (view: View) => by(name).create(view, {})];
    const initial = fc.array(fc.constantFrom(...weights), { maxLength: 7 });
    fc.assert(
      fc.property(initial, steps(weights), (start, sequence) => follow(creators, start, sequence)),
      { ...SEED, numRuns: 150 },
    );
  });
});

test.each(HAPROXY.map((kind) => kind.name))('%s picks only members, whatever happens', (name) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2), { maxLength: 5 }), steps([1, 2, 5]), (start, sequence) =>
      follow([(view) => by(name).create(view, by(name).options ?? {})], start, sequence),
    ),
    { ...SEED, numRuns: 60 },
  );
});

function world(name: string, weights: readonly number[], options = by(name).options ?? {}): Lockstep {
  const made = new Lockstep(weights.length, [(view) => by(name).create(view, options)]);
  for (const weight of weights) made.join(weight);
  made.changed();
  return made;
}

test.each(['haproxy-roundrobin', 'haproxy-static-rr'])('%s gives each its weight in a turn', (name) => {
  const made = world(name, [5, 1, 1, 3]);
  for (let i = 0; i < 1000; i++) made.pick(0);
  expect([...made.views[0]!.inFlight]).toEqual([500, 100, 100, 300]);
});

test('leastconn: idle servers are first, whatever their weight', () => {
  const made = world('haproxy-leastconn', [1, 10]);
  expect([made.pick(0), made.pick(0), made.pick(0)]).toEqual([0, 1, 1]);
});

test('first fills the first server up to maxconn, then the next', () => {
  const made = world('haproxy-first', [1, 1, 1], { maxconn: 2 });
  expect(Array.from({ length: 6 }, () => made.pick(0))).toEqual([0, 0, 1, 1, 2, 2]);
  made.end(2, true);
  expect(made.pick(0)).toBe(1);
});

test('bounded source: no server has more than its share, times the factor, rounded up', () => {
  const made = world('haproxy-source-bounded', new Array(10).fill(1), { avalanche: 1, balanceFactor: 125 });
  for (let i = 1; i <= 200; i++) {
    made.pick(0x0a000001); // the same client each time
    expect(Math.max(...made.views[0]!.inFlight)).toBeLessThanOrEqual(Math.ceil((i * 1.25) / 10) + 1);
  }
});

test('random takes the server with fewer requests of two draws', () => {
  const made = world('haproxy-random', [1, 1]);
  made.views[0]!.inFlight[0] = 1000;
  const zero = Array.from({ length: 1000 }, () => made.strategies[0]!.pick(0, 0)).filter((slot) => slot === 0).length;
  // only if both draws fall on it: the square of its share of the ring, which is near a half
  expect(zero / 1000).toBeGreaterThan(0.1);
  expect(zero / 1000).toBeLessThan(0.5);
});
