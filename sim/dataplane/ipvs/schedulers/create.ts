import type { IPVSScheduler } from '../../../input/scenario.ts';
import { DestinationHashing, MaglevHashing, SourceHashing } from './hashing.ts';
import {
  leastConnection,
  neverQueue,
  powerOfTwo,
  shortestExpectedDelay,
  weightedFailover,
  weightedLeastConnection,
  weightedOverflow,
} from './load.ts';
import { LocalityBasedLeastConnection, LocalityBasedLeastConnectionReplicated } from './locality.ts';
import type { Scheduler } from './scheduler.ts';
import { RoundRobin, WeightedRoundRobin } from './turns.ts';

const SCHEDULERS: Readonly<Record<IPVSScheduler, () => Scheduler>> = {
  rr: () => new RoundRobin(),
  wrr: () => new WeightedRoundRobin(),
  lc: () => leastConnection,
  wlc: () => weightedLeastConnection,
  lblc: () => new LocalityBasedLeastConnection(),
  lblcr: () => new LocalityBasedLeastConnectionReplicated(),
  sh: () => new SourceHashing(),
  dh: () => new DestinationHashing(),
  sed: () => shortestExpectedDelay,
  nq: () => neverQueue,
  mh: () => new MaglevHashing(true),
  fo: () => weightedFailover,
  ovf: () => weightedOverflow,
  twos: () => powerOfTwo,
};

export const SCHEDULER_NAMES: readonly string[] = Object.keys(SCHEDULERS);

/** @throws Error for a name that ip_vs does not know */
export function createScheduler(name: string): Scheduler {
  const create = SCHEDULERS[name as IPVSScheduler];
  if (create === undefined) throw new Error(`"${name}" is no scheduler of ip_vs: ${SCHEDULER_NAMES.join(', ')}`);
  return create();
}
