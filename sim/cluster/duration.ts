/**
 * Durations as Go and Kubernetes write them, always with a unit: `250us`, `1.5s`, `1h30m`. Inside the simulator they are
 * integer nanoseconds in a float64.
 * @source https://pkg.go.dev/time#ParseDuration
 */

const MICROSECOND = 1e3;
export const MILLISECOND = 1e6;
export const SECOND = 1e9;
export const MINUTE = 60e9;
const HOUR = 3600e9;

/** The longest time that is exact to the nanosecond in a float64: 2^53 ns, about 104 days. */
export const LONGEST_DURATION = Number.MAX_SAFE_INTEGER;

/** What `parseDuration` reads, for JSON Schema and messages. */
export const DURATION_PATTERN = '^((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+$';

const UNITS: Record<string, number> = {
  ns: 1,
  us: MICROSECOND,
  µs: MICROSECOND, // U+00B5
  μs: MICROSECOND, // U+03BC
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};
const WHOLE = new RegExp(DURATION_PATTERN);
const PART = /(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * @param text numbers with units, summed. Unlike Go's, a 0 has a unit too, and there is no sign: the simulator has no use for
 *   negative times
 * @returns ns, rounded to the nearest integer
 * @throws Error that says what is wrong: no unit, an unknown unit, too long to be exact
 */
export function parseDuration(text: string): number {
  if (text.length > 100 || !WHOLE.test(text)) throw new Error(complaint(text));
  let total = 0;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(PART)) {
    const scale = UNITS[unit]!;
    total += Number(whole) * scale + Math.round((Number(fraction) * scale) / 10 ** fraction.length);
  }
  if (total > LONGEST_DURATION) throw new Error(`"${text}" is longer than 104 days (2^53 ns)`);
  return total;
}

/**
 * @param ns integer, not negative; Infinity gives `unlimited`
 * @returns the shortest exact form, which `parseDuration` reads back: `0s`, `1.5ms`, `2h`, `1h30m0.25s`
 */
export function formatDuration(ns: number): string {
  if (ns === Number.POSITIVE_INFINITY) return 'unlimited';
  if (ns === 0) return '0s';
  if (ns < MICROSECOND) return `${ns}ns`;
  if (ns < MILLISECOND) return `${decimal(ns, 3)}us`;
  if (ns < SECOND) return `${decimal(ns, 6)}ms`;
  const hours = Math.floor(ns / HOUR);
  const minutes = Math.floor((ns % HOUR) / MINUTE);
  const rest = ns % MINUTE;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${rest > 0 ? `${decimal(rest, 9)}s` : ''}`;
}

/** `value` / 10^`places`, exactly, without trailing zeros. */
function decimal(value: number, places: number): string {
  const scale = 10 ** places;
  const fraction = String(value % scale)
    .padStart(places, '0')
    .replace(/0+$/, '');
  return `${Math.floor(value / scale)}${fraction === '' ? '' : `.${fraction}`}`;
}

function complaint(text: string): string {
  if (/^\s*-/.test(text)) return `"${text}" is negative`;
  if (/^\d+\.?\d*$/.test(text)) return `"${text}" has no unit: write ${text}s or ${text}ms`;
  const unit = /^\d+\.?\d*\s*([a-zA-Zµμ]+)$/.exec(text)?.[1];
  if (unit !== undefined && UNITS[unit] === undefined) {
    return `"${text}" has an unknown unit "${unit}": the units are ns, us, ms, s, m and h`;
  }
  return `"${text.slice(0, 40)}" is not a duration such as 250us, 1.5s or 1h30m`;
}
