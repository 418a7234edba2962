import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measurement } from './job.ts';

/** One program that does the work of a benchmark case; each run is a process of its own that prints a `Measurement` as JSON. */
export interface Contender {
  readonly name: string;
  /** What to run; nothing if this machine cannot (no compiler, no package). */
  readonly command: readonly string[] | undefined;
  /** The part of the work that a slow contender does; rates are compared, so 1/40 of the requests will do. Default 1. */
  readonly share?: number;
  /** svclab's rate is to be at least this many times as high. */
  readonly bar?: number;
}

/** The measured program of a `Job`: this bundle itself, in another process. */
export function job(name: string, args: readonly number[]): readonly string[] {
  return [process.execPath, fileURLToPath(import.meta.url), '--job', name, ...args.map(String)];
}

const peers = fileURLToPath(new URL('../bench/peers/', import.meta.url));
const built = join(tmpdir(), 'svclab-bench-peers');

/** A peer in C++, compiled once with -O3. @param libraries names for -l */
export function cpp(source: string, args: readonly (string | number)[], libraries: readonly string[] = []) {
  const from = join(peers, source);
  const program = join(built, source.replace('.cc', ''));
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(from).mtimeMs) {
    mkdirSync(built, { recursive: true });
    const flags = ['-O3', '-march=native', '-std=c++17', '-o', program, from, ...libraries.map((name) => `-l${name}`)];
    if (spawnSync('g++', flags, { stdio: 'ignore' }).status !== 0) return undefined;
  }
  return [program, ...args.map(String)];
}

/** A peer in Python, if the interpreter of the system has the module. */
export function python(source: string, module: string, args: readonly number[]): readonly string[] | undefined {
  const interpreter = '/usr/bin/python3';
  const found = spawnSync(interpreter, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
  return found ? [interpreter, join(peers, source), ...args.map(String)] : undefined;
}

export function measure(command: readonly string[]): Measurement {
  const [program, ...args] = command;
  return JSON.parse(execFileSync(program!, args, { encoding: 'utf8', maxBuffer: 1e8 })) as Measurement;
}
