import type { StrategyKind } from '../strategy.ts';
import { boundedLoads } from './bounded-loads.ts';
import { ciliumMaglev } from './cilium-maglev.ts';
import { jumpHashing } from './jump-hash.ts';
import { katranMaglev } from './katran-maglev.ts';
import { rendezvous } from './rendezvous.ts';

export const TABLES: readonly StrategyKind[] = [ciliumMaglev, katranMaglev, jumpHashing, rendezvous, boundedLoads];
