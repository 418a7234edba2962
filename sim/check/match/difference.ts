/** One thing that is not as it should be. */
export interface Difference {
  /** Below `expect`, e.g. `answers[0].ttl`; empty: the expectation as a whole. */
  path: string;
  /** undefined: nothing should have been there. */
  wanted: unknown;
  /** undefined: nothing was there. */
  got: unknown;
}

/** `answers: wanted 1.2.3.4, got nothing`. */
export function printDifference({ path, wanted, got }: Difference): string {
  return `${path === '' ? '' : `${path}: `}wanted ${inline(wanted)}, got ${inline(got)}`;
}

/** A value on one line, as YAML's flow style has it: `{name: a, port: 80}`. */
export function inline(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value === 'object') {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${fields.map(([key, field]) => `${key}: ${inline(field)}`).join(', ')}}`;
  }
  return value === '' ? '""' : String(value);
}
