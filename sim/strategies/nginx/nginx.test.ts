import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { follow, Lockstep, SEED, steps } from '../../../test/strategies/lockstep.ts';
import type { Strategy, View } from '../strategy.ts';
import { NGINX } from './kinds.ts';

const by = (name: string) => NGINX.find((kind) => kind.name === name)!;

interface Peer {
  slot: number;
  weight: number;
  current: number;
  effective: number;
  fails: number;
  accessed: number;
  checked: number;
}

/** nginx's module, as its source reads: a list of peers that each pick walks. */
class Walked implements Strategy {
  peers: Peer[] = [];
  view: View;
  maxFails: number;
  leastConn: boolean;

  constructor(view: View, maxFails: number, leastConn: boolean) {
    this.view = view;
    this.maxFails = maxFails;
    this.leastConn = leastConn;
  }

  changed() {
    const { view } = this;
    this.peers = [...view.members.slice(0, view.count)]
      .filter((slot) => view.weight[slot]! > 0)
      .map((slot) => {
        const weight = view.weight[slot]!;
        const old = this.peers.find((peer) => peer.slot === slot);
        const peer = old ?? { slot, weight, current: 0, effective: weight, fails: 0, accessed: 0, checked: 0 };
        if (peer.weight !== weight) Object.assign(peer, { weight, effective: weight });
        return peer;
      });
  }

  now = () => Math.floor(this.view.clock[0]! / 1e9);

  isUp = (p: Peer) => this.maxFails === 0 || p.fails < this.maxFails || this.now() - p.checked > 10;

  chosen(peer: Peer): number {
    if (this.now() - peer.checked > 10) peer.checked = this.now();
    return peer.slot;
  }

  pick(_source: number): number {
    if (this.peers.length === 1) return this.peers[0]!.slot;
    let peers = this.peers.filter(this.isUp);
    if (this.leastConn) {
      const load = (p: Peer) => this.view.inFlight[p.slot]! / p.weight;
      const least = Math.min(...peers.map(load));
      peers = peers.filter((p) => load(p) === least);
    }
    if (peers.length === 0) return -1;
    let best = peers[0]!;
    if (peers.length > 1 || !this.leastConn) {
      let total = 0;
      for (const p of peers) {
        p.current += p.effective;
        total += p.effective;
        if (p.effective < p.weight) p.effective++;
      }
      for (const p of peers) if (p.current > best.current) best = p;
      best.current -= total;
    }
    return this.chosen(best);
  }

  ended(slot: number, ok: boolean) {
    const peer = this.peers.find((p) => p.slot === slot);
    if (peer === undefined) return;
    if (this.peers.length === 1) peer.fails = 0;
    else if (ok) {
      if (peer.accessed < peer.checked) peer.fails = 0;
    } else {
      peer.fails++;
      peer.accessed = peer.checked = this.now();
      if (this.maxFails > 0) peer.effective -= Math.floor(peer.weight / this.maxFails);
      peer.effective = Math.max(0, peer.effective);
    }
  }
}

/** The hash modules and random two: so many tries to find one that is up, then round robin. */
class Tried extends Walked {
  method: string;

  constructor(view: View, maxFails: number, method: string) {
    super(view, maxFails, false);
    this.method = method;
  }

  at(hash: number): Peer {
    const units = this.peers.flatMap((peer) => new Array<Peer>(peer.weight).fill(peer));
    return units[hash % units.length]!;
  }

  override pick(source: number): number {
    if (this.peers.length < 2) return this.peers[0]?.slot ?? -1;
    const octets = [source >>> 24, (source >>> 16) & 255, (source >>> 8) & 255, source & 255];
    let hash = this.method === 'nginx-ip-hash' ? 89 : 0;
    let first: Peer | undefined;
    for (let tries = 0; tries <= 20; tries++) {
      let peer: Peer;
      if (this.method === 'nginx-ip-hash') {
        for (const octet of octets.slice(0, 3)) hash = (hash * 113 + octet) % 6271;
        peer = this.at(hash);
      } else if (this.method === 'nginx-hash') {
        hash += (crc32((tries === 0 ? '' : String(tries)) + octets.join('.')) >>> 16) & 0x7fff;
        peer = this.at(hash);
      } else peer = this.at(this.view.random.below(this.peers.reduce((sum, { weight }) => sum + weight, 0)));
      if (peer === first || !this.isUp(peer)) continue;
      if (this.method !== 'nginx-random-two') return this.chosen(peer);
      if (first !== undefined) {
        const more = this.view.inFlight[peer.slot]! * first.weight > this.view.inFlight[first.slot]! * peer.weight;
        return this.chosen(more ? first : peer);
      }
      first = peer;
    }
    return super.pick(source);
  }
}

