import { csvText } from '../../study/csv.ts';
import type { Row, StrategyResult, TournamentResult, WorkloadResult } from '../result.ts';
import { endsOf, FIGURE_NAMES, MEASURES } from './measures.ts';

/** What a line of the file is about. */
interface Line {
  readonly workload: WorkloadResult;
  readonly strategy: StrategyResult;
  /** null: it had a fault. */
  readonly row: Row | null;
}

/** What stands in the file, from left to right. */
interface Column {
  readonly name: string;
  readonly meaning: string;
  of(line: Line): string | number;
}

export const CSV_COLUMNS: readonly Column[] = [
  { name: 'workload', meaning: 'name of the workload', of: ({ workload }) => workload.name },
  { name: 'strategy', meaning: 'as it was named, with its options', of: ({ strategy }) => strategy.name },
  { name: 'knows', meaning: 'what it knows of its backends', of: ({ strategy }) => strategy.knows },
  { name: 'runs', meaning: 'where it runs', of: ({ strategy }) => strategy.runs },
  { name: 'own', meaning: 'yes: a user’s, from a file', of: ({ strategy }) => (strategy.isOwn ? 'yes' : 'no') },
  { name: 'rank_best', meaning: 'the best rank that it may have here', of: ({ row }) => row?.rank.best ?? '' },
  { name: 'rank_worst', meaning: 'the worst', of: ({ row }) => row?.rank.worst ?? '' },
  {
    name: 'beats',
    meaning: 'strategies that are shown to be worse, with blanks between',
    of: ({ row }) => row?.beats.join(' ') ?? '',
  },
  ...FIGURE_NAMES.flatMap((figure): Column[] => {
    const { column, meaning, isTime } = MEASURES[figure];
    const scale = isTime ? 1e9 : 1;
    const part = (name: string, what: string, of: (low: number, mean: number, high: number) => number): Column => ({
      name,
      meaning: what,
      of: ({ row }) => {
        const estimate = row?.figures[figure] ?? null;
        if (estimate === null || (name !== column && estimate.halfWidth === null)) return '';
        const [low, high] = endsOf(estimate);
        return of(low, estimate.mean, high) / scale;
      },
    });
    return [
      part(column, meaning, (_, mean) => mean),
      part(`${column}_low`, 'lower end of its interval', (low) => low),
      part(`${column}_high`, 'upper end of its interval', (_low, _mean, high) => high),
    ];
  }),
  { name: 'replications', meaning: 'independent runs', of: ({ row }) => row?.replications ?? '' },
  { name: 'requests', meaning: 'requests in all of them', of: ({ row }) => row?.requests ?? '' },
  {
    name: 'stopped_by',
    meaning:
      'precision: the interval of the p99 is as narrow as was asked; requests, replications: the budget was spent',
    of: ({ row }) => row?.stoppedBy ?? '',
  },
  {
    name: 'pick_nanoseconds',
    meaning: 'what a pick costs at 100 Pods on the machine that ran this; differs from time to time',
    of: ({ strategy }) => strategy.cost?.pick ?? '',
  },
  {
    name: 'request_nanoseconds',
    meaning: 'the same of all that a request has it do',
    of: ({ strategy }) => strategy.cost?.request ?? '',
  },
  { name: 'fault', meaning: 'what it did wrong; then it has no figures', of: ({ strategy }) => strategy.fault ?? '' },
];

/** A line a workload and strategy: workloads in their order, in each the best first, those with a fault last. */
export function tournamentCsv({ workloads, strategies }: TournamentResult): string {
  const lines = workloads.flatMap((workload): Line[] => {
    const ranked = workload.rows.map((row) => {
      const strategy = strategies.find(({ name }) => name === row.strategy)!;
      return { workload, strategy, row };
    });
    const faulty = strategies.filter(({ fault }) => fault !== null);
    return [...ranked, ...faulty.map((strategy) => ({ workload, strategy, row: null }))];
  });
  return csvText([CSV_COLUMNS.map(({ name }) => name), ...lines.map((line) => CSV_COLUMNS.map(({ of }) => of(line)))]);
}
