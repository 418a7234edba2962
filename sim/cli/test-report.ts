import { explainFailure } from '../check/failure-text.ts';
import { errorOf } from '../check/json.ts';
import type { TestResult } from '../check/run-tests.ts';
import { type Disputes, type Outcome, outcomeOf, type Tally } from '../check/tally.ts';
import { paint } from './text.ts';

const WORDS: Readonly<Record<Outcome, () => string>> = {
  passed: () => paint('green', 'ok      '),
  failed: () => paint('red', 'FAILED  '),
  errors: () => paint('red', 'ERROR   '),
  disputed: () => paint('yellow', 'disputed'),
};

/** A line for a test; for one that failed, what was wanted, what came and why. */
export function printResult(result: TestResult, disputes: Disputes): void {
  const outcome = outcomeOf(result, disputes);
  const lines = [`${WORDS[outcome]()}  ${result.file}  ${result.name}`];
  if (outcome === 'disputed') lines.push(`          ${disputes.get(result.name)}`);
  else {
    const failures = result.checks.filter(({ ok }) => !ok).flatMap(explainFailure);
    lines.push(...[...failures, ...(errorOf(result)?.split('\n') ?? [])].map((line) => `          ${line}`));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function printTally({ passed, failed, errors, disputed }: Tally): void {
  const parts = [`${passed} passed`, `${failed} failed`, `${errors} ${errors === 1 ? 'error' : 'errors'}`];
  if (disputed > 0) parts.push(`${disputed} disputed`);
  process.stdout.write(`\n${parts.join(', ')}\n`);
}
