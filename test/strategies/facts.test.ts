/**
 * Sequences, tables and figures from published algorithms and from the tests of their projects: each file of `cases` names a
 * strategy, what it is given, and what it must do, exactly. `SVCLAB_CASES` names another folder of such files.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runners as clients } from './runners/clients.ts';
import { runners as kernel } from './runners/kernel.ts';
import { runners as proxies } from './runners/proxies.ts';
import type { Runner } from './runners/tables.ts';

const RUNNERS: Readonly<Record<string, Runner>> = { ...clients, ...kernel, ...proxies };

interface Case {
  readonly title: string;
  readonly origin: string;
  readonly input: { readonly strategy: string };
  readonly expect: Readonly<Record<string, unknown>>;
}

const folder = process.env.SVCLAB_CASES ?? join(import.meta.dirname, 'cases');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('strategies do what is known of them', () => {
  test('there are cases', () => expect(files.length).toBeGreaterThan(10));

  test.each(files)('%s', (file) => {
    const { input, expect: expected } = parse(readFileSync(join(folder, file), 'utf8')) as Case;
    const run = RUNNERS[input.strategy];
    expect(run, `nobody knows how to run ${input.strategy}`).toBeDefined();
    const found = run!(input);
    for (const [key, value] of Object.entries(expected)) close(found[key], value, key);
  });
});

/** Equal; numbers within 1e-9 of each other, or to the digits that the case has if they are no whole numbers. */
function close(found: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number' && typeof found === 'number' && found !== expected) {
    const digits = String(expected).split('.')[1]?.length ?? 0;
    const slack = Math.max(1e-9 * Math.abs(expected), digits === 0 ? 0 : 0.51 * 10 ** -digits);
    if (Math.abs(found - expected) <= slack) return;
    expect(found, path).toBe(expected);
  }
  if (Array.isArray(expected) && Array.isArray(found)) {
    expect(found.length, `${path}.length`).toBe(expected.length);
    for (const [i, value] of expected.entries()) close(found[i], value, `${path}[${i}]`);
    return;
  }
  if (typeof expected === 'object' && expected !== null && typeof found === 'object' && found !== null) {
    for (const [key, value] of Object.entries(expected))
      close((found as Record<string, unknown>)[key], value, `${path}.${key}`);
    return;
  }
  expect(found, path).toEqual(expected);
}
