import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TournamentResult } from '../../sim/tournament/result.ts';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'dist/cli/main.js');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'svclab-tournament-'));
  const module = (name: string, text: string) => writeFileSync(join(folder, name), text);
  // Twenty Pods for twelve seconds: 4,800 requests.
  module(
    'small.yaml',
    `apiVersion: svclab.dev/v1alpha1
kind: Workload
metadata: { name: small, description: Twenty Pods for a moment. }
pods: 20
clients: 40
duration: 12s
warmUp: 2s
`,
  );
  const create = (body: string) =>
    `export default { name: 'mine', knows: 'localCounts', runs: 'proxy', options: { choices: 2 }, create(view, { choices }) { ${body} } };\n`;
  module('first.js', create('return { pick: () => view.members[0] };'));
  module(
    'throws.js',
    create('let n = 0; return { pick() { if (++n > 100) throw new Error("no luck"); return view.members[0]; } };'),
  );
  module('far.js', create('return { pick: () => 20 };'));
  module('stands.js', create('let n = 0; return { pick() { n++; while (n > 200); return view.members[0]; } };'));
  module(
    'exits.js',
    create('let n = 0; return { pick() { if (++n > 50) process.exit(3); return view.members[0]; } };'),
  );
  module('swells.js', create('const all = []; return { pick() { for (;;) all.push(new Array(1e5).fill({})); } };'));
  module(
    'writes.js',
    create('return { pick() { view.clock[0] = 1e15; view.members[1] = 7; return view.members[0]; } };'),
  );
  module('talks.js', create('return { pick() { console.log("noise"); return view.members[0]; } };'));
  module(
    'floods.js',
    create('return { pick() { for (let i = 0; i < 1e6; i++) view.probe(0); return 0; } };').replace(
      'localCounts',
      'probes',
    ),
  );
  module('ticks.js', create('return { pick: () => 0, tick() {} };'));
  module('function.js', 'export default () => 0;\n');
  module('loads.js', 'while (true);\n');
  module('nothing.js', 'export const pick = 1;\n');
  module('broken.js', 'export default {\n');
  module('helper.ts', 'export const least = (a: number, b: number): boolean => a < b;\n');
  module(
    'typed.ts',
    `import { least } from './helper.ts';
interface Look { readonly count: number; readonly members: Int32Array; readonly inFlight: Int32Array; readonly random: { below(n: number): number } }
export default {
  name: 'typed',
  knows: 'localCounts' as const,
  runs: 'proxy' as const,
  options: { choices: 2 },
  create(view: Look, { choices }: { choices: number }) {
    return {
      pick(): number {
        let best = -1;
        for (let i = 0; i < choices && view.count > 0; i++) {
          const slot = view.members[view.random.below(view.count)]!;
          if (best < 0 || least(view.inFlight[slot]!, view.inFlight[best]!)) best = slot;
        }
        return best;
      },
    };
  },
};
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function svclab(...args: string[]) {
  return spawnSync('node', [PROGRAM, 'tournament', ...args], { cwd: folder, encoding: 'utf8' });
}
const SMALL = ['--workload', 'small.yaml', '--reps', '3', '--max-requests', '20000', '--patience', '2'];
const json = (stdout: string) => JSON.parse(stdout) as TournamentResult;

test('built-in strategies: a table, JSON, CSV and a page, and the same again', () => {
  const args = [...SMALL, '--strategy', 'jsq', 'random', 'envoy-least-request:choiceCount=3'];
  const first = svclab(...args);
  expect(first.status).toBe(0);
  expect(first.stdout).toMatch(/^jsq has the lowest p99 on small, \d+ ms/);
  expect(first.stdout).toContain('Again:  svclab tournament --strategy jsq');
  const found = json(readFileSync(join(folder, 'out/tournament/tournament.json'), 'utf8'));
  expect(found.strategies.map(({ name }) => name)).toEqual(['jsq', 'random', 'envoy-least-request:choiceCount=3']);
  const [{ rows }] = found.workloads as [TournamentResult['workloads'][number]];
  expect(rows.map(({ strategy }) => strategy)).toEqual(['jsq', 'envoy-least-request:choiceCount=3', 'random']);
  for (const { figures, outcomes, requests, tail } of rows) {
    expect(figures.p50!.mean).toBeLessThan(figures.p99!.mean);
    expect(Object.values(outcomes).reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(requests);
    expect(tail.length).toBeGreaterThan(10);
  }
  const csv = readFileSync(join(folder, 'out/tournament/tournament.csv'), 'utf8').trim().split('\r\n');
  expect(csv).toHaveLength(1 + 3);
  const page = readFileSync(join(folder, 'out/tournament/report.html'), 'utf8');
  expect(page).not.toMatch(/<script|src=|https?:\/\/(?!www\.w3\.org)/);
  expect(page).toContain('<svg');
  const again = svclab(...args, '--threads', '1', '--json');
  const withoutCosts = ({ strategies, overall: _, ...rest }: TournamentResult) => ({
    ...rest,
    strategies: strategies.map(({ cost: __, ...info }) => info),
  });
  expect(withoutCosts(json(again.stdout))).toEqual(withoutCosts(found));
});

test('a module of one’s own joins, in TypeScript too, with its options', () => {
  const { stdout, status } = svclab(
    ...SMALL,
    '--strategy',
    './first.js',
    './typed.ts:choices=20',
    '--against',
    'random',
    'jsq',
    '--json',
  );
  expect(status).toBe(0);
  const { strategies, workloads } = json(stdout);
  expect(strategies.map(({ name, isOwn }) => [name, isOwn])).toEqual([
    ['mine', true],
    ['typed:choices=20', true],
    ['random', false],
    ['jsq', false],
  ]);
  const order = workloads[0]!.rows.map(({ strategy }) => strategy);
  expect(order.indexOf('typed:choices=20')).toBeLessThan(order.indexOf('random'));
  expect(order.at(-1)).toBe('mine');
});

describe('a strategy that breaks its contract is reported with its name and the call, and the others finish', () => {
  test.each([
    ['./throws.js', /mine: pick\(\) threw Error: no luck \(throws\.js:\d+:\d+\) at request \d+, workload small/],
    ['./far.js', /mine: pick\(\) returned 20, which is no slot of the 20 members .* at request 1, workload small/],
    ['./stands.js', /mine: pick\(\) did not return within 2 s at request \d+, workload small/],
    ['./floods.js', /mine: pick\(\) has more than 10000 probes under way at request 1/],
    ['./ticks.js', /mine: create\(\) returned tick\(\), which is never called without a period/],
    ['./writes.js', /mine: wrote to what a strategy may only read/],
    ['./exits.js', /mine: pick\(\) ended its thread: .*exit.* at request \d+, workload small/],
    [
      './swells.js',
      /mine: pick\(\) (ended its thread: it ran out of memory|did not return within 2 s) at request 1, workload/,
    ],
  ])('%s', (file, fault) => {
    const { stdout, stderr, status } = svclab(...SMALL, '--strategy', file, '--against', 'random', 'jsq', '--json');
    expect(stderr).toMatch(fault);
    expect(status).toBe(1);
    const { strategies, workloads } = json(stdout);
    expect(strategies[0]!.fault).toMatch(fault);
    expect(workloads[0]!.rows.map(({ strategy }) => strategy)).toEqual(['jsq', 'random']);
  });
});

describe('wrong input is told in words', () => {
  test.each<[string[], RegExp]>([
    [['--strategy', './nowhere.js'], /there is no file ".\/nowhere.js"/],
    [['--strategy', './nothing.js'], /nothing\.js: there is no default export[\s\S]*--example/],
    [['--strategy', './function.js'], /function\.js: the default export is a function/],
    [['--strategy', './small.yaml'], /small\.yaml is no module[\s\S]*\.js, \.mjs or \.ts/],
    [['--strategy', './broken.js'], /broken\.js cannot be loaded: SyntaxError/],
    [['--strategy', './loads.js', '--patience', '1'], /loads\.js did not load within 1 s/],
    [['--strategy', 'jqs'], /there is no "jqs"[\s\S]*did you mean "jsq"/],
    [['--strategy', 'power-of-d:e=3'], /there is no "e"[\s\S]*an option of power-of-d: d/],
    [['--strategy', 'power-of-d:d=1e9'], /d is 1e9[\s\S]*at most 100000/],
    [['--strategy', 'power-of-d:d'], /"d" is no option/],
    [['--strategy', 'jsq', 'jsq'], /two that are called jsq/],
    [['--workload', 'homogenous'], /there is no "homogenous"[\s\S]*did you mean "homogeneous"/],
    [['--by', 'p98'], /there is no "p98"/],
    [['--reps', '1'], /--reps takes at least 2/],
    [['--precision', 'often'], /--precision takes a share/],
  ])('%s', (args, message) => {
    const { stderr, status } = svclab(...args);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});

test('what a module prints does not disturb the answer', () => {
  const { stdout, stderr } = svclab(...SMALL, '--strategy', './talks.js', '--against', 'random', '--json');
  expect(json(stdout).workloads[0]!.rows).toHaveLength(2);
  expect(stderr).toContain('noise');
});

test('the same code under two names has the same figures', () => {
  const text = readFileSync(join(ROOT, 'examples/least-of-three.js'), 'utf8');
  writeFileSync(join(folder, 'one.js'), text.replace("'least-of-three'", "'one'"));
  writeFileSync(join(folder, 'two.js'), text.replace("'least-of-three'", "'two'"));
  const { stdout } = svclab(...SMALL, '--strategy', './one.js', './two.js', '--against', 'random', '--json');
  const rows = new Map(json(stdout).workloads[0]!.rows.map((row) => [row.strategy, row]));
  const [one, two] = [rows.get('one'), rows.get('two')];
  expect(two!.figures).toEqual(one!.figures);
});

test('Ctrl-C ends it at once, even while a strategy stands still', async () => {
  const args = [
    PROGRAM,
    'tournament',
    ...SMALL.slice(0, -1),
    '60',
    '--strategy',
    './stands.js',
    '--against',
    'random',
    '--out',
    'stood',
  ];
  const child = spawn('node', args, { cwd: folder, stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const since = performance.now();
  child.kill('SIGINT');
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  expect(performance.now() - since).toBeLessThan(20_000);
});

test('the example is a strategy', () => {
  const { stdout } = svclab('--example');
  expect(stdout.trim().split('\n').length).toBeLessThan(25);
  writeFileSync(join(folder, 'example.js'), stdout);
  const { status } = svclab(...SMALL, '--strategy', './example.js', '--against', 'random');
  expect(status).toBe(0);
});

test('--list names what is built in', () => {
  const { strategies, workloads } = JSON.parse(svclab('--list', '--json').stdout);
  expect(strategies.length).toBeGreaterThan(50);
  expect(workloads.length).toBeGreaterThanOrEqual(12);
  expect(svclab('--list').stdout).toContain('nginx-least-conn');
});

test('an interrupted one keeps the workloads that were played to the end', async () => {
  const child = spawn(
    'node',
    [
      PROGRAM,
      'tournament',
      '--strategy',
      'jsq',
      'random',
      '--workload',
      'small.yaml',
      'homogeneous',
      'few-clients',
      '--out',
      'cut',
    ],
    { cwd: folder },
  );
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  setTimeout(() => child.kill('SIGINT'), 2500);
  const status = await new Promise((resolve) => child.on('close', resolve));
  // A quick machine may have finished.
  if (status === 0) return;
  expect(status).toBe(130);
  expect(errors).toContain('interrupted');
  const { workloads } = json(readFileSync(join(folder, 'cut/tournament.json'), 'utf8'));
  expect(workloads.length).toBeLessThan(3);
}, 60_000);
