import { area, scaleLinear } from 'd3';
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
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(scenario)} · svclab report</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="eyebrow">${escapeHtml(scenario)} · seed ${seed} · svclab ${escapeHtml(version)}</p>
<h1>${escapeHtml(first!.story.verdict)}</h1>
<p class="lead">${escapeHtml(description)}</p>
<h2>What happened</h2>
<ol class="story">${first!.story.steps.map((step) => `<li><h3>${escapeHtml(step.title)}</h3><p>${escapeHtml(step.text)}</p></li>`).join('')}</ol>
${paragraph(propagationSentence(propagationOf(first!.trace)))}
<h2>The same arrivals, one thing changed</h2>
<div class="scroll">${tableOf(runs)}</div>
<h2>Requests over time</h2>
<p class="legend"><span class="key ok"></span>good answers <span class="key bad"></span>failed · user requests per second, same scale throughout</p>
${runs.map((run) => chartOf(run, top)).join('')}
</main>
</body>
</html>
`;
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

/** Names come from manifests: they go into the page as text. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root{--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--page:#fff;--ok:#009e73;--bad:#d55e00;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--line:#30363d;--page:#14181f}}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
.eyebrow,.legend,figcaption{color:var(--soft);font-size:.85rem}
h1{font-size:1.6rem;line-height:1.3;margin:.2rem 0 .6rem;text-wrap:pretty}
h2{font-size:1.1rem;margin:2.4rem 0 .6rem;border-top:1px solid var(--line);padding-top:1.2rem}
h3{font-size:.95rem;margin:0}
.lead{color:var(--soft);margin:0}
.story{padding-left:1.3rem}.story li{margin:.7rem 0}.story p{margin:.1rem 0 0;max-width:46rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums;white-space:nowrap}
th,td{padding:.35rem .55rem;text-align:right;border-bottom:1px solid var(--line)}
th:first-child{text-align:left;padding-left:0}thead th{color:var(--soft);font-weight:600;font-size:.72rem;white-space:normal;vertical-align:bottom}
figure{margin:1.1rem 0}figcaption strong{color:var(--ink)}figcaption em{font-style:normal;float:right}
svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:10px}
.grid line{stroke:var(--line)}path.ok,.key.ok{fill:var(--ok);background:var(--ok)}path.bad,.key.bad{fill:var(--bad);background:var(--bad)}
.key{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;margin:0 .35rem 0 .9rem;vertical-align:-1px}
@media print{main{padding:0}figure,li{break-inside:avoid}}
`;
