import type { Figure } from '../tournament/replication.ts';

/** What the command line says of a tournament. */
export interface TournamentFlags {
  strategy: string[];
  against?: string[];
  workload: string[];
  quick?: boolean;
  precision: string;
  maxRequests: number;
  reps: number;
  by: string;
  curves: boolean;
  seed: number;
  threads: number;
  patience: number;
  out: string;
  json?: boolean;
  list?: boolean;
  example?: boolean;
}

/** Figures for which less is better. */
export const RANKING: readonly Figure[] = ['p50', 'p90', 'p99', 'p999', 'mean', 'errors', 'variation', 'queueMax'];
