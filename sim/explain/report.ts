import { area, scaleLinear } from 'd3';
import { escapeHtml, pageOf } from '../page/frame.ts';
import type { Trace } from '../trace/trace.ts';
import { COMPARISON_HEADINGS, type ComparisonRow, comparisonCells } from './comparison.ts';
import { clock, percent } from './figures.ts';
import { userSeries } from './incident.ts';
import { propagationOf, propagationSentence } from './propagation.ts';
import type { Story } from './story.ts';

/** One run, as the report shows it. */
export interface ReportRun {
  name: string;
  description: string;
  trace: Trace;
  story: Story;
  row: ComparisonRow;
}

const WIDTH = 860;
const HEIGHT = 110;
const MARGIN = { top: 8, right: 12, bottom: 22, left: 44 };

/**
 * A page of its own that needs nothing else, to be mailed or archived: the verdict, the story of the first run, a table of
 * all runs, and for each the rate of good and failed requests over time, on the same scales.
 */
export function report(
  scenario: string,
  description: string,
  seed: number,
  version: string,
  runs: readonly ReportRun[],
): string {
  const [first] = runs;
  const top = Math.max(...runs.map((run) => peakRate(run.trace)));
  return pageOf(
    `${scenario} · svclab report`,
    '',
    `<p class="eyebrow">${escapeHtml(scenario)} · seed ${seed} · svclab ${escapeHtml(version)}</p>
<h1>${escapeHtml(first!.story.verdict)}</h1>
<p class="lead">${escapeHtml(description)}</p>
<h2>What happened</h2>
<ol class="story">${first!.story.steps.map((step) => `<li><h3>${escapeHtml(step.title)}</h3><p>${escapeHtml(step.text)}</p></li>`).join('')}</ol>
${paragraph(propagationSentence(propagationOf(first!.trace)))}
<h2>The same arrivals, one thing changed</h2>
<div class="scroll">${tableOf(runs)}</div>
<h2>Requests over time</h2>
<p class="legend"><span class="key ok"></span>good answers <span class="key bad"></span>failed · user requests per second, same scale throughout</p>
${runs.map((run) => chartOf(run, top)).join('')}`,
  );
}

function paragraph(text: string | null): string {
  return text === null ? '' : `<p>${escapeHtml(text)}</p>`;
}

function tableOf(runs: readonly ReportRun[]): string {
  const head = COMPARISON_HEADINGS.map((heading) => `<th scope="col">${heading}</th>`).join('');
  const body = runs
    .map(({ row }) => {
      const [name, ...cells] = comparisonCells(row);
      return `<tr><th scope="row">${escapeHtml(name!)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
    })
    .join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** At most so many points a chart: each the mean of its buckets. */
const POINTS = 430;

interface Rates {
  /** Seconds from the start, good and ended per second. */
  points: { at: number; good: number; ended: number }[];
  failed: number;
}

function ratesOf(trace: Trace): Rates {
  const users = userSeries(trace);
  const width = Math.max(1, Math.ceil(trace.bucketCount / POINTS));
  const points: Rates['points'] = [];
  let good = 0;
  let ended = 0;
  for (let from = 0; from < trace.bucketCount; from += width) {
    const to = Math.min(trace.bucketCount, from + width);
    const seconds = ((to - from) * trace.header.bucket) / 1e9;
    const sum = (values: Float64Array) => values.subarray(from, to).reduce((a, b) => a + b, 0);
    good += sum(users.good);
    ended += sum(users.ended);
    points.push({
      at: (from * trace.header.bucket) / 1e9,
      good: sum(users.good) / seconds,
      ended: sum(users.ended) / seconds,
    });
  }
  return { points, failed: ended > 0 ? 1 - good / ended : 0 };
}

function peakRate(trace: Trace): number {
  return Math.max(1, ...ratesOf(trace).points.map((point) => point.ended));
}

function chartOf(run: ReportRun, top: number): string {
  const { points, failed } = ratesOf(run.trace);
  const x = scaleLinear([0, run.trace.header.duration / 1e9], [MARGIN.left, WIDTH - MARGIN.right]);
  const y = scaleLinear([0, top], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(3);
  const shape = area<Rates['points'][number]>().x((point) => x(point.at));
  const good = shape.y0(y(0)).y1((point) => y(point.good))(points);
  const bad = shape.y0((point) => y(point.good)).y1((point) => y(point.ended))(points);
  const rows = y
    .ticks(3)
    .map(
      (tick) =>
        `<g><line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(tick)}" y2="${y(tick)}"/><text x="${MARGIN.left - 6}" y="${y(tick) + 3}" text-anchor="end">${tick}</text></g>`,
    );
  const step = run.trace.header.duration / 1e9 / 6;
  const columns = [0, 1, 2, 3, 4, 5, 6].map(
    (i) =>
      `<text x="${x(i * step)}" y="${HEIGHT - 6}" text-anchor="${i === 0 ? 'start' : i === 6 ? 'end' : 'middle'}">${clock(i * step * 1e9)}</text>`,
  );
  const label = `${run.name}: ${percent(failed)} of user requests failed`;
  return `<figure><figcaption><strong>${escapeHtml(run.name)}</strong> ${escapeHtml(run.description)} <em>${percent(failed)} failed</em></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}"><g class="grid">${rows.join('')}</g><path class="ok" d="${good}"/><path class="bad" d="${bad}"/><g class="axis">${columns.join('')}</g></svg></figure>`;
}
