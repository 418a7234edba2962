import type { StrategyKind } from '../strategy.ts';
import { idleQueue } from './idle-queue.ts';
import { leastWorkLeft } from './least-work.ts';
import { powerOfD } from './power-of-d.ts';
import { random } from './random.ts';
import { roundRobin } from './round-robin.ts';
import { leastInFlight, shortestQueue } from './shortest-queue.ts';

/** The strategies of papers: baselines and ideals. */
export const THEORY: readonly StrategyKind[] = [
  random,
  roundRobin,
  leastInFlight,
  powerOfD,
  idleQueue,
  shortestQueue,
  leastWorkLeft,
];
