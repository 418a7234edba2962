import type { StrategyKind } from '../../strategy.ts';
import { leastRequest } from './least-request.ts';
import { pickFirst } from './pick-first.ts';
import { randomSubsetting } from './random-subsetting.ts';
import { ringHash } from './ring-hash.ts';
import { roundRobin } from './round-robin.ts';
import { weightedRoundRobin } from './weighted-round-robin.ts';

export const GRPC: readonly StrategyKind[] = [
  pickFirst,
  roundRobin,
  weightedRoundRobin,
  ringHash,
  leastRequest,
  randomSubsetting,
];
