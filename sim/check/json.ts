import { formatMessage } from '../input/input-error.ts';
import type { TestResult } from './run-tests.ts';
import { type Disputes, tally } from './tally.ts';

/** What `svclab test --json` prints. */
export function jsonReport(results: readonly TestResult[], disputes: Disputes): unknown {
  return {
    version: 1,
    ...tally(results, disputes),
    tests: results.map((result) => ({
      file: result.file,
      name: result.name,
      ok: result.ok,
      checks: result.checks.map(({ name, ok, expected, actual, error, why }) => ({
        name,
        ok,
        expected: expected ?? null,
        actual: actual ?? null,
        error,
        why,
      })),
      ...(errorOf(result) !== null && { error: errorOf(result) }),
      ...(disputes.has(result.name) && { disputed: disputes.get(result.name) }),
    })),
  };
}

/** What keeps a test from running, in words; null: nothing. */
export function errorOf({ errors, internal }: TestResult): string | null {
  if (internal !== null) return `a fault of svclab's own: ${internal}`;
  return errors.length === 0 ? null : errors.map(formatMessage).join('\n');
}
