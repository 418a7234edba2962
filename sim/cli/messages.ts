import { formatMessage } from '../input/input-error.ts';
import type { Message } from '../input/scenario.ts';

/** The command line asks for something that is not there or makes no sense. */
export class UsageError extends Error {}

/** Warnings go to standard error, so that a pipe gets the answer alone. */
export function printWarnings(warnings: readonly Message[]): void {
  for (const warning of warnings) process.stderr.write(`warning: ${formatMessage(warning)}\n`);
}
