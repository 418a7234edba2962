import type { WindowFigures } from '../arena/meters.ts';
import type { Workload } from '../workload/workload.ts';

/** Well again: so many windows in a row whose p99 is at most so many times that of before, and errors no more than this. */
const IN_A_ROW = 3;
const MOST_P99 = 1.5;
const MOST_ERRORS = 0.002;
/** Share of errors with which a strategy was not well before either. */
const NEVER_WELL = 0.01;

/**
 * How long after the first fault (or, without any, the first rise of the load) requests fare as before again: three windows in a row
 * whose p99 is at most 1.5 times the median before, with at most 0.2 % errors more. Requests count where they end.
 * @returns ns, 0 if it never was worse; Infinity: not within the run; NaN: nothing happens, too early to know what was before,
 *   or nothing was well before
 */
export function recoveryOf(workload: Workload, windows: readonly WindowFigures[]): number {
  const start = startOf(workload);
  if (Number.isNaN(start)) return Number.NaN;
  const before = windows.filter(({ at }) => at <= start);
  if (before.length < IN_A_ROW) return Number.NaN;
  const usual = median(before.map(({ p99 }) => p99));
  const usualErrors = median(before.map(({ failed }) => failed));
  if (usualErrors > NEVER_WELL) return Number.NaN;
  const errors = usualErrors + MOST_ERRORS;
  const after = windows.filter(({ at }) => at > start);
  const isWell = ({ p99, failed }: WindowFigures) => !(p99 > MOST_P99 * usual) && failed <= errors;
  const firstBad = after.findIndex((window) => !isWell(window));
  if (firstBad < 0) return 0;
  // The first window of the first row of good ones after that.
  for (let i = firstBad + 1; i + IN_A_ROW <= after.length; i++) {
    if (after.slice(i, i + IN_A_ROW).every(isWell)) return after[i - 1]!.at - start;
  }
  return Infinity;
}

/** When the first fault begins, or the load begins to rise: ns; NaN: nothing happens at a time of its own. */
export function startOf({ faults, load }: Workload): number {
  const fault = firstFaultAt(faults);
  if (fault !== null) return fault;
  if (load.kind !== 'curve') return Number.NaN;
  const rise = load.points.findIndex(([, share], i) => share > (load.points[i - 1]?.[1] ?? share));
  return rise < 1 ? Number.NaN : load.points[rise - 1]![0];
}

/** ns; null: none begins at a time of its own. */
export function firstFaultAt(faults: Workload['faults']): number | null {
  const times = faults.flatMap((fault) => (fault.kind === 'antagonist' ? [] : [fault.at]));
  return times.length === 0 ? null : Math.min(...times);
}

function median(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? Number.NaN;
}
