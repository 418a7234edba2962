import { count, latency, percent } from '../../explain/figures.ts';
import type { Figure } from '../replication.ts';
import type { Estimate } from '../result.ts';

const LATENCIES: readonly Figure[] = ['p50', 'p90', 'p99', 'p999', 'mean'];

/** A figure as people read it: `185 ms`, `0.4 %`. */
export function figureText(figure: Figure, value: number): string {
  if (Number.isNaN(value)) return '–';
  if (LATENCIES.includes(figure) || figure === 'recovery') return timeText(value);
  if (figure === 'errors' || figure === 'moved' || figure === 'forced') return percent(value);
  if (figure === 'queueMax') return value.toFixed(0);
  if (figure === 'goodput') return `${count(value)}/s`;
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** `12.3 ms`; `> 40 s` where it is more; without a figure `–`. */
export function meanText(figure: Figure, estimate: Estimate | null): string {
  if (estimate === null) return '–';
  return `${estimate.isMore ? '> ' : ''}${figureText(figure, estimate.mean)}`;
}

/** With the half-width of its interval, where there is one. */
export function estimateText(figure: Figure, estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const { mean, halfWidth } = estimate;
  const text = figureText(figure, mean);
  if (halfWidth === null || !(mean > 0)) return text;
  const share = (100 * halfWidth) / mean;
  return `${text} ±${share < 9.5 ? share.toFixed(1) : share.toFixed(0)} %`;
}

/** @param ns */
export function timeText(ns: number): string {
  return ns === 0 ? '0 s' : latency(ns);
}
