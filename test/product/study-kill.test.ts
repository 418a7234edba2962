import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from './runs.ts';
import { scenarioText } from './study-scenario.ts';

const PROGRAM = join(ROOT, 'dist/cli/main.js');
const SEED = Number(process.env.SVCLAB_SEED ?? 7);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'svclab-study-'));
  writeFileSync(join(folder, 'farm.yaml'), scenarioText('4s'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ARGUMENTS = ['sweep', 'farm.yaml', '--vary', 'workloads.api.cores=3..6', '--vary', 'load=0.8x,1x', '--reps', '8'];

function files(out: string): string[] {
  return ['study-result.json', 'study.csv', 'report.html'].map((name) => readFileSync(join(folder, out, name), 'utf8'));
}

function run(...args: string[]) {
  return spawnSync('node', [PROGRAM, ...ARGUMENTS, ...args], { cwd: folder, encoding: 'utf8' });
}

/** Kills the study at a random moment, while it runs. @returns the size of its file of results */
async function killAt(out: string, ms: number, signal: NodeJS.Signals): Promise<number> {
  const child = spawn('node', [PROGRAM, ...ARGUMENTS, '--out', out, '--threads', '2'], {
    cwd: folder,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, ms));
  child.kill(signal);
  await ended;
  return statSync(join(folder, out, 'runs.jsonl'), { throwIfNoEntry: false })?.size ?? 0;
}

/** A small linear congruential generator: moments that a seed repeats. */
function* moments(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

test('killed twenty times at random moments and resumed, a study is what it is undisturbed, byte for byte', async () => {
  const began = performance.now();
  expect(run('--out', 'calm', '--threads', '2').status).toBe(0);
  const length = performance.now() - began;
  const calm = files('calm');
  const random = moments(SEED);
  let cut = 0;
  for (let kill = 0; kill < 20; kill++) {
    // Every other kill goes on with what the last one left, the others begin anew.
    const out = `killed-${kill - (kill % 2)}`;
    const share = 0.15 + 0.8 * random.next().value!;
    const size = await killAt(out, share * length, 'SIGKILL');
    if (size > 0) cut++;
    if (kill % 2 === 0) continue;
    if (size > 100) {
      // And the last write is torn, as by a power cut.
      const path = join(folder, out, 'runs.jsonl');
      writeFileSync(path, readFileSync(path).subarray(0, size - Math.floor(100 * random.next().value!)));
    }
    const { status, stderr } = run('--out', out, '--threads', '2', ...(size > 0 ? ['--resume'] : []));
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(files(out)).toEqual(calm);
  }
  expect(cut).toBeGreaterThan(5); // some kills came before the first run was finished
}, 180_000);

test('Ctrl-C ends with what there is and code 130; --resume does only the rest', async () => {
  const child = spawn('node', [PROGRAM, ...ARGUMENTS, '--reps', '40', '--out', 'interrupted', '--threads', '1'], {
    cwd: folder,
  });
  let told = '';
  child.stderr.on('data', (text) => {
    told += text;
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  while ((statSync(join(folder, 'interrupted/runs.jsonl'), { throwIfNoEntry: false })?.size ?? 0) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  const done = Number(/(\d+) runs done/.exec(told)?.[1]);
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(320);
  expect(told).toMatch(/interrupted: what there was is written/);
  const rest = run('--reps', '40', '--out', 'interrupted', '--resume');
  expect(rest.status).toBe(0);
  expect(rest.stderr).toContain(`${320 - done} runs done, ${done} taken`);
}, 60_000);

test('Ctrl-C at any moment is 130, whatever the threads are doing just then', async () => {
  for (let i = 0; i < 8; i++) {
    const out = `cut-${i}`;
    const child = spawn('node', [PROGRAM, ...ARGUMENTS, '--reps', '40', '--out', out, '--threads', '1'], {
      cwd: folder,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    while ((statSync(join(folder, out, 'runs.jsonl'), { throwIfNoEntry: false })?.size ?? 0) === 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await new Promise((resolve) => setTimeout(resolve, 30 * i));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  }
}, 120_000);

test('threads and shards change no byte; more replications extend what is there', () => {
  const one = run('--out', 'one', '--threads', '1');
  expect(one.status).toBe(0);
  const whole = files('one');
  expect(run('--out', 'three', '--threads', '3').status).toBe(0);
  expect(files('three')).toEqual(whole);
  for (const shard of ['1/3', '2/3', '3/3']) run('--out', `part-${shard[0]}`, '--shard', shard);
  const merged = spawnSync('node', [PROGRAM, 'merge', 'part-1', 'part-2', 'part-3', '--out', 'merged'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(merged.stderr).toContain('0 runs done, 64 taken');
  expect(files('merged')).toEqual(whole);
  const more = run('--reps', '12', '--out', 'one');
  expect(more.stderr).toContain('32 runs done, 64 taken');
}, 60_000);
