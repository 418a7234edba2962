import { area, interpolateViridis, line, scaleBand, scaleLinear, scaleLog, scalePoint } from 'd3';
import { type Axis, columnsOf, rowsOf } from '../page/axes.ts';
import { escapeHtml } from '../page/frame.ts';
import { axisLabel, type Canvas, COLOURS, px, svg } from '../page/svg.ts';
import type { Unit } from './metrics.ts';
import { valueText } from './values.ts';

/** What a page draws: curves with their intervals, or a map over two parameters. */
export type Chart = Curves | HeatMap;

export interface Curves {
  readonly kind: 'curves';
  readonly title: string;
  readonly unit: Unit;
  readonly xLabel: string;
  readonly series: readonly { readonly name: string; readonly points: readonly CurvePoint[] }[];
  /** What the figure should keep below or above. */
  readonly bound: number | null;
  /** A place on the x axis that is spoken of. */
  readonly mark: { readonly x: string; readonly text: string } | null;
}

export interface CurvePoint {
  /** Its place is that of the number where all are numbers, else one after the other. */
  readonly x: string;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

export interface HeatMap {
  readonly kind: 'heat';
  readonly title: string;
  readonly unit: Unit;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly cells: readonly { readonly x: string; readonly y: string; readonly value: number; readonly bad: boolean }[];
}

const SIZE: Canvas = { width: 410, height: 250, margin: { top: 14, right: 14, bottom: 40, left: 62 } };
const MARGIN = SIZE.margin;

export function figureOfChart(chart: Chart): string {
  const picture = chart.kind === 'curves' ? curves(chart) : heatMap(chart);
  const keys = chart.kind === 'curves' && chart.series.length > 1 ? legend(chart) : '';
  return `<figure class="study"><figcaption><strong>${escapeHtml(chart.title)}</strong></figcaption>${picture}${keys}</figure>`;
}

function curves({ title, unit, xLabel, series, bound, mark }: Curves): string {
  const all = series.flatMap(({ points }) => points).filter(({ y }) => Number.isFinite(y));
  if (all.length === 0) return '<p class="legend">no figures</p>';
  const x = placeOfX(all.map((point) => point.x));
  const y = scaleOfY(all, unit, bound);
  const right = SIZE.width - MARGIN.right;
  const shapes = series.map(({ points }, i) => {
    const colour = COLOURS[i % COLOURS.length]!;
    const known = points.filter((point) => Number.isFinite(point.y)).toSorted((a, b) => x.of(a.x) - x.of(b.x));
    const band = area<CurvePoint>()
      .x((point) => px(x.of(point.x)))
      .y0((point) => px(y.of(Number.isFinite(point.low) ? point.low : point.y)))
      .y1((point) => px(y.of(Number.isFinite(point.high) ? point.high : point.y)))(known);
    const path = line<CurvePoint>()
      .x((point) => px(x.of(point.x)))
      .y((point) => px(y.of(point.y)))(known);
    const whiskers = known.map((point) => {
      const at = px(x.of(point.x));
      const ends = [point.low, point.high].map((end) => px(y.of(Number.isFinite(end) ? end : point.y)));
      return `<line x1="${at}" x2="${at}" y1="${ends[0]}" y2="${ends[1]}" stroke="${colour}" stroke-width="1.5"/><circle cx="${at}" cy="${px(y.of(point.y))}" r="2.6" fill="${colour}"><title>${escapeHtml(`${point.x}: ${valueText(unit, point.y)} (${valueText(unit, point.low)} to ${valueText(unit, point.high)})`)}</title></circle>`;
    });
    return `<path d="${band}" fill="${colour}" opacity=".18"/><path d="${path}" fill="none" stroke="${colour}" stroke-width="1.8"/>${whiskers.join('')}`;
  });
  const limit =
    bound === null
      ? ''
      : `<line class="bound" x1="${MARGIN.left}" x2="${right}" y1="${px(y.of(bound))}" y2="${px(y.of(bound))}"/><text x="${right}" y="${px(y.of(bound) - 4)}" text-anchor="end">${escapeHtml(valueText(unit, bound))}</text>`;
  const marked =
    mark === null
      ? ''
      : `<line class="mark" x1="${px(x.of(mark.x))}" x2="${px(x.of(mark.x))}" y1="${MARGIN.top}" y2="${SIZE.height - MARGIN.bottom}"/><text x="${px(x.of(mark.x) + 4)}" y="${MARGIN.top + 8}">${escapeHtml(mark.text)}</text>`;
  return svg(
    title,
    SIZE,
    `${rowsOf(SIZE, y)}${limit}${marked}${shapes.join('')}${columnsOf(SIZE, x)}${axisLabel(SIZE, xLabel)}`,
  );
}

function placeOfX(given: readonly string[]): Axis<string> {
  const texts = [...new Set(given)];
  const text = (x: string) => x;
  const numbers = texts.map((text) => Number(text.replace(/x$/, '')));
  const range: [number, number] = [MARGIN.left + 8, SIZE.width - MARGIN.right - 8];
  if (numbers.every(Number.isFinite) && texts.length > 1) {
    const scale = scaleLinear([Math.min(...numbers), Math.max(...numbers)], range);
    const of = (x: string) => scale(Number(x.replace(/x$/, '')));
    const sorted = texts.toSorted((a, b) => of(a) - of(b));
    return { ticks: thinned(sorted, of), of, text };
  }
  const scale = scalePoint(texts, range).padding(0.4);
  return { ticks: texts.length > 12 ? [] : texts, of: (x) => scale(x) ?? range[0], text };
}

/** Labels at least 26 px apart. */
function thinned(ticks: readonly string[], of: (x: string) => number): string[] {
  const kept: string[] = [];
  for (const tick of ticks) if (kept.length === 0 || of(tick) - of(kept.at(-1)!) >= 26) kept.push(tick);
  return kept;
}

function scaleOfY(points: readonly CurvePoint[], unit: Unit, bound: number | null): Axis {
  const text = (y: number) => valueText(unit, y);
  const ends = points.flatMap(({ y, low, high }) => [y, low, high]).concat(bound ?? []);
  const known = ends.filter(Number.isFinite);
  const [bottom, top] = [Math.min(...known), Math.max(...known)];
  const range: [number, number] = [SIZE.height - MARGIN.bottom, MARGIN.top];
  const least = Math.min(...points.map(({ y }) => y));
  // Latencies at saturation are a hundred times those before it.
  if (unit === 'seconds' && least > 0 && top > 20 * least) {
    const scale = scaleLog([Math.max(bottom, least / 2), top], range).nice();
    const [first] = scale.domain() as [number];
    return {
      ticks: scale.ticks(4).filter((_, i, all) => all.length <= 7 || i % Math.ceil(all.length / 7) === 0),
      of: (y) => scale(Math.max(first, y)),
      text,
    };
  }
  // Shares that are all the same are drawn as a line near the top.
  const from = unit === 'share' ? Math.max(0, bottom === top ? top - 0.01 : bottom) : Math.min(0, bottom);
  const scale = scaleLinear([from, top === from ? from + 1 : unit === 'share' ? Math.min(1, top) : top], range).nice(4);
  return { ticks: scale.ticks(4), of: (y) => scale(y), text };
}

function heatMap({ title, unit, xLabel, yLabel, cells }: HeatMap): string {
  const of = (key: 'x' | 'y') => [...new Set(cells.map((cell) => cell[key]))];
  const x = scaleBand(of('x'), [MARGIN.left, SIZE.width - MARGIN.right]).padding(0.04);
  const y = scaleBand(of('y'), [SIZE.height - MARGIN.bottom, MARGIN.top]).padding(0.06);
  const values = cells.map(({ value }) => value).filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLong = low > 0 && high > 20 * low;
  const share = (value: number) =>
    high === low ? 0.5 : isLong ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const size = Math.min(10, Math.max(7, x.bandwidth() / 6));
  const boxes = cells.map((cell) => {
    const [left, top] = [x(cell.x)!, y(cell.y)!];
    const known = Number.isFinite(cell.value);
    const s = known ? share(cell.value) : 0;
    const text = x.bandwidth() < 26 ? '' : valueText(unit, cell.value);
    const ink = s > 0.6 ? '#111' : '#fff';
    return `<rect x="${px(left)}" y="${px(top)}" width="${px(x.bandwidth())}" height="${px(y.bandwidth())}" fill="${known ? interpolateViridis(s) : '#888'}"${cell.bad ? ' stroke="#d55e00" stroke-width="2"' : ''}><title>${escapeHtml(`${xLabel} ${cell.x}, ${yLabel} ${cell.y}: ${valueText(unit, cell.value)}${cell.bad ? ', a constraint fails' : ''}`)}</title></rect><text x="${px(left + x.bandwidth() / 2)}" y="${px(top + y.bandwidth() / 2 + 3)}" text-anchor="middle" style="fill:${ink};font-size:${size}px">${escapeHtml(text)}</text>`;
  });
  const columns = of('x').map(
    (value) =>
      `<text x="${px(x(value)! + x.bandwidth() / 2)}" y="${SIZE.height - MARGIN.bottom + 14}" text-anchor="middle">${escapeHtml(value)}</text>`,
  );
  const rows = of('y').map(
    (value) =>
      `<text x="${MARGIN.left - 6}" y="${px(y(value)! + y.bandwidth() / 2 + 3)}" text-anchor="end">${escapeHtml(value)}</text>`,
  );
  const note = cells.some(({ bad }) => bad) ? ' · outlined: a constraint fails' : '';
  const names = axisLabel(SIZE, `${xLabel} →, ${yLabel} ↑${note}`);
  return svg(title, SIZE, `${boxes.join('')}<g>${columns.join('')}${rows.join('')}</g>${names}`);
}

function legend({ series }: Curves): string {
  const keys = series.map(
    ({ name }, i) => `<span class="key" style="background:${COLOURS[i % COLOURS.length]}"></span>${escapeHtml(name)}`,
  );
  return `<p class="legend">${keys.join(' ')}</p>`;
}
