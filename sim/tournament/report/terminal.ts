import type { Row, TournamentResult, WorkloadResult } from '../result.ts';
import { estimateText, meanText } from './figure-text.ts';

/** A table of text: the first row is the head. */
export interface TextTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers. */
  readonly right: readonly number[];
}

/** Over all workloads: who is how far from the best, for what it knows and costs. */
export function overallTable({ overall, strategies, rankedBy, workloads }: TournamentResult): TextTable {
  const infoOf = new Map(strategies.map((strategy) => [strategy.name, strategy]));
  const head = [
    '',
    'STRATEGY',
    'KNOWS',
    'RUNS IN',
    `${rankedBy.toUpperCase()} × BEST`,
    'FIRST IN',
    'NS/REQUEST',
    'FRONT',
  ];
  const rows = overall.map((row, i) => {
    const { knows, runs, cost, isOwn } = infoOf.get(row.strategy)!;
    const front = [row.onKnowledgeFront ? 'knowledge' : '', row.onCostFront ? 'cost' : ''].filter(
      (text) => text !== '',
    );
    return [
      String(i + 1),
      isOwn ? `${row.strategy} (yours)` : row.strategy,
      wordsOf(knows),
      runs,
      row.ratio.toFixed(2),
      `${row.firsts}/${workloads.length}`,
      cost === null ? '–' : cost.request.toFixed(0),
      front.join(', '),
    ];
  });
  return { title: 'Over all workloads', rows: [head, ...rows], right: [0, 4, 5, 6] };
}

/** One workload, in the order of ranks. @param most rows; those of users are always among them */
export function workloadTable(result: TournamentResult, workload: WorkloadResult, most: number): TextTable {
  const { rankedBy, strategies } = result;
  const own = new Set(strategies.filter(({ isOwn }) => isOwn).map(({ name }) => name));
  const shown = workload.rows.filter((row, i) => i < most || own.has(row.strategy));
  const others = ['p50', 'p99', 'p999'].includes(rankedBy) ? ([] as const) : ([rankedBy] as const);
  const head = [
    'RANK',
    'STRATEGY',
    ...others.map((f) => f.toUpperCase()),
    'P50',
    'P99',
    'P99.9',
    'ERRORS',
    'MAX/MEAN',
    'QUEUE',
    'RECOVERY',
    'ENDED BY',
  ];
  const rows = shown.map((row) => [
    rankText(row),
    own.has(row.strategy) ? `${row.strategy} (yours)` : row.strategy,
    ...others.map((figure) => estimateText(figure, row.figures[figure])),
    meanText('p50', row.figures.p50),
    estimateText('p99', row.figures.p99),
    meanText('p999', row.figures.p999),
    meanText('errors', row.figures.errors),
    meanText('maxOverMean', row.figures.maxOverMean),
    meanText('queueMax', row.figures.queueMax),
    meanText('recovery', row.figures.recovery),
    `${row.stoppedBy}, ${row.replications}`,
  ]);
  return {
    title: `${workload.name}: ${workload.description}`,
    rows: [head, ...rows],
    right: head.flatMap((_, column) => (column > 1 && column < head.length - 1 ? [column] : [])),
  };
}

/** `3`, or `1–7`: where it may stand after what is shown. */
export function rankText({ rank: { best, worst } }: Pick<Row, 'rank'>): string {
  return best === worst ? String(best) : `${best}–${worst}`;
}

/** `localCounts` → `local counts`. */
export function wordsOf(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
