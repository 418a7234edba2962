import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { knownNames } from '../input/faults.ts';
import type { Files } from '../input/load.ts';
import { UsageError } from './messages.ts';

/** The package's own folder: of `dist/cli/` as of `sim/cli/`, the parent of the parent. */
const HOME = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

let standardInput: string | undefined;

/** The door to the disk; `-` is standard input, which is read once. */
export const nodeFiles: Files = {
  read: (path) => {
    if (path !== '-') return readFileSync(path, 'utf8');
    standardInput ??= readFileSync(0, 'utf8');
    return standardInput;
  },
};

/** What a worker thread, which cannot read standard input, is given of it. @returns null when it was not asked for */
export function standardInputRead(): string | null {
  return standardInput ?? null;
}

export function setStandardInput(text: string | null): void {
  standardInput = text ?? undefined;
}

export interface BuiltinScenario {
  readonly name: string;
  readonly path: string;
}

/** The scenarios that come with svclab. */
export function builtinScenarios(): BuiltinScenario[] {
  const folder = join(HOME, 'scenarios');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => ({ name, path: join(folder, name, 'scenario.yaml') }))
    .filter(({ path }) => existsSync(path))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A file's path, or that of a built-in scenario when there is no such file. @throws UsageError when there is neither */
export function scenarioPath(given: string): string {
  if (given === '-' || existsSync(given)) return given;
  const builtins = builtinScenarios();
  const found = builtins.find(({ name }) => name === given);
  if (found) return found.path;
  const { expected, fix } = knownNames(
    given,
    builtins.map(({ name }) => name),
    'a file, or a built-in scenario',
  );
  const lines = [`there is no file "${given}"`, `  expected  ${expected}`, ...(fix ? [`  fix       ${fix}`] : [])];
  throw new UsageError(lines.join('\n'));
}

export const VERSION: string = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')).version;
