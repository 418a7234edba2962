import { STRATEGIES } from '../strategies/registry.ts';
import { overallTable, type TextTable, wordsOf, workloadTable } from '../tournament/report/terminal.ts';
import type { TournamentResult } from '../tournament/result.ts';
import { readWorkload } from '../tournament/workload/read-workload.ts';
import { builtinWorkloads, nodeFiles } from './files.ts';
import { paint, table, wrap } from './text.ts';

/** Of one workload all rows are printed; of several, so many. */
const ROWS_OF_MANY = 5;

/** What the terminal shows of a tournament. */
export function terminalText(result: TournamentResult): string {
  const { answer, workloads, seed, command } = result;
  const lines = [paint('bold', wrap(answer)), ''];
  const print = ({ title, rows, right }: TextTable) => lines.push(paint('cyan', wrap(title)), table(rows, right), '');
  const single = workloads.length === 1;
  if (!single) print(overallTable(result));
  for (const workload of workloads)
    print(workloadTable(result, workload, single ? Number.POSITIVE_INFINITY : ROWS_OF_MANY));
  lines.push(
    wrap(
      'RANK says where a strategy may stand: 1–4 means that nobody is shown to be better, and all but the first four to be worse. Differences are paired, seed by seed, and corrected for all pairs (Holm, 5 %). A request that failed counts as one that took the whole timeout. QUEUE: the most requests that were at one Pod. ENDED BY: what ended the replications, and how many there were.',
    ),
    '',
    `Seed ${seed}. Again:  ${command}`,
    '',
  );
  return lines.join('\n');
}

/** What is built in, for `--list --json`. */
export function listed() {
  return {
    version: 1,
    strategies: STRATEGIES.map(({ create: _, ...kind }) => kind),
    workloads: builtinWorkloads().map(({ name, path }) => ({
      name,
      description: readWorkload(path, nodeFiles).description,
    })),
  };
}

export function listText(): string {
  const { strategies, workloads } = listed();
  const rows = strategies.map(({ name, knows, runs, title, options }) => [
    name,
    wordsOf(knows),
    runs,
    title +
      (options === undefined
        ? ''
        : ` (${Object.entries(options)
            .map(([key, value]) => `${key}=${value}`)
            .join(', ')})`),
  ]);
  return [
    table([['STRATEGY', 'KNOWS', 'RUNS IN', 'RULE'], ...rows]),
    '',
    table([['WORKLOAD', ''], ...workloads.map(({ name, description }) => [name, description])]),
    '',
  ].join('\n');
}
