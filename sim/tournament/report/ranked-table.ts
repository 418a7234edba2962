import { escapeHtml } from '../../page/frame.ts';
import { px } from '../../page/svg.ts';
import { scrolling, tableOf } from '../../page/table.ts';
import type { Figure } from '../replication.ts';
import type { Estimate, Row, WorkloadResult } from '../result.ts';
import { meanText } from './figure-text.ts';
import type { Material } from './material.ts';
import { idOf } from './matrix.ts';
import { endsOf, FIGURE_NAMES, intervalText, MEASURES } from './measures.ts';
import { extentOf, logAxis } from './scales.ts';
import { times, workloadAnswer } from './sentences.ts';
import { rankText } from './terminal.ts';

/** Rows that are always shown; those of the focus stand below them, wherever they are. */
const ROWS = 10;
/** Of the picture of an interval, px. */
const [WIDTH, HEIGHT] = [150, 14];
/** Shown for each strategy, beside the figure by which they are ranked. */
const BESIDE: readonly Figure[] = ['p50', 'p99', 'p999', 'errors', 'maxOverMean', 'messages'];

/** A ranking for each workload. */
export function rankings(material: Material): string {
  const { workloads, rankedBy } = material.result;
  const parts = workloads.map(
    (workload) =>
      `<h3 id="${idOf(workload.name)}">${escapeHtml(workload.name)}</h3><p class="legend">${escapeHtml(workload.description)}</p><p>${escapeHtml(workloadAnswer(workload, rankedBy))}</p>${rankedTable(material, workload)}`,
  );
  return `<h2>Rankings</h2>
<p>By ${MEASURES[rankedBy].heading}, the least first. A rank such as 2–5: one is shown to be better, and it could be the fifth.</p>
${parts.join('\n')}`;
}

/** The best of a workload with their intervals, and, to be opened, all with all that was measured. */
function rankedTable(material: Material, workload: WorkloadResult): string {
  const { rankedBy } = material.result;
  const { rows } = workload;
  const shown = rows.flatMap((row, i) => (i < ROWS || material.focus.has(row.strategy) ? [i] : []));
  const ends = extentOf(
    shown.flatMap((i) => (rows[i]!.figures[rankedBy] === null ? [] : endsOf(rows[i]!.figures[rankedBy]!))),
  );
  const x = logAxis([Math.max(ends?.[0] ?? 1, (ends?.[1] ?? 1) / 1e4), ends?.[1] ?? 1], [5, WIDTH - 5], String);
  const beside = BESIDE.filter((figure) => figure !== rankedBy);
  const headings = [
    'rank',
    'strategy',
    `${MEASURES[rankedBy].heading} (interval)`,
    '',
    'no difference to',
    'over the best',
    ...beside.map((figure) => MEASURES[figure].heading),
    'stopped by',
  ];
  const body = shown.map((i, k) => {
    const skipped = i - (shown[k - 1] ?? -1) - 1;
    const gap = skipped === 0 ? '' : `<tr class="gap"><td colspan="${headings.length}">… ${skipped} more …</td></tr>`;
    return gap + rowOf(material, rows[i]!, workload, beside, x.of);
  });
  const head = headings.map(
    (heading) =>
      `<th scope="col"${TEXT.has(heading) ? ' class="text"' : ''}>${heading === '' ? '<span class="unseen">as a picture</span>' : heading}</th>`,
  );
  const table = `<table class="ranked"><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`;
  return `${scrolling(`Ranking of ${workload.name}`, table)}
<details><summary>All ${rows.length} strategies, all figures</summary>${everything(material, workload)}</details>`;
}

const TEXT = new Set(['strategy', 'no difference to', 'stopped by']);

function rowOf(
  { result: { rankedBy }, focus }: Material,
  row: Row,
  { rows }: WorkloadResult,
  beside: readonly Figure[],
  of: (value: number) => number,
): string {
  const { strategy, rank, figures, stoppedBy } = row;
  const [best] = rows as [Row];
  const style = focus.get(strategy);
  const key = style === undefined ? '' : `<span class="swatch f${style}"></span>`;
  const ratio = (figures[rankedBy]?.mean ?? Number.NaN) / (best.figures[rankedBy]?.mean ?? Number.NaN);
  const cells = beside.map((figure) => `<td>${escapeHtml(meanText(figure, figures[figure]))}</td>`);
  return `<tr><td>${rankText({ rank })}</td><th scope="row">${key}${escapeHtml(strategy)}</th><td>${escapeHtml(intervalText(rankedBy, figures[rankedBy]))}</td><td>${pictureOf(figures[rankedBy], of, style)}</td><td class="text">${likeIt(row, rows)}</td><td>${times(ratio)}</td>${cells.join('')}<td class="text">${stoppedBy}</td></tr>`;
}

/** With how many others nothing is shown either way. */
function likeIt(row: Row, rows: readonly Row[]): string {
  const like = rows.filter(
    (other) => other !== row && !row.beats.includes(other.strategy) && !other.beats.includes(row.strategy),
  );
  if (like.length === 0) return 'nobody';
  return like.length === 1 ? '1 other' : `${like.length} others`;
}

/** An interval and its middle, on the scale of the table. The figures stand beside it. */
function pictureOf(estimate: Estimate | null, of: (value: number) => number, style: number | undefined): string {
  if (estimate === null) return '';
  const [low, high] = endsOf(estimate).map((end) => px(of(end)));
  const kind = style === undefined ? '' : ` f${style}`;
  return `<svg class="interval" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true"><line x1="${low}" x2="${high}" y1="7" y2="7"/><circle class="dot${kind}" cx="${px(of(estimate.mean))}" cy="7" r="3.6"/></svg>`;
}

function everything({ strategies }: Material, { name, rows }: WorkloadResult): string {
  const shown = FIGURE_NAMES.filter((figure) => rows.some(({ figures }) => figures[figure] !== null));
  return tableOf({
    title: `All figures of ${name}`,
    headings: [
      'strategy',
      'knows',
      'runs in',
      'rank',
      ...shown.map((figure) => MEASURES[figure].heading),
      'runs',
      'requests',
    ],
    rows: rows.map(({ strategy, rank, figures, replications, requests }) => [
      strategy,
      strategies.get(strategy)!.knows,
      strategies.get(strategy)!.runs,
      rankText({ rank }),
      ...shown.map((figure) => meanText(figure, figures[figure])),
      String(replications),
      requests.toLocaleString('en-US'),
    ]),
    textColumns: 3,
  });
}
