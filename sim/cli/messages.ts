import type { Advice } from '../input/faults.ts';
import { formatMessage } from '../input/input-error.ts';
import type { Message } from '../input/scenario.ts';

/** The command line asks for something that is not there or makes no sense. */
export class UsageError extends Error {}

/** What is wrong, what was expected, how to fix it: a line each. */
export function advised(message: string, { expected, fix }: Advice): UsageError {
  const lines = [message, ...(expected ? [`  expected  ${expected}`] : []), ...(fix ? [`  fix       ${fix}`] : [])];
  return new UsageError(lines.join('\n'));
}

/** Warnings go to standard error, so that a pipe gets the answer alone. */
export function printWarnings(warnings: readonly Message[]): void {
  for (const warning of warnings) process.stderr.write(`warning: ${formatMessage(warning)}\n`);
}
