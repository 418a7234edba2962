import { interpolateViridis, rgb } from 'd3';
import { escapeHtml } from '../../page/frame.ts';
import { scrolling } from '../../page/table.ts';
import type { Material } from './material.ts';
import { MEASURES } from './measures.ts';
import { bareTimes } from './sentences.ts';

/** Every strategy in every workload: its figure over the least of the workload, the best over all first. */
export function matrixOf({ result, strategies, focus }: Material): string {
  const { workloads, overall, rankedBy } = result;
  const figureOf = workloads.map(({ rows }) => new Map(rows.map((row) => [row.strategy, row.figures[rankedBy]?.mean])));
  const least = workloads.map(({ rows }) => rows[0]?.figures[rankedBy]?.mean ?? Number.NaN);
  const head = workloads.map(({ name }) => `<th scope="col"><a href="#${idOf(name)}">${escapeHtml(name)}</a></th>`);
  const rows = overall.map(({ strategy, ratio, firsts }) => {
    const style = focus.get(strategy);
    const key = style === undefined ? '' : `<span class="swatch f${style}"></span>`;
    const cells = workloads.map((_, i) => shaded((figureOf[i]!.get(strategy) ?? Number.NaN) / least[i]!));
    const { knows, runs } = strategies.get(strategy)!;
    return `<tr><th scope="row">${key}${escapeHtml(strategy)}</th><td class="text">${knows}</td><td class="text">${runs}</td><td>${firsts}</td><td><b>${bareTimes(ratio)}</b></td>${cells.join('')}</tr>`;
  });
  const table = `<table class="matrix"><thead><tr><th scope="col">strategy</th><th scope="col" class="text">knows</th><th scope="col" class="text">runs in</th><th scope="col">first in</th><th scope="col">mean</th>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return scrolling(`${MEASURES[rankedBy].heading} over the least of each workload`, table);
}

/** Darker is longer: on a scale of logarithms from 1 to 10 times. */
function shaded(ratio: number): string {
  if (!Number.isFinite(ratio)) return '<td>–</td>';
  const share = Math.min(1, Math.log10(Math.max(1, ratio)));
  const colour = interpolateViridis(1 - share * 0.9);
  return `<td style="background:${colour};color:${inkOn(colour)}">${bareTimes(ratio)}</td>`;
}

/** Black or white, whichever is told better from the colour; either way the contrast is 4.5 at least. @source WCAG 2.2, relative luminance */
function inkOn(colour: string): string {
  const { r, g, b } = rgb(colour);
  const [red, green, blue] = [r, g, b].map((part) => ((part / 255 + 0.055) / 1.055) ** 2.4) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff';
}

/** Where a workload's ranking stands in the page. */
export function idOf(workload: string): string {
  return `workload-${workload}`;
}
