import { symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3';
import { type Axis, columnsOf, rowsOf } from '../../page/axes.ts';
import { escapeHtml } from '../../page/frame.ts';
import { axisLabel, type Canvas, px, svg } from '../../page/svg.ts';
import type { Place } from '../../strategies/strategy.ts';
import { placeNames } from './place-names.ts';
import { extentOf, logAxis, numberTick } from './scales.ts';
import { times } from './sentences.ts';

export interface FrontPoint {
  readonly name: string;
  readonly runs: Place;
  /** What is gained: less is better. */
  readonly ratio: number;
  /** What is paid for it. */
  readonly cost: number;
  readonly onFront: boolean;
}

/** Latency against what is paid for it: every strategy a point, the front a line of steps. */
export interface FrontChart {
  readonly label: string;
  readonly xLabel: string;
  /** Every other value of the x axis stands a line lower: long ones have room then. */
  readonly staggered: boolean;
  readonly points: readonly FrontPoint[];
  readonly focus: ReadonlyMap<string, number>;
  readonly x: (range: readonly [number, number]) => Axis;
}

const SIZE: Canvas = { width: 500, height: 330, margin: { top: 14, right: 16, bottom: 50, left: 50 } };
const { width, height, margin } = SIZE;
/** The shape of a point says where the strategy runs. */
const SHAPES = {
  kernel: symbolSquare,
  client: symbolCircle,
  proxy: symbolTriangle,
  dispatcher: symbolDiamond,
} satisfies Record<Place, unknown>;

export function frontChart({ label, xLabel, staggered, points, focus, x: xOf }: FrontChart): string {
  const x = xOf([margin.left + 8, width - margin.right - 8]);
  const near = points.filter((point) => !isFar(point, points)).map(({ ratio }) => ratio);
  const [low, high] = extentOf(near) ?? [1, 2];
  const y = logAxis(
    [Math.min(1, low) * 0.97, high * 1.1],
    [height - margin.bottom, margin.top],
    (ratio) => `${numberTick(ratio)} ×`,
  );
  const placed = points.map((point, i) => ({
    ...point,
    at: [px(x.of(point.cost) + aside(points, i)), px(y.of(point.ratio))] as const,
    isNamed: focus.has(point.name) || point.onFront,
  }));
  const dots = placed
    .toSorted((a, b) => Number(a.isNamed) - Number(b.isNamed))
    .map(({ name, runs, ratio, at: [a, b] }) => {
      const style = focus.has(name) ? ` f${focus.get(name)}` : '';
      return `<path class="dot${style}" transform="translate(${a} ${b})" d="${shapeOf(runs)}"><title>${escapeHtml(`${name}: ${times(ratio)}`)}</title></path>`;
    });
  const steps = placed
    .filter(({ onFront }) => onFront)
    .toSorted((a, b) => a.at[0] - b.at[0])
    .map(({ at: [a, b] }, i) => (i === 0 ? `M${a} ${b}` : `H${a}V${b}`));
  const names = placeNames(
    placed.filter(({ isNamed }) => isNamed).map(({ name, at }) => ({ text: name, at })),
    placed.map(({ at }) => at),
    { left: margin.left, right: width, top: 0, bottom: height - margin.bottom },
  );
  const every = (rest: number): Axis => ({ ...x, ticks: x.ticks.filter((_, i) => i % 2 === rest) });
  const columns = staggered
    ? `${columnsOf(SIZE, every(0))}<g transform="translate(0 11)">${columnsOf(SIZE, every(1))}</g>`
    : columnsOf(SIZE, x);
  return svg(
    label,
    SIZE,
    `${rowsOf(SIZE, y)}${columns}<path class="front" d="${steps.join('')}"/>${dots.join('')}${names}${axisLabel(SIZE, xLabel)}`,
  );
}

/** One of a few that are far behind all others: it stands at the upper edge. */
export function isFar({ ratio }: { readonly ratio: number }, all: readonly { readonly ratio: number }[]): boolean {
  const ratios = all.map((each) => each.ratio).sort((a, b) => a - b);
  return ratio > 1.5 * (ratios[Math.ceil(ratios.length * 0.9) - 1] ?? Infinity);
}

/** @param size px² */
export function shapeOf(runs: Place, size = 46): string {
  return symbol(SHAPES[runs], size)()!.replace(/\d+\.\d+/g, (number) => String(px(Number(number))));
}

/** Those of the same cost stand beside each other: a few px to the left and right, by turns. */
function aside(points: readonly FrontPoint[], i: number): number {
  const before = points.slice(0, i).filter(({ cost }) => cost === points[i]!.cost).length % 7;
  return (before % 2 === 0 ? 1 : -1) * Math.ceil(before / 2) * 5;
}
