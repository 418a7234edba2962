import { columnsOf, rowsOf } from '../../page/axes.ts';
import { escapeHtml } from '../../page/frame.ts';
import { axisLabel, type Canvas, px, svg } from '../../page/svg.ts';
import { nameAt } from './place-names.ts';
import type { ScaleAxis } from './scales.ts';

export type Point = readonly [x: number, y: number];

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

/** Many lines, of which some are spoken of: those have a style and a name at their end, the others are a grey background. */
export interface FocusLines {
  /** What a reader hears who does not see it. */
  readonly label: string;
  readonly xLabel: string;
  readonly x: (range: readonly [number, number]) => ScaleAxis;
  readonly y: (range: readonly [number, number]) => ScaleAxis;
  /** Where names stand: beside the ends of their lines; or, where all end in the same place, one below the other, by their last x. */
  readonly names: 'ends' | 'ordered';
  readonly lines: readonly Line[];
  /** Names of those spoken of, and the class of each. */
  readonly focus: ReadonlyMap<string, string>;
  /** A place on the x axis that is spoken of. */
  readonly mark: { readonly at: number; readonly text: string } | null;
}

const SIZE: Canvas = { width: 430, height: 236, margin: { top: 10, right: 152, bottom: 38, left: 52 } };
const { width, height, margin } = SIZE;
/** Height of a name, px. */
const LINE = 11;

export function focusLines(chart: FocusLines): string {
  const x = chart.x([margin.left, width - margin.right]);
  const y = chart.y([height - margin.bottom, margin.top]);
  const placed = chart.lines.map(({ name, points }) => ({ name, points: thinned(points, x, y) }));
  const known = placed.filter(({ points }) => points.length > 0);
  const grey = known.filter(({ name }) => !chart.focus.has(name)).map(({ points }) => pathOf(points));
  const shown = known.filter(({ name }) => chart.focus.has(name));
  const lines = shown.map(({ name, points }) => `<path class="l ${chart.focus.get(name)}" d="${pathOf(points)}"/>`);
  return svg(
    chart.label,
    SIZE,
    `${rowsOf(SIZE, y)}${columnsOf(SIZE, x)}${markOf(chart, x)}<path class="all" d="${grey.join('')}"/>${lines.join('')}${namesOf(shown, chart)}${axisLabel(SIZE, chart.xLabel)}`,
  );
}

function markOf({ mark }: FocusLines, { of, domain }: ScaleAxis): string {
  if (mark === null || mark.at < domain[0] || mark.at > domain[1]) return '';
  const at = px(of(mark.at));
  return `<line class="mark" x1="${at}" x2="${at}" y1="${margin.top}" y2="${height - margin.bottom}"/><text x="${px(at + 4)}" y="${margin.top + 8}">${escapeHtml(mark.text)}</text>`;
}

/** In px, without points that stand on the one before: the eye would not tell them apart. */
function thinned(points: readonly Point[], x: ScaleAxis, y: ScaleAxis): Point[] {
  const kept: Point[] = [];
  points.forEach(([a, b], i) => {
    if (Number.isNaN(a) || Number.isNaN(b)) return;
    const here: Point = [Math.round(x.of(a) * 10) / 10, Math.round(y.of(b) * 10) / 10];
    const last = kept.at(-1);
    const isEnd = i === points.length - 1;
    if (last === undefined || isEnd || Math.abs(here[0] - last[0]) + Math.abs(here[1] - last[1]) >= 1.5)
      kept.push(here);
  });
  return kept;
}

/** Steps from point to point are shorter than places. */
function pathOf(points: readonly Point[]): string {
  let text = '';
  let [x, y] = [0, 0];
  points.forEach(([a, b], i) => {
    const [right, down] = [Math.round((a - x) * 10) / 10, Math.round((b - y) * 10) / 10];
    text += `${i === 0 ? 'm' : i === 1 ? 'l' : right < 0 ? '' : ' '}${right}${down < 0 ? '' : ' '}${down}`;
    [x, y] = [a, b];
  });
  return text.replace(/^m/, 'M');
}

/** Beside the end of each line, moved apart where they would cover each other; or in order, each with a piece of its line. */
function namesOf(shown: readonly { name: string; points: readonly Point[] }[], { names, focus }: FocusLines): string {
  const isOrdered = names === 'ordered';
  const ends = shown
    .map(({ name, points }) => ({ name, x: points.at(-1)![0], y: points.at(-1)![1] }))
    .toSorted((a, b) => (isOrdered ? a.x - b.x : a.y - b.y));
  const places = apart(
    ends.map(({ y }, i) => (isOrdered ? margin.top + 10 + i * (LINE + 2) : y)),
    LINE,
    [margin.top + 4, height - margin.bottom],
  );
  const left = width - margin.right + 22;
  return ends
    .map(({ name, x, y }, i) => {
      const at = px(places[i]!);
      const lead = isOrdered ? `M${left - 18} ${at}H${left - 2}` : `M${px(x)} ${px(y)}L${left - 12} ${at}H${left - 2}`;
      return `<path class="l ${focus.get(name)} lead" d="${lead}"/>${nameAt(name, [left, at + 3], width - left - 2)}`;
    })
    .join('');
}

/** Ascending places as near to those wanted as can be, at least `gap` apart and within the range. */
export function apart(wanted: readonly number[], gap: number, [from, to]: readonly [number, number]): number[] {
  const places = wanted.map((y) => Math.min(Math.max(y, from), to));
  for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i]!, places[i - 1]! + gap);
  const over = (places.at(-1) ?? 0) - to;
  if (over > 0) {
    places[places.length - 1] = to;
    for (let i = places.length - 2; i >= 0; i--) places[i] = Math.min(places[i]!, places[i + 1]! - gap);
  }
  return places;
}
