import { count, latency, money, percent } from '../explain/figures.ts';
import type { Interval } from '../stats/student-t.ts';
import type { Metric, Unit } from './metrics.ts';

/** A figure for people: `212 ms`, `99.97 %`. @param currency of money */
export function valueText(unit: Unit, value: number, currency = ''): string {
  if (Number.isNaN(value)) return '–';
  if (value === Number.POSITIVE_INFINITY) return '∞';
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  switch (unit) {
    case 'seconds':
      return sign + (size === 0 ? '0 s' : latency(size * 1e9));
    case 'share':
      return sign + percent(size);
    case 'money':
      return sign + money(size, currency);
    case 'perSecond':
      return `${sign}${size >= 100 ? count(size) : Number(size.toPrecision(3))}/s`;
    case 'count':
      return sign + (size >= 100 || Number.isInteger(size) ? count(size) : String(Number(size.toPrecision(3))));
  }
}

/** `212 ms ± 5.1 ms`; without a half-width the value alone. */
export function intervalText(
  { unit }: Metric,
  { mean, halfWidth }: Pick<Interval, 'mean' | 'halfWidth'>,
  currency = '',
): string {
  const value = valueText(unit, mean, currency);
  if (Number.isNaN(mean) || halfWidth === 0) return value;
  return `${value} ± ${Number.isFinite(halfWidth) ? valueText(unit, halfWidth, currency) : '?'}`;
}
