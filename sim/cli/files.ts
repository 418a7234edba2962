import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { fileURLToPath } from 'node:url';
import { knownNames } from '../input/faults.ts';
import type { Files } from '../input/files.ts';
import { advised, UsageError } from './messages.ts';

/** The package's own folder: of `dist/cli/` as of `sim/cli/`, the parent of the parent. */
export const HOME = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

let standardInput: string | undefined;

/** The door to the disk; `-` is standard input, which is read once. */
export const nodeFiles: Files = {
  read: (path) => {
    if (path !== '-') return inWords(() => readFileSync(path, 'utf8'));
    standardInput ??= readFileSync(0, 'utf8');
    return standardInput;
  },
  chunks: (path) => (path === '-' ? [nodeFiles.read(path)] : inWords(() => chunksOf(openSync(path, 'r')))),
};

/** Large enough that calls do not matter, small enough that a dump of any size goes through. */
const CHUNK_BYTES = 1 << 20;

function* chunksOf(file: number): Generator<string> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const decoder = new StringDecoder('utf8');
  try {
    for (let bytes = readSync(file, buffer); bytes > 0; bytes = readSync(file, buffer)) {
      yield decoder.write(buffer.subarray(0, bytes));
    }
    yield decoder.end();
  } finally {
    closeSync(file);
  }
}

/** What a worker thread, which cannot read standard input, is given of it. @returns null when it was not asked for */
export function standardInputRead(): string | null {
  return standardInput ?? null;
}

export function setStandardInput(text: string | null): void {
  standardInput = text ?? undefined;
}

/** What the system says of a path, in words. */
const WORDS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder; name a file in it',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'it may not be read or written by you',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'the disk is full',
};

/** Runs it; an error of the file system comes out in words. */
function inWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const words = WORDS[(error as NodeJS.ErrnoException).code ?? ''];
    throw words === undefined ? error : new Error(words);
  }
}

/** Makes a folder for results, before any work is done for them. @throws UsageError when it cannot be made or written to */
export function makeFolder(path: string): void {
  let parent = resolve(path);
  while (!existsSync(parent)) parent = dirname(parent);
  try {
    inWords(() => {
      if (!statSync(parent).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
      accessSync(parent, constants.W_OK);
      if (/^\/(proc|sys|dev)(\/|$)/.test(parent)) throw Object.assign(new Error(), { code: 'EROFS' });
      mkdirSync(path, { recursive: true });
    });
  } catch (error) {
    throw new UsageError(
      `cannot write to the folder ${path}: ${(error as Error).message}\n  fix       name another one with --out`,
    );
  }
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

/** The workloads of tournaments that come with svclab. */
export function builtinWorkloads(): BuiltinScenario[] {
  const folder = join(HOME, 'workloads');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ name: file.slice(0, -'.yaml'.length), path: join(folder, file) }));
}

/** A file's path, or that of a built-in scenario when there is no such file. @throws UsageError when there is neither */
export function scenarioPath(given: string): string {
  if (given === '-' || existsSync(given)) return given;
  const builtins = builtinScenarios();
  const found = builtins.find(({ name }) => name === given);
  if (found) return found.path;
  const names = builtins.map(({ name }) => name);
  throw advised(`there is no file "${given}"`, knownNames(given, names, 'a file, or a built-in scenario'));
}

export const VERSION: string = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')).version;
