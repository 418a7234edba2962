/** How figures read in sentences: rounded for people, with a unit. */

const SECOND = 1e9;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** `2 h 49 min`, `5 min 10 s`, `1.2 s`, `40 ms`: two units at most. @param ns */
export function span(ns: number): string {
  if (Math.round(ns / SECOND) >= HOUR / SECOND) {
    const hours = Math.floor(Math.round(ns / MINUTE) / 60);
    const minutes = Math.round(ns / MINUTE) % 60;
    return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  }
  if (Math.round(ns / SECOND) >= MINUTE / SECOND) {
    const minutes = Math.floor(Math.round(ns / SECOND) / 60);
    const seconds = Math.round(ns / SECOND) % 60;
    return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
  }
  return latency(ns);
}

/** Three significant digits: `1.25 s`, `38.2 ms`, `250 µs`. NaN: `–`. @param ns */
export function latency(ns: number): string {
  if (Number.isNaN(ns)) return '–';
  if (ns >= SECOND) return `${digits(ns / SECOND)} s`;
  if (ns >= 1e6) return `${digits(ns / 1e6)} ms`;
  if (ns >= 1e3) return `${digits(ns / 1e3)} µs`;
  return `${Math.round(ns)} ns`;
}

/** A moment of the run: `1:02:30`. @param ns */
export function clock(ns: number): string {
  const seconds = Math.round(ns / SECOND);
  const pad = (n: number) => String(n).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

/** `83 %`, `4.2 %`, `99.97 %`: enough digits to tell it from 0 and from all; at the utmost `0.001 %` and `99.999 %`. */
export function percent(share: number): string {
  if (Number.isNaN(share)) return '–';
  if (share === 0 || share === 1) return `${share * 100} %`;
  const value = Math.min(99.999, Math.max(0.001, share * 100));
  const distance = Math.min(value, 100 - value);
  const decimals = distance >= 4.95 ? 0 : distance >= 0.95 ? 1 : distance >= 0.0095 ? 2 : 3;
  return `${Number(value.toFixed(decimals))} %`;
}

/** `1,234,567`. */
export function count(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** `15.6 million USD`, `3,400 USD`. */
export function money(amount: number, currency: string): string {
  if (amount >= 1e6) return `${digits(amount / 1e6)} million ${currency}`;
  return `${count(amount)} ${currency}`;
}

/** `1 Pod`, `3 Pods`. */
export function plural(n: number, noun: string): string {
  const several = /(s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
  return `${count(n)} ${n === 1 ? noun : several}`;
}

function digits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
