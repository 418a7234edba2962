import type { TournamentResult } from '../result.ts';

/** Digits of what is no whole number: more say nothing, and make the document three times as long. */
const DIGITS = 6;

/** The result as a document. @param indent blanks for each level; 0: a single line */
export function tournamentJson(result: TournamentResult, indent: number): string {
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;
  return `${JSON.stringify(result, rounded, indent)}\n`;
}
