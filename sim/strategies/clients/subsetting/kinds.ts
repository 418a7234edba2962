import type { StrategyKind } from '../../strategy.ts';
import { deterministicLeastRequest, deterministicRoundRobin } from './deterministic.ts';

export const SUBSETTING: readonly StrategyKind[] = [deterministicRoundRobin, deterministicLeastRequest];
