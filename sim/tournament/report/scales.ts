import { scaleLinear, scaleLog } from 'd3';
import type { Axis } from '../../page/axes.ts';
import { timeText } from './figure-text.ts';

type Pair = readonly [number, number];

/** An axis from the least to the greatest of what is drawn on it. */
export interface ScaleAxis extends Axis {
  readonly domain: Pair;
}

/** By powers of ten; between them too, as far as there is room. Values outside are drawn at the edge. @param gap between ticks at least, px */
export function logAxis([low, high]: Pair, range: Pair, text: (value: number) => string, gap = 15): ScaleAxis {
  const top = high > low ? high : low * 2;
  const scale = scaleLog([low, top], range).clamp(true);
  const decades = Math.log10(top / low);
  const steps = decades > 3 ? [1] : decades > 1 ? [1, 3] : [1, 1.5, 2, 3, 5, 7];
  const powers = Array.from({ length: Math.ceil(decades) + 2 }, (_, i) => 10 ** (Math.floor(Math.log10(low)) + i));
  const all = powers.flatMap((power) => steps.map((step) => rounded(power * step)));
  const ticks = all.filter((tick) => tick >= low * 0.999 && tick <= top * 1.001);
  return { ticks: spaced(ticks, scale, gap), of: scale, text, domain: [low, top] };
}

export function linearAxis([low, high]: Pair, range: Pair, text: (value: number) => string, room = 5): ScaleAxis {
  const scale = scaleLinear([low, high > low ? high : low + 1], range)
    .nice(room)
    .clamp(true);
  const [from, to] = scale.domain() as [number, number];
  return { ticks: scale.ticks(room), of: scale, text, domain: [from, to] };
}

/** Lines that go so many times as high as the middle one would press all others together. */
const FAR = 3;

/** As `extentOf`, but what goes far beyond the middle line does not count, unless it is one of `always`. */
export function extentOfMost(
  lines: readonly { readonly name: string; readonly values: readonly number[] }[],
  always: ReadonlySet<string>,
): [number, number] | null {
  const extents = lines.flatMap(({ name, values }) => {
    const extent = extentOf(values);
    return extent === null ? [] : [{ name, low: extent[0], high: extent[1] }];
  });
  const highs = extents.map(({ high }) => high).sort((a, b) => a - b);
  const most = FAR * (highs[Math.floor(highs.length / 2)] ?? Number.NaN);
  return extentOf(extents.flatMap(({ name, low, high }) => (high <= most || always.has(name) ? [low, high] : [])));
}

/** Least and greatest of the finite; null: there are none. */
export function extentOf(values: Iterable<number>): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? null : [low, high];
}

/** `212 ms`, on a scale: `200 ms`, `1 s`. */
export function timeTick(ns: number): string {
  return timeText(ns)
    .replace(/(\.\d*?)0+(?= )/, '$1')
    .replace(/\.(?= )/, '');
}

/** `1 %`, `0.01 %`: of shares that are powers of ten. */
export function shareTick(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

export function numberTick(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Powers of ten first, then those that have room between them; ascending. */
function spaced(ticks: readonly number[], of: (value: number) => number, gap: number): number[] {
  const kept: number[] = [];
  const isPower = (tick: number) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6);
  for (const tick of [...ticks.filter(isPower), ...ticks])
    if (kept.every((other) => Math.abs(of(other) - of(tick)) >= gap)) kept.push(tick);
  return kept.sort((a, b) => a - b);
}

/** Without the dust of binary fractions. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
