/**
 * Wall-clock times of manifests and of what is printed. Inside the simulation a time is ns since the run's start.
 */

/** What the start of every run is on the calendar (ms), so that a run is a pure function of its input. */
const START = Date.UTC(2026, 0, 1);

/** RFC 3339 as Kubernetes writes it, with or without a fraction. */
const RFC3339 = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/;

/** @returns ns since the run's start, negative before it; null where the text is no RFC 3339 time */
export function parseTime(text: string): number | null {
  const [, seconds, fraction = '', zone] = RFC3339.exec(text) ?? [];
  const milliseconds = seconds === undefined ? Number.NaN : Date.parse(`${seconds}${zone}`);
  return Number.isNaN(milliseconds) ? null : (milliseconds - START) * 1e6 + Number(fraction.slice(0, 9).padEnd(9, '0'));
}

/** @param time ns since the run's start @returns such as `2026-01-01T00:31:00Z`: to the second, as the API prints it */
export function formatTime(time: number): string {
  const milliseconds = START + Math.floor(time / 1e9) * 1000;
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** @param time ns since the run's start @returns such as `2026-01-01T00:31:00.25Z`: to the nanosecond, without trailing zeros */
export function formatTimeNano(time: number): string {
  const nanos = time - Math.floor(time / 1e9) * 1e9;
  const fraction = String(nanos).padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? formatTime(time) : formatTime(time).replace('Z', `.${fraction}Z`);
}
