import type { TestResult } from './run-tests.ts';

/** Each Test counts once. */
export interface Tally {
  passed: number;
  failed: number;
  errors: number;
  /** Neither passed nor right to fail: the test is on the list of disputed ones. */
  disputed: number;
}

export type Outcome = keyof Tally;

/** By name of the test: why what it says is held to be wrong. */
export type Disputes = ReadonlyMap<string, string>;

export function outcomeOf({ ok, name, errors, internal, checks }: TestResult, disputes: Disputes): Outcome {
  if (ok) return 'passed';
  if (disputes.has(name) && internal === null) return 'disputed';
  const cannot = errors.length > 0 || internal !== null || checks.some(({ error }) => error !== null);
  return cannot ? 'errors' : 'failed';
}

export function tally(results: readonly TestResult[], disputes: Disputes): Tally {
  const counts: Tally = { passed: 0, failed: 0, errors: 0, disputed: 0 };
  for (const result of results) counts[outcomeOf(result, disputes)]++;
  return counts;
}
