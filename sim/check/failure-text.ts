import { inline, printDifference } from './match/difference.ts';
import type { CheckResult } from './run-tests.ts';

/** What was wanted, what came, and why: for people. */
export function explainFailure(check: CheckResult): string[] {
  const { file, line, column } = check.place;
  const lines = [`${check.name}  (${file}:${line}:${column})`];
  if (check.error !== null) lines.push(`  error     ${check.error}`);
  else if (check.differences.length === 0) {
    lines.push(`  wanted    ${inline(check.expected)}`, `  got       ${inline(check.actual)}`);
  }
  for (const difference of check.differences) lines.push(`  ${printDifference(difference)}`);
  for (const reason of check.why) lines.push(`  why       ${reason}`);
  return lines;
}
