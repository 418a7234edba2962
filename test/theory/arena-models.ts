import type { Streams } from '../../sim/engine/random.ts';
import { type ArenaOptions, arenaOf, requestsAtPods, SERVICE, spanOf, tailOf } from './arenas.ts';
import * as theory from './formulas.ts';
import type { Model } from './models.ts';

const mean = SERVICE / 1e9;
const mu = 1 / mean;

/** A replication's seed. */
function seedOf(streams: Streams): number {
  return streams.stream('arena').bits() >>> 0;
}

/** Mean latency of a strategy, seconds. */
function sojourn(
  strategy: string,
  options: Pick<ArenaOptions, 'servers' | 'load' | 'workload'>,
  settings: Readonly<Record<string, number>> = {},
): Model['run'] {
  return (streams, requests) => {
    const arena = arenaOf(strategy, { ...options, requests, seed: seedOf(streams) }, settings);
    arena.run();
    return [arena.meters.latency.mean / 1e9];
  };
}

/** Looks at all Pods in one replication: so far apart that each says something new. */
const LOOKS = 60;

/** Shares of servers with at least so many requests. */
function tails(
  strategy: string,
  options: Pick<ArenaOptions, 'servers' | 'load'>,
  levels: readonly number[],
): Model['run'] {
  return (streams, requests) => {
    const arena = arenaOf(strategy, { ...options, requests, seed: seedOf(streams) });
    const times = requestsAtPods(arena, spanOf({ ...options, requests }), LOOKS);
    return levels.map((level) => tailOf(times, level));
  };
}

const MANY = { servers: 500, load: 0.9 };
const LEVELS = [2, 3, 4, 5];

/** What the literature proves of strategies, through the arena of tournaments: one dispatcher, no network, endless lines. */
export const arenaModels: readonly Model[] = [
  {
    name: 'tournament: random, 50 servers, utilisation 0.9',
    source: 'M/M/1 at each: λ^i',
    metrics: LEVELS.map((i) => ({ name: `share with at least ${i}`, value: 0.9 ** i })),
    length: 4,
    run: tails('random', { servers: 50, load: 0.9 }, LEVELS),
  },
  {
    name: 'tournament: the shorter of two random, 500 servers, utilisation 0.9',
    source: 'limit of many servers, λ^(2^i − 1): Vvedenskaya et al. 1996, Mitzenmacher 2001',
    metrics: LEVELS.map((i) => ({
      name: `share with at least ${i}`,
      value: 0.9 ** (2 ** i - 1),
      slack: i < 5 ? 0.02 : 0.06,
    })),
    length: 4,
    run: tails('power-of-d', MANY, LEVELS),
  },
  {
    name: 'tournament: the shorter of two random, 500 servers, utilisation 0.95',
    source: 'limit of many servers: Mitzenmacher 2001',
    metrics: [{ name: 'mean sojourn', value: theory.supermarketSojourn(2, 0.95, mean), slack: 0.02 }],
    length: 4,
    run: sojourn('power-of-d', { servers: 500, load: 0.95 }),
  },
  {
    name: 'tournament: random, 2 servers, utilisation 0.9',
    source: 'M/M/1 at each',
    metrics: [{ name: 'mean sojourn', value: mean / (1 - 0.9) }],
    length: 2,
    run: sojourn('random', { servers: 2, load: 0.9 }),
  },
  {
    name: 'tournament: JSQ, 2 servers, utilisation 0.9',
    source: 'Markov chain',
    metrics: [{ name: 'mean sojourn', value: theory.joinShorterSojourn(2 * 0.9 * mu, mu, 90) }],
    length: 2,
    run: sojourn('jsq', { servers: 2, load: 0.9 }),
  },
  ...[4, 20].map((servers) => ({
    name: `tournament: least work left, ${servers} servers, utilisation 0.9`,
    source: 'one line for all, M/M/c: Erlang C',
    metrics: [
      {
        name: 'mean sojourn',
        value: mean + (theory.erlangC(servers, 0.9 * servers) * mean) / (servers * (1 - 0.9)),
      },
    ],
    length: 2,
    run: sojourn('least-work-left', { servers, load: 0.9 }),
  })),
  {
    name: 'tournament: JIQ with one dispatcher, 1,000 servers, utilisation 0.9',
    source: 'limit of many servers, nobody waits: Lu et al. 2011, Stolyar 2015',
    metrics: [{ name: 'mean sojourn', value: mean, slack: 0.002 }],
    length: 4,
    run: sojourn('jiq', { servers: 1000, load: 0.9 }),
  },
];
