import { count, percent } from '../../explain/figures.ts';
import { escapeHtml } from '../../page/frame.ts';
import { type Table, tableOf } from '../../page/table.ts';
import type { TournamentResult } from '../result.ts';
import { FIGURE_NAMES, MEASURES } from './measures.ts';

/** How the figures came about, what the words mean, where the strategies are from, and what makes it all again. */
export function howItCame({ result }: { result: TournamentResult }): string {
  const { stopping, strategies, workloads, rankedBy, command } = result;
  const rows = workloads.flatMap((workload) => workload.rows);
  const precise = rows.filter(({ stoppedBy }) => stoppedBy === 'precision').length;
  const requests = rows.reduce((sum, row) => sum + row.requests, 0);
  const heading = MEASURES[rankedBy].heading;
  const until =
    stopping.precision > 0
      ? `until the 95 % interval of its p99 is within ± ${percent(stopping.precision)}, or until ${count(stopping.requests)} requests or ${count(stopping.max)} replications: ${count(precise)} of ${count(rows.length)} ended by precision, the others as the tables say`
      : `until ${count(stopping.requests)} requests or ${count(stopping.max)} replications`;
  const notes = [
    `Every strategy meets the same requests: the same arrivals, and for each request the same work, whatever Pod serves it. ${count(requests)} requests in all.`,
    `Each strategy on each workload has ${count(stopping.min)} replications at least, as far as the budget allows (two in any case), and more ${until}.`,
    `One is called better than another only where Student’s t of the differences in runs with the same requests (of latencies: of their logarithms) says so, at 95 % after Holm’s correction for all pairs of a workload. Else: no difference was found.`,
    `A request that failed counts as having taken the whole timeout, however quickly it failed.`,
    `Over all workloads: the ${heading} over the least of each, in the geometric mean. “First in” counts the workloads in which nobody is shown to be better.`,
    ...(strategies.some(({ cost }) => cost !== null)
      ? ['What a pick costs was measured on the machine that ran this, and is all that differs from run to run.']
      : []),
  ];
  return `<h2>How the figures came about</h2>
<ul>${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>
${folded({ title: 'The workloads', headings: ['workload', 'Pods', 'what it is'], rows: workloads.map(({ name, pods, description }) => [name, count(pods), description]), textColumns: 3 })}
${folded({ title: 'The strategies, and where their rules are from', headings: ['strategy', 'rule', 'source'], rows: strategies.map(({ name, title, source }) => [name, title, source]), textColumns: 3 })}
${folded({ title: 'What is measured', headings: ['figure', 'what it is'], rows: FIGURE_NAMES.map((figure) => [MEASURES[figure].heading, MEASURES[figure].meaning]), textColumns: 2 })}
<p>The same figures come from</p>
<pre tabindex="0">${escapeHtml(command)}</pre>`;
}

/** Text in such a table may take more than a line. */
function folded(table: Table): string {
  return `<details class="words"><summary>${escapeHtml(table.title)}</summary>${tableOf(table)}</details>`;
}
