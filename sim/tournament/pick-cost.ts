import { mix } from '../engine/hash.ts';
import { Streams } from '../engine/random.ts';
import type { StrategyKind } from '../strategies/strategy.ts';
import { REPLY } from '../strategies/strategy.ts';
import { ALONE, Backends, InstanceView } from '../strategies/view.ts';

/** Requests that are in flight in the steady state, for each Pod. */
const IN_FLIGHT = 2;
/** Addresses of clients that come in turn. */
const CLIENTS = 256;
/** How long a request is served, ns; and the time from one to the next, so that Pods are busy for 0.8 of the time. */
const SERVICE = 1e7;
const gap = (pods: number) => SERVICE / 0.8 / pods;

/** What one request costs its strategy. Measured, so it differs from time to time, and from machine to machine. */
export interface PickCost {
  /** ns of a `pick` alone, on average. */
  readonly pick: number;
  /** ns of everything that a request has its strategy do: pick, started, ended; answers of its probes, servers that become idle. */
  readonly request: number;
}

/**
 * Measures a strategy by itself: one instance, all Pods alike, so many requests in flight, and each pick ends the oldest of
 * them. @param now ms, of a clock that does not jump @param milliseconds to measure for, about
 */
export function pickCost(
  kind: StrategyKind,
  options: Readonly<Record<string, number>>,
  pods: number,
  now: () => number,
  milliseconds = 20,
): PickCost {
  const warmUp = 20_000 + 2 * IN_FLIGHT * pods;
  const cost = (picks: number, answers: number) =>
    perCall(steadyState(kind, options, pods, picks, answers), warmUp, now, milliseconds);
  const request = cost(1, 1);
  // A second and a third pick of the same state, of which nothing but probes comes: what they add is the cost of a pick and of
  // the answers of its probes; and what answers add that come a second and a third time is the cost of those.
  const picks = cost(3, 1) - request;
  const answers = kind.knows === 'probes' ? cost(1, 3) - request : 0;
  return { pick: Math.max(0, (picks - answers) / 2), request };
}

function perCall(call: () => void, warmUp: number, now: () => number, milliseconds: number): number {
  for (let i = 0; i < warmUp; i++) call();
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const start = now();
    let calls = 0;
    while (now() - start < milliseconds / 3) {
      for (let i = 0; i < 500; i++) call();
      calls += 500;
    }
    best = Math.min(best, ((now() - start) * 1e6) / calls);
  }
  return best;
}

/** @param answers how often each probe is answered @returns what makes one request begin and one end */
function steadyState(
  kind: StrategyKind,
  options: Readonly<Record<string, number>>,
  pods: number,
  picks: number,
  answers: number,
): () => void {
  const backends = new Backends(pods);
  for (let slot = 0; slot < pods; slot++) backends.join(slot, `10.244.${slot >> 7}.${(slot & 127) + 1}:8080`);
  const clock = new Float64Array([1e12]);
  const reply = new Float64Array(8);
  const asked = new Int32Array(pods);
  const probes = new Int32Array(1); // asked and not yet answered
  const probe = (_: number, slot: number) => {
    if (probes[0]! === pods) return;
    asked[probes[0]!] = slot;
    probes[0] = probes[0]! + 1;
  };
  const view = new InstanceView(backends, ALONE, clock, new Streams(1).stream('cost'), reply, probe);
  const strategy = kind.create(view, options);
  strategy.changed?.();
  const ring = new Int32Array(IN_FLIGHT * pods).fill(-1);
  let at = 0;
  let count = 0;
  const answer = (slot: number) => {
    reply[REPLY.latency] = SERVICE + (mix(count, 3) & 0xffffff);
    reply[REPLY.service] = SERVICE;
    reply[REPLY.queue] = view.inFlight[slot]!;
  };
  return () => {
    const oldest = ring[at]!;
    if (oldest >= 0) {
      view.inFlight[oldest] = view.inFlight[oldest]! - 1;
      answer(oldest);
      strategy.ended?.(oldest, true);
      if (view.inFlight[oldest] === 0) strategy.idle?.(oldest);
    }
    clock[0] = clock[0]! + gap(pods);
    let slot = -1;
    for (let i = 0; i < picks; i++) {
      count++;
      slot = strategy.pick((10 << 24) | (mix(count % CLIENTS, 7) & 0xffffff), 32_768 + (count & 0x3fff));
    }
    ring[at] = slot;
    at = at + 1 === ring.length ? 0 : at + 1;
    if (slot >= 0) {
      view.inFlight[slot] = view.inFlight[slot]! + 1;
      view.startsAt[slot] = Math.max(clock[0]!, view.startsAt[slot]!) + SERVICE;
      strategy.started?.(slot);
    }
    for (let round = 0; round < answers; round++) {
      for (let i = 0; i < probes[0]!; i++) {
        answer(asked[i]!);
        strategy.probed?.(asked[i]!);
      }
    }
    probes[0] = 0;
  };
}
