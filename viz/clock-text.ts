/** Times, durations and rates as the page writes them. */

/** Time of the run: `1:02:03`, with as many decimals as a step of `step` ns needs. */
export function clockText(time: number, step = 1e9): string {
  const decimals = step >= 1e9 ? 0 : Math.min(6, Math.ceil(-Math.log10(step / 1e9)));
  const unit = 10 ** decimals;
  const units = Math.round((time / 1e9) * unit);
  const seconds = Math.floor(units / unit);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const fraction = decimals > 0 ? `.${String(units % unit).padStart(decimals, '0')}` : '';
  return `${h}:${String(m).padStart(2, '0')}:${String(s).padStart(2, '0')}${fraction}`;
}

/** The same in words, for those who listen: `1 hour 2 minutes 3 seconds`. */
export function spokenTime(time: number): string {
  const seconds = Math.floor(time / 1e9);
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ];
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`);
  return said.length > 0 ? said.join(' ') : '0 seconds';
}

/** `850 µs`, `25 ms`, `1.5 s`, `12 min`, `3 h`: at most three digits. */
export function durationText(ns: number): string {
  if (!Number.isFinite(ns)) return '–';
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 999_500) return `${digits(ns / 1e3)} µs`;
  if (ns < 999_500_000) return `${digits(ns / 1e6)} ms`;
  if (ns < 120e9) return `${digits(ns / 1e9)} s`;
  if (ns < 120 * 60e9) return `${digits(ns / 60e9)} min`;
  return `${digits(ns / 3600e9)} h`;
}

/** By number of decimals. Made once: `toLocaleString` would make one in each call, 30 times as slow. */
const FORMATS = [0, 1, 2].map((decimals) => new Intl.NumberFormat('en', { maximumFractionDigits: decimals }));

/** At most three digits, thousands apart: `0.25`, `12.3`, `1,234`. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  const decimals = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2;
  const text = FORMATS[decimals]!.format(value);
  return text === '-0' ? '0' : text;
}

/** 0.1234 → `12.3 %`; what is not quite everything, or nothing, is never rounded to it. */
export function percentText(ratio: number): string {
  if (!Number.isFinite(ratio)) return '–';
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.005) return '< 0.01 %';
  if (percent > 99.9 && percent < 100) return `${Math.floor(percent * 1000) / 1000} %`;
  return `${digits(percent)} %`;
}
