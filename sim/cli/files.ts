import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from '../input/load.ts';

/** The package's own folder: of `dist/cli/` as of `sim/cli/`, the parent of the parent. */
const HOME = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The door to the disk; `-` is standard input. */
export const nodeFiles: Files = {
  read: (path) => readFileSync(path === '-' ? 0 : path, 'utf8'),
};

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

/** A file's path, or that of a built-in scenario when there is no such file. */
export function scenarioPath(given: string): string {
  if (given === '-' || existsSync(given)) return given;
  return builtinScenarios().find(({ name }) => name === given)?.path ?? given;
}

export const VERSION: string = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')).version;
