import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mix, uniform } from '../engine/hash.ts';
import type { ClusterSettings } from '../input/scenario.ts';
import { ChangeLog } from './change-log.ts';
import { NodeProxies } from './node-proxies.ts';
import { ProxyDisturbances } from './proxy-disturbances.ts';

const KEY = 12345;

interface Timing {
  watchDelay: number;
  minSyncPeriod: number;
  syncTime: number;
}

function proxiesOf(timing: Timing) {
  const clock = new Float64Array(1);
  const log = new ChangeLog<number>();
  const { watchDelay, minSyncPeriod, syncTime } = timing;
  const costs = { syncTime, syncTimePerService: 0, syncTimePerEndpoint: 0 };
  const settings = { watchDelay, dataPlane: { mode: 'iptables', minSyncPeriod, ...costs } } as ClusterSettings;
  return { clock, log, proxies: new NodeProxies(log, clock, settings, { count: 2 }, KEY, new ProxyDisturbances()) };
}

/** One node's kube-proxy, tick by tick: what it has programmed at each whole ns. Slow and obviously right. */
function programmedByTick(published: number[], node: number, timing: Timing, ticks: number): number[] {
  const delay = (entry: number) => timing.watchDelay * (0.5 + uniform(mix(mix(KEY, node), entry)));
  const arrivals: number[] = [];
  published.forEach((at, entry) => {
    const arrival = at === 0 ? 0 : Math.round(at + delay(entry));
    arrivals.push(Math.max(arrival, arrivals.at(-1) ?? 0)); // a watch keeps the order
  });
  const cursors: number[] = [];
  let programmed = arrivals.filter((at) => at === 0).length;
  let [lastEnd, syncEnd, taken] = [-Infinity, Infinity, 0];
  for (let tick = 0; tick <= ticks; tick++) {
    for (;;) {
      if (syncEnd <= tick) [programmed, lastEnd, syncEnd] = [taken, syncEnd, Infinity];
      const heard = arrivals.filter((at) => at <= tick).length;
      if (syncEnd < Infinity || heard === programmed || tick < lastEnd + timing.minSyncPeriod) break;
      [taken, syncEnd] = [heard, tick + timing.syncTime];
    }
    cursors.push(programmed);
  }
  return cursors;
}

const TICKS = 300;
const world = fc.record({
  timing: fc.record({ watchDelay: fc.nat(40), minSyncPeriod: fc.nat(50), syncTime: fc.nat(20) }),
  published: fc.array(fc.nat(TICKS), { maxLength: 25 }).map((times) => times.toSorted((a, b) => a - b)),
  asks: fc.array(fc.record({ at: fc.nat(TICKS), node: fc.nat(3) }), { maxLength: 60 }),
});

test('nodes have programmed what a tick by tick replay says, whoever asks, when and how often', () => {
  fc.assert(
    fc.property(world, ({ timing, published, asks }) => {
      const { clock, log, proxies } = proxiesOf(timing);
      const truth = [0, 1, 2, 3].map((node) => programmedByTick(published, node, timing, TICKS));
      let next = 0;
      for (const { at, node } of asks.toSorted((a, b) => a.at - b.at)) {
        while (next < published.length && published[next]! <= at) {
          clock[0] = published[next]!;
          log.append(next % 2, next, 0, published[next]!);
          next++;
        }
        clock[0] = at;
        const cursor = truth[node]![at]!;
        expect(proxies.cursor(node)).toBe(cursor);
        for (const service of [0, 1]) {
          const newest = Array.from({ length: cursor }, (_, i) => i)
            .filter((entry) => entry % 2 === service)
            .at(-1);
          expect(log.at(service, proxies.cursor(node))).toBe(newest);
        }
      }
    }),
    { numRuns: 500 },
  );
});

describe('with minSyncPeriod 100, a sync of 10 and no watch delay', () => {
  const timing = { watchDelay: 0, minSyncPeriod: 100, syncTime: 10 };
  test('the first change after idleness is programmed at once, time 0 being idle; the next counts from the end of the sync', () => {
    const { clock, log, proxies } = proxiesOf(timing);
    const seen: [at: number, cursor: number][] = [];
    const look = (at: number) => {
      clock[0] = at;
      const cursor = proxies.cursor(0);
      if (cursor !== seen.at(-1)?.[1]) seen.push([at, cursor]);
    };
    log.append(0, 1, 0, 0);
    for (let at = 0; at < 600; at++) {
      if (at === 20 || at === 25 || at === 40 || at === 500) {
        clock[0] = at;
        log.append(0, at, 0, at);
      }
      look(at);
    }
    // 20: synced by 30. 25 and 40: gate opens at 130, done by 140, together. 500: at once.
    expect(seen).toEqual([
      [0, 1],
      [30, 2],
      [140, 4],
      [510, 5],
    ]);
    expect(proxies.lag[0]).toBe(10);
  });
});

test('each entry after time 0 is told once, when it was programmed, however seldom somebody asks', () => {
  fc.assert(
    fc.property(world, ({ timing, published, asks }) => {
      const { clock, log, proxies } = proxiesOf(timing);
      const told: number[][] = [[], [], [], []];
      proxies.onProgrammed = (node, from, to, at) => {
        for (let entry = from; entry < to; entry++) {
          expect(told[node]![entry]).toBeUndefined();
          told[node]![entry] = at;
        }
      };
      published.forEach((at, i) => {
        clock[0] = at;
        log.append(0, 0, 0, at);
        // The replay knows instants, not what is first within one.
        if (published[i + 1] === at) return;
        for (const ask of asks) if (ask.at === at) proxies.cursor(ask.node);
      });
      clock[0] = TICKS;
      for (const node of [0, 1, 2, 3]) {
        proxies.cursor(node);
        const truth = programmedByTick(published, node, timing, TICKS);
        published.forEach((at, entry) => {
          const tick = truth.findIndex((cursor) => cursor > entry);
          if (at > 0 && tick >= 0) expect(told[node]![entry]).toBe(tick);
          else expect(told[node]![entry]).toBeUndefined();
        });
      }
    }),
    { seed: Number(process.env.SVCLAB_SEED ?? 1) },
  );
});

test.each<{ mode: 'iptables' | 'nftables' | 'ipvs' | 'ebpf'; end: number }>([
  { mode: 'iptables', end: 10 + 2 * 7 + 3 * 5 }, // all Services' places, the changed one's endpoints
  { mode: 'nftables', end: 10 + 3 * 5 },
  { mode: 'ipvs', end: 10 + 3 * 5 },
  { mode: 'ebpf', end: 10 + 3 * 5 },
])('$mode: a sync writes what changed, in iptables mode all Services too', ({ mode, end }) => {
  const clock = new Float64Array(1);
  const log = new ChangeLog<number>();
  const dataPlane = { mode, minSyncPeriod: 0, syncTime: 10, syncTimePerService: 7, syncTimePerEndpoint: 3 };
  const proxies = new NodeProxies(
    log,
    clock,
    { watchDelay: 0, dataPlane } as ClusterSettings,
    { count: 2 },
    KEY,
    new ProxyDisturbances(),
  );
  log.append(0, 0, 5, 1000);
  const cursorAt = (time: number) => {
    clock[0] = time;
    return proxies.cursor(0);
  };
  expect(cursorAt(1000 + end - 1)).toBe(0);
  expect(cursorAt(1000 + end)).toBe(1);
});
