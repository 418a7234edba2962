import type { Outcome } from '../../sim/trace/outcomes.ts';

/** Outcomes that are drawn alike. Colours are those of Okabe and Ito, told apart under all three dichromacies; the rest are custom properties of app.css. */
export interface OutcomeGroup {
  readonly key: string;
  readonly label: string;
  readonly outcomes: readonly Outcome[];
  /** Did the caller not get what it wanted? */
  readonly failed: boolean;
}

/** In the order in which they are stacked, from the ground up. Together they hold every outcome once. */
export const OUTCOME_GROUPS: readonly OutcomeGroup[] = [
  { key: 'ok', label: 'ok', outcomes: ['ok'], failed: false },
  { key: 'retried', label: 'ok after retry', outcomes: ['okAfterRetry'], failed: false },
  { key: 'idle', label: 'unfinished', outcomes: ['inFlight', 'cancelled'], failed: false },
  { key: 'timeout', label: 'time-out', outcomes: ['connectTimeout', 'requestTimeout'], failed: true },
  { key: 'error', label: 'error', outcomes: ['refused', 'reset', 'unreachable', 'httpError'], failed: true },
  { key: 'pool', label: 'pool wait', outcomes: ['poolTimeout'], failed: true },
  { key: 'dns', label: 'DNS failure', outcomes: ['dnsFailure'], failed: true },
  { key: 'shed', label: 'held back', outcomes: ['circuitOpen', 'budgetExhausted'], failed: true },
  { key: 'wrong', label: 'wrong backend', outcomes: ['wrongBackend'], failed: true },
  { key: 'abandoned', label: 'abandoned', outcomes: ['abandoned'], failed: true },
];

const groupByOutcome = new Map<string, number>(
  OUTCOME_GROUPS.flatMap(({ outcomes }, group) => outcomes.map((outcome) => [outcome, group] as const)),
);

/** @returns index into OUTCOME_GROUPS; -1 for a name that is no outcome */
export function groupOf(outcome: string | number | undefined): number {
  return groupByOutcome.get(String(outcome)) ?? -1;
}
