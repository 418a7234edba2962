import { type ScaleLinear, scaleLinear } from 'd3';

/** Room on the left of every lane and chart, for labels, and on the right; CSS pixels. */
export function gutters(width: number): { left: number; right: number } {
  return width < 560 ? { left: 62, right: 8 } : { left: 76, right: 14 };
}

/** The one scale that all lanes and charts share: ns to CSS pixels of a panel as wide as `width`. */
export function timeScale(from: number, to: number, width: number): ScaleLinear<number, number> {
  const { left, right } = gutters(width);
  return scaleLinear([from, to], [left, Math.max(left + 1, width - right)]);
}

const STEPS_S = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  14400, 28800, 86400,
];

/** Round instants for an axis, about one per `gap` pixels. @returns them and the step between, ns */
export function timeTicks(scale: ScaleLinear<number, number>, gap = 90): { ticks: number[]; step: number } {
  const [from, to] = scale.domain() as [number, number];
  const [left, right] = scale.range() as [number, number];
  const wanted = ((to - from) / 1e9 / Math.max(1, right - left)) * gap;
  const step = (STEPS_S.find((seconds) => seconds >= wanted) ?? STEPS_S.at(-1)!) * 1e9;
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to && ticks.length < 100; i++) ticks.push(i * step);
  return { ticks, step };
}
