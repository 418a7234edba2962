import { escapeHtml } from './frame.ts';

/** What pictures on pages are made of: SVG as text, drawn when the page is written, so that the page needs no script. */

/** The size of a picture and what is left free around its plot. User units, which are px at full width. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number };
}

/** Told apart by colour-blind people too. @source M. Okabe & K. Ito, Color Universal Design, 2008 */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c6d31', '#7f7f7f'];

/** @param label what a reader hears who does not see it */
export function svg(label: string, { width, height }: Canvas, content: string): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">${content}</svg>`;
}

/** Below the plot, in its middle. */
export function axisLabel({ width, height, margin }: Canvas, text: string): string {
  return `<text x="${(margin.left + width - margin.right) / 2}" y="${height - 8}" text-anchor="middle">${escapeHtml(text)}</text>`;
}

/** Two decimals: the same bytes on every machine, and small files. */
export function px(value: number): number {
  return Math.round(value * 100) / 100;
}
