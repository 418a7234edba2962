import { InvalidArgumentError } from 'commander';
import { UsageError } from './messages.ts';

/** A commander parser for options that take a whole number of at least 0. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It takes a whole number.');
  return value;
}

/** A share above 0 and below 1, as `5%` or `0.05`. @throws UsageError */
export function shareFlag(flag: string, text: string): number {
  const share = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (share > 0 && share < 1) return share;
  throw new UsageError(`${flag} takes a share above 0 and below 100%, such as 5%, not "${text}"`);
}
