import { escapeHtml } from './frame.ts';
import { type Canvas, px } from './svg.ts';

/** An axis as it is drawn: where a value lies, which values have a mark, and what stands there. */
export interface Axis<Value = number> {
  readonly ticks: readonly Value[];
  of(value: Value): number;
  text(tick: Value): string;
}

/** Lines from the left to the right, each with its value before it. */
export function rowsOf<Value>({ width, margin }: Canvas, { ticks, of, text }: Axis<Value>): string {
  const lines = ticks.map((tick) => {
    const y = px(of(tick));
    return `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y}" y2="${y}"/><text x="${margin.left - 6}" y="${px(y + 3)}" text-anchor="end">${escapeHtml(text(tick))}</text>`;
  });
  return `<g class="grid">${lines.join('')}</g>`;
}

/** Values below the plot. */
export function columnsOf<Value>({ height, margin }: Canvas, { ticks, of, text }: Axis<Value>): string {
  const texts = ticks.map(
    (tick) =>
      `<text x="${px(of(tick))}" y="${height - margin.bottom + 14}" text-anchor="middle">${escapeHtml(text(tick))}</text>`,
  );
  return `<g>${texts.join('')}</g>`;
}
