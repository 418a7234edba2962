import { escapeHtml } from '../../page/frame.ts';
import { type Canvas, px, svg } from '../../page/svg.ts';
import { nameAt } from './place-names.ts';
import { extentOf } from './scales.ts';

export interface BarChart {
  readonly label: string;
  readonly bars: readonly {
    readonly name: string;
    readonly value: number;
    readonly text: string;
    /** What it must be at least, as a stroke over the bar; NaN: nothing. */
    readonly least: number;
  }[];
  readonly focus: ReadonlyMap<string, number>;
  text(value: number): string;
}

const WIDTH = 430;
const MARGIN = { top: 18, right: 54, bottom: 8, left: 152 };
/** Height of a bar with its gap, px. */
const ROW = 13;

/** A bar a strategy, the shortest first. */
export function barChart({ label, bars, focus, text }: BarChart): string {
  const sorted = bars.toSorted((a, b) => a.value - b.value);
  const size: Canvas = { width: WIDTH, height: MARGIN.top + sorted.length * ROW + MARGIN.bottom, margin: MARGIN };
  const longest = extentOf(sorted.flatMap(({ value, least }) => [value, least]))?.[1] ?? 0;
  const right = WIDTH - MARGIN.right;
  const of = (value: number) => px(Math.min(right, MARGIN.left + ((right - MARGIN.left) * value) / (longest || 1)));
  const rows = sorted.map(({ name, value, text: written, least }, i) => {
    const y = MARGIN.top + i * ROW;
    const style = focus.has(name) ? ` f${focus.get(name)}` : '';
    const stroke = Number.isNaN(least)
      ? ''
      : `<line class="least" x1="${of(least)}" x2="${of(least)}" y1="${y}" y2="${y + 12}"/>`;
    const end = Math.max(of(value), Number.isNaN(least) ? 0 : of(least));
    return `${nameAt(name, [MARGIN.left - 5, y + 9], MARGIN.left - 7, 'end')}<rect class="bar${style}" x="${MARGIN.left}" y="${y + 1.5}" width="${px(of(value) - MARGIN.left)}" height="9"/>${stroke}<text x="${px(end + 5)}" y="${y + 9}">${escapeHtml(written)}</text>`;
  });
  const least = sorted.find((bar) => !Number.isNaN(bar.least))?.least;
  const note =
    least === undefined
      ? ''
      : `<text x="${of(least)}" y="11" text-anchor="middle">${escapeHtml(`had to: ${text(least)}`)}</text>`;
  return svg(label, size, note + rows.join(''));
}
