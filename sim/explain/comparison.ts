import { count, latency, money, percent } from './figures.ts';
import type { Summary } from './summary.ts';

/** One run's row in the comparison of a scenario's variants. */
export interface ComparisonRow {
  name: string;
  success: number;
  /** seconds */
  p50: number;
  p99: number;
  /** Of the client policy that retried most, retries per call in its worst minute. */
  peakRetries: number;
  /** Longest p99 wait for a connection, seconds. */
  peakPoolWait: number;
  /** Of the ready Pods that came after the start, in the worst incident: share of CPU idle; NaN without an incident. */
  freshIdle: number;
  minutesBelow99: number;
  lost: number;
  currency: string;
}

export function comparisonRow(name: string, summary: Summary): ComparisonRow {
  const traffic = Object.values(summary.traffic)[0]!;
  const clients = Object.values(summary.clients);
  return {
    name,
    success: traffic.success,
    p50: traffic.latency.p50,
    p99: traffic.latency.p99,
    peakRetries: Math.max(0, ...clients.map((client) => client.peakRetriesPerCall)),
    peakPoolWait: Math.max(0, ...clients.map((client) => client.pool.waitP99 ?? 0)),
    freshIdle: summary.freshCapacity?.idle ?? Number.NaN,
    minutesBelow99: summary.availability.minutesBelow99,
    lost: summary.business?.lost ?? 0,
    currency: summary.business?.currency ?? '',
  };
}

export const COMPARISON_HEADINGS = [
  'VARIANT',
  'SUCCESS',
  'P50',
  'P99',
  'PEAK RETRIES/CALL',
  'POOL WAIT P99',
  'FRESH PODS IDLE',
  'MIN < 99 %',
  'LOST',
] as const;

/** The row's cells as text, in the order of the headings. */
export function comparisonCells(row: ComparisonRow): string[] {
  return [
    row.name,
    percent(row.success),
    latency(row.p50 * 1e9),
    latency(row.p99 * 1e9),
    row.peakRetries.toFixed(2),
    row.peakPoolWait > 0 ? latency(row.peakPoolWait * 1e9) : 'none',
    percent(row.freshIdle),
    row.minutesBelow99 >= 10 ? count(row.minutesBelow99) : row.minutesBelow99.toFixed(1),
    row.currency === '' ? '–' : money(row.lost, row.currency),
  ];
}
