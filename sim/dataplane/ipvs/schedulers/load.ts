import { type Destination, overhead, type ScheduleRequest, type Scheduler } from './scheduler.ts';

/** lc: the fewest connections. @source linux net/netfilter/ipvs/ip_vs_lc.c */
export const leastConnection: Scheduler = {
  pick: (destinations) => leastBy(destinations, overhead, () => 1),
};

/** wlc: the fewest connections for its weight. @source linux net/netfilter/ipvs/ip_vs_wlc.c */
export const weightedLeastConnection: Scheduler = {
  pick: (destinations) => leastBy(destinations, overhead, weightOf),
};

/** sed: the shortest expected delay, the new connection counted. @source linux net/netfilter/ipvs/ip_vs_sed.c */
export const shortestExpectedDelay: Scheduler = {
  pick: (destinations) => leastBy(destinations, delay, weightOf),
};

/** nq: the first that is idle, else as sed. @source linux net/netfilter/ipvs/ip_vs_nq.c */
export const neverQueue: Scheduler = {
  pick: (destinations) => {
    const idle = destinations.findIndex(({ weight, active }) => weight > 0 && active === 0);
    return idle >= 0 ? idle : leastBy(destinations, delay, weightOf);
  },
};

/** fo: the heaviest, the others only when it is gone. @source linux net/netfilter/ipvs/ip_vs_fo.c */
export const weightedFailover: Scheduler = {
  pick: (destinations) => heaviest(destinations, () => true),
};

/** ovf: the heaviest that has not more connections than its weight. @source linux net/netfilter/ipvs/ip_vs_ovf.c */
export const weightedOverflow: Scheduler = {
  pick: (destinations) => heaviest(destinations, ({ active, weight }) => active <= weight),
};

/**
 * twos: the less loaded of two drawn by weight. A draw runs from 0 to the sum of weights inclusive, so the first of the
 * list is drawn a little more often. @source linux net/netfilter/ipvs/ip_vs_twos.c
 */
export const powerOfTwo: Scheduler = {
  pick: (destinations, request: ScheduleRequest) => {
    let total = 0;
    for (const { weight } of destinations) if (weight > 0) total += weight;
    if (total === 0) return -1;
    const a = drawn(destinations, Math.floor(request.random() * (total + 1)));
    const b = drawn(destinations, Math.floor(request.random() * (total + 1)));
    const [one, two] = [destinations[a]!, destinations[b]!];
    return two.weight * overhead(one) > one.weight * overhead(two) ? b : a;
  },
};

/** Of equal ones the first in the list wins. */
export function leastBy(
  destinations: readonly Destination[],
  loadOf: (destination: Destination) => number,
  shareOf: (destination: Destination) => number,
): number {
  let least = -1;
  let [leastLoad, leastShare] = [0, 1];
  for (let i = 0; i < destinations.length; i++) {
    const destination = destinations[i]!;
    if (destination.weight <= 0) continue;
    const [load, share] = [loadOf(destination), shareOf(destination)];
    if (least >= 0 && leastLoad * share <= load * leastShare) continue;
    least = i;
    leastLoad = load;
    leastShare = share;
  }
  return least;
}

export const weightOf = ({ weight }: Destination) => weight;
const delay = ({ active }: Destination) => active + 1;

function heaviest(destinations: readonly Destination[], isFit: (destination: Destination) => boolean): number {
  let best = -1;
  let most = 0;
  destinations.forEach((destination, i) => {
    if (destination.weight > most && isFit(destination)) [best, most] = [i, destination.weight];
  });
  return best;
}

function drawn(destinations: readonly Destination[], draw: number): number {
  let left = draw;
  for (let i = 0; i < destinations.length; i++) {
    const { weight } = destinations[i]!;
    if (weight <= 0) continue;
    left -= weight;
    if (left <= 0) return i;
  }
  return -1;
}
