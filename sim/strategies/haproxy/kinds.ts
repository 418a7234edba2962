import type { StrategyKind } from '../strategy.ts';
import { First } from './first.ts';
import { LeastConn } from './least-conn.ts';
import { Random } from './random.ts';
import { RoundRobin } from './round-robin.ts';
import { Source } from './source.ts';
import { StaticRoundRobin } from './static-round-robin.ts';

/** What HAProxy's `balance` offers. */
export const HAPROXY: readonly StrategyKind[] = [
  {
    name: 'haproxy-roundrobin',
    title: 'each server a position on a turn, (total weight / weight) after its last one',
    knows: 'nothing',
    runs: 'proxy',
    source: 'haproxy src/lb_fwrr.c',
    create: (view) => new RoundRobin(view),
  },
  {
    name: 'haproxy-static-rr',
    title: 'a walk along a map in which each server has as many entries as weight',
    knows: 'nothing',
    runs: 'proxy',
    source: 'haproxy src/lb_map.c',
    create: (view) => new StaticRoundRobin(view),
  },
  {
    name: 'haproxy-leastconn',
    title: 'fewest own requests for the weight, idle ones first; equal ones in turn',
    knows: 'localCounts',
    runs: 'proxy',
    source: 'haproxy src/lb_fwlc.c',
    create: (view) => new LeastConn(view),
  },
  {
    name: 'haproxy-random',
    title: 'two random places on the consistent ring; the server with fewer own requests for its weight',
    knows: 'localCounts',
    runs: 'proxy',
    source: 'haproxy src/backend.c, get_server_rnd',
    options: { draws: 2 },
    create: (view, { draws = 2 }) => new Random(view, { draws }),
  },
  {
    name: 'haproxy-first',
    title: 'the first server that is not full. HAProxy’s own maxconn, 0, would send everything to one',
    knows: 'localCounts',
    runs: 'proxy',
    source: 'haproxy src/lb_fas.c',
    options: { maxconn: 10 },
    create: (view, { maxconn = 10 }) => new First(view, { maxconn }),
  },
  source('haproxy-source', 'The nearest point to the client’s address on the consistent ring.', 'membership', 0),
  source(
    'haproxy-source-bounded',
    'The nearest point to the client’s address; servers above 1.5 times their share are passed over.',
    'localCounts',
    150,
  ),
];

function source(name: string, title: string, knows: StrategyKind['knows'], bound: number): StrategyKind {
  return {
    name,
    title,
    knows,
    runs: 'proxy',
    source: 'haproxy src/lb_chash.c',
    options: { avalanche: 1, balanceFactor: bound },
    create: (view, { avalanche = 1, balanceFactor = bound }) => new Source(view, { avalanche, balanceFactor }),
  };
}