describe.each(['nginx-ip-hash', 'nginx-hash', 'nginx-random-two'])('%s', (name) => {
  test.each([[[1]], [[1, 2, 6]]])('tries what its module tries, with weights %o', (weights) => {
    const creators = [
      (view: View) => new Tried(view, 1, name),
      (view: View) => by(name).create(view, { maxFails: 1, failTimeout: 10 }),
    ];
    const initial = fc.array(fc.constantFrom(...weights), { maxLength: 7 });
    fc.assert(
      fc.property(initial, steps(weights), (start, sequence) => follow(creators, start, sequence, true)),
      { ...SEED, numRuns: 100 },
    );
  });
});

describe.each([
  ['nginx-round-robin', false],
  ['nginx-least-conn', true],
])('%s', (name, leastConn) => {
  test.each([
    { weights: [1], maxFails: 1 },
    { weights: [3], maxFails: 2 },
    { weights: [1, 2, 6], maxFails: 3 },
    { weights: [5], maxFails: 0 },
  ])('picks what a walk over all peers picks (%o)', ({ weights, maxFails }) => {
    const creators = [
      (view: View) => new Walked(view, maxFails, leastConn),
      (view: View) => by(name).create(view, { maxFails, failTimeout: 10 }),
    ];
    const initial = fc.array(fc.constantFrom(...weights), { maxLength: 7 });
    fc.assert(
      fc.property(initial, steps(weights), (start, sequence) => follow(creators, start, sequence, true)),
      { ...SEED, numRuns: 150 },
    );
  });
});

test.each(NGINX.map((kind) => kind.name))('%s picks only members, whatever happens', (name) => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2), { maxLength: 5 }), steps([1, 2, 5]), (start, sequence) =>
      follow([(view) => by(name).create(view, by(name).options!)], start, sequence, true),
    ),
    { ...SEED, numRuns: 60 },
  );
});

/** A world of `count` backends with one strategy. */
function world(name: string, count: number): Lockstep {
  const made = new Lockstep(count + 1, [(view) => by(name).create(view, by(name).options!)]);
  for (let i = 0; i < count; i++) made.join();
  made.changed();
  return made;
}

test('5, 1, 1 in smooth weighted round robin is a a b a c a a, again and again', () => {
  const made = new Lockstep(3, [(view) => by('nginx-round-robin').create(view, {})]);
  for (const weight of [5, 1, 1]) made.join(weight);
  made.changed();
  const turn = [0, 0, 1, 0, 2, 0, 0];
  expect(Array.from({ length: 21 }, () => made.pick(0))).toEqual([...turn, ...turn, ...turn]);
});

test('the consistent hash moves few clients but those of the server that left; the plain one moves most', () => {
  const moved = (name: string) => {
    const made = world(name, 10);
    const pick = () =>
      Array.from({ length: 4000 }, (_, client) => made.strategies[0]!.pick(0x0a000000 + client * 977, 0));
    const before = pick();
    made.backends.leave(4);
    made.changed();
    const after = pick();
    return before.filter((slot, client) => slot !== 4 && slot !== after[client]).length / 4000;
  };
  expect(moved('nginx-hash-consistent')).toBe(0);
  expect(moved('nginx-hash')).toBeGreaterThan(0.7);
});

test('random two takes the less loaded of two different servers', () => {
  const made = world('nginx-random-two', 2);
  made.views[0]!.inFlight[0] = 5;
  for (let i = 0; i < 5; i++) expect(made.pick(0)).toBe(1);
});
