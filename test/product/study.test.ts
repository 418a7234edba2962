import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './runs.ts';
import { scenarioText } from './study-scenario.ts';

const PROGRAM = join(ROOT, 'dist/cli/main.js');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'svclab-study-'));
  writeFileSync(join(folder, 'farm.yaml'), scenarioText('20s', { thresholds: ['users.p99 < 80ms'] }));
  writeFileSync(join(folder, 'loose.yaml'), scenarioText('5s'));
  writeFileSync(
    join(folder, 'study.yaml'),
    `apiVersion: svclab.dev/v1alpha1
kind: Study
metadata: { name: cores-and-load, description: How many cores at which load }
scenario: farm.yaml
vary:
  workloads.api.cores: 3..5
  load: [1x, 1.2x]
replications: 4
metrics: [mean, p95, goodput]
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function svclab(...args: string[]) {
  const { stdout, stderr, status } = spawnSync('node', [PROGRAM, ...args], { cwd: folder, encoding: 'utf8' });
  return { stdout, stderr, status };
}

function result(out: string) {
  return JSON.parse(readFileSync(join(folder, out, 'study-result.json'), 'utf8'));
}

test('a study file: every point with its figures, in a table, CSV, JSON and a page of its own', () => {
  const { stdout, status, stderr } = svclab('sweep', 'study.yaml', '--out', 'file');
  expect(stderr).toContain('24 runs done, 0 taken');
  expect(status).toBe(0);
  const [answer] = stdout.split('\n');
  expect(answer).toMatch(
    /^users\.p99 < 80ms holds at \d of 6 points, the first of them workloads\.api\.cores=3, load=1x with users\.p99 [\d.]+ ms ± /,
  );
  const document = result('file');
  expect(document).toMatchObject({
    version: 1,
    command: 'sweep',
    study: 'cores-and-load',
    scenario: 'farm',
    seed: 1,
    answer,
  });
  // mean, p95 and goodput were asked for, the p99 by the threshold
  expect(document.figures.map(({ metric }: { metric: string }) => metric).slice(0, 4)).toEqual([
    'users.mean',
    'users.p95',
    'users.goodput',
    'users.p99',
  ]);
  expect(document.figures[3]).toMatchObject({
    point: { 'workloads.api.cores': '3', load: '1x' },
    replications: 4,
    stoppedBy: 'fixed',
    constraint: 'users.p99 < 80ms',
  });
  const csv = readFileSync(join(folder, 'file/study.csv'), 'utf8').trim().split('\r\n');
  expect(csv).toHaveLength(1 + 6 * 4);
  const page = readFileSync(join(folder, 'file/report.html'), 'utf8');
  expect(page).not.toMatch(/<script|https?:\/\/(?!checkout)/);
  expect(page).toContain('<svg');
  expect(page).toContain('svclab sweep study.yaml');
  // Nothing is left to run: threads that were ended while they began took the whole process with them, one time in ten.
  for (let i = 0; i < 12; i++) {
    const json = svclab('sweep', 'study.yaml', '--out', 'file', '--json');
    expect(json.status).toBe(0);
    expect(JSON.parse(json.stdout)).toEqual(document);
  }
});

test('on the same arrivals a difference is told from none', () => {
  // The same cores under another name are no difference at all; a core less is one.
  svclab('sweep', 'farm.yaml', '--vary', 'workloads.api.cores=5,4', '--reps', '5', '--out', 'paired', '--no-fail');
  const difference = (out: string) =>
    result(out).figures.find(
      ({ metric, against }: { metric: string; against: unknown }) => metric === 'users.mean' && against !== null,
    ).against;
  expect(difference('paired')).toMatchObject({ verdict: 'more' });
  svclab(
    'sweep',
    'farm.yaml',
    '--vary',
    'workloads.api.backlog=100000,90000',
    '--reps',
    '5',
    '--out',
    'same',
    '--no-fail',
  );
  expect(difference('same')).toEqual({ difference: 0, halfWidth: 0, verdict: 'no difference shown' });
});

test('sequential stopping says what ended it', () => {
  svclab(
    'sweep',
    'farm.yaml',
    '--precision',
    '20%',
    '--metric',
    'mean',
    '--constraint',
    'users.mean < 1s',
    '--out',
    'rough',
  );
  expect(result('rough').figures[0]).toMatchObject({ stoppedBy: 'precision' });
  const { stdout } = svclab(
    'sweep',
    'farm.yaml',
    '--precision',
    '0.1%',
    '--max-reps',
    '8',
    '--out',
    'fine',
    '--no-fail',
  );
  expect(result('fine').figures[0]).toMatchObject({ stoppedBy: 'budget', replications: 8 });
  expect(stdout).toMatch(/stopped at the budget of\s+runs/);
});

test('theory beside the simulation warns where its assumptions do not explain the difference', () => {
  const fine = svclab('sweep', 'farm.yaml', '--reps', '6', '--out', 'theory');
  expect(fine.stdout).toContain('one queue for all (Erlang C)');
  expect(fine.stdout).not.toContain('theory disagrees');
  // 250 requests/s for two cores of 100/s each
  const over = svclab('sweep', 'farm.yaml', '--vary', 'workloads.api.cores=2', '--vary', 'load=1.25x', '--out', 'over');
  expect(over.stdout.replace(/\s+/g, ' ')).toContain(
    'theory disagrees: the servers are asked for 125 % of what they can do',
  );
  expect(over.status).toBe(1);
  // A slow network is nothing that theory knows of.
  writeFileSync(
    join(folder, 'far.yaml'),
    scenarioText('20s', {
      cluster: { network: { external: '2ms', sameNode: '1us' } },
      clients: { patient: { preset: 'none', timeout: '100s', retries: { max: 0 } } },
      workloads: [
        { for: 'deployment/api', serviceTime: { exponential: '10ms' }, cores: 4, concurrency: 1, backlog: 100_000 },
      ],
    }),
  );
  const queue = svclab('sweep', 'far.yaml', '--vary', 'load=0.4x', '--reps', '5', '--out', 'far');
  expect(queue.stdout).toContain('a queue for each Pod');
});

test('capacity: the first sentence is the fewest, and Erlang C agrees', () => {
  const { stdout, status } = svclab(
    'capacity',
    'farm.yaml',
    '--of',
    'workloads.api.cores',
    '--load',
    '1x,2x',
    '--out',
    'capacity',
  );
  expect(status).toBe(0);
  // Erlang C: at 200/s with three cores p99 is 68 ms; with two none; at 400/s five give 72 ms, four none.
  expect(stdout.split('\n')[0]).toMatch(
    /^users\.p99 < 80ms and success >= 99\.9% takes 3 workloads\.api\.cores at 1x the load .*, 5 workloads\.api\.cores at 2x the load/,
  );
  const none = svclab(
    'capacity',
    'farm.yaml',
    '--of',
    'workloads.api.cores',
    '--load',
    '1x',
    '--objective',
    'users.p99 < 30ms',
    '--out',
    'capacity',
  );
  expect(none.status).toBe(1);
  expect(none.stdout.split('\n')[0]).toMatch(
    /no number of workloads\.api\.cores is enough: more do not help: with \d+, users\.p99 is 4\d\.\d ms/,
  );
});

test('survive: what each loss costs, and whether N+1 holds', () => {
  const alone = svclab(
    'survive',
    'farm.yaml',
    '--fail',
    'node',
    'pod',
    '--reps',
    '3',
    '--max-reps',
    '6',
    '--out',
    'survive',
  );
  expect(alone.status).toBe(1);
  expect(alone.stdout.split('\n')[0]).toMatch(
    /does not survive the loss of node node-\d, a Pod of api: N\+1 does not hold; the dearest, [-\w ]+, costs [\d,.]+ ± [\d,.]+ failed requests/,
  );
  const dns = svclab('survive', 'farm.yaml', '--fail', 'dns');
  expect(dns.status).toBe(2);
  expect(dns.stderr).toContain('add cluster.dns.server: {}');
});

test('rollout-check: does it break the objective, and what is safe', () => {
  const { stdout, status } = svclab(
    'rollout-check',
    'farm.yaml',
    '--strategy',
    '1/0,0/1',
    '--pre-stop',
    '5s',
    '--reps',
    '3',
    '--max-reps',
    '6',
    '--out',
    'rollout',
  );
  expect(stdout.split('\n')[0]).toMatch(
    /^A rollout of api as it is \(maxSurge \/ maxUnavailable 25% \/ 25%, preStop 0s, readiness delay none\) /,
  );
  expect(status).toBe(stdout.includes(') keeps ') ? 0 : 1);
});

describe('impossible studies are refused with the nearest possible', () => {
  test.each([
    [
      'a path that is not there',
      ['sweep', 'farm.yaml', '--vary', 'workloads.ap.cores=1,2'],
      /workloads has no element "ap"[\s\S]*did you mean "api"/,
    ],
    [
      'a field that is not there',
      ['sweep', 'farm.yaml', '--vary', 'workloads.api.coress=1'],
      /there is no field "coress"[\s\S]*did you mean "cores"/,
    ],
    [
      'a manifest that is not there',
      ['sweep', 'farm.yaml', '--vary', 'manifests.deployment/ap.spec.replicas=1'],
      /there is no deployment\/ap in the manifests[\s\S]*did you mean "deployment\/api"/,
    ],
    [
      'a Deployment that is not there',
      ['sweep', 'farm.yaml', '--vary', 'replicas.apu=1'],
      /there is no Deployment or StatefulSet "apu"[\s\S]*did you mean "replicas\.api"/,
    ],
    [
      'traffic that is not there',
      ['sweep', 'farm.yaml', '--vary', 'load.user=2x'],
      /there is no traffic "user"[\s\S]*did you mean "users"/,
    ],
    ['a wrong value', ['sweep', 'farm.yaml', '--vary', 'workloads.api.cores=many'], /workloads\[0\]\.cores/],
    ['a load of nothing', ['sweep', 'farm.yaml', '--vary', 'load=0x'], /"0x" is no load/],
    ['an empty grid', ['sweep', 'farm.yaml', '--vary', 'replicas='], /replicas has no values/],
    [
      'an empty range',
      ['sweep', 'farm.yaml', '--vary', 'replicas=9..3'],
      /the range 9\.\.3 is empty; did you mean 3\.\.9/,
    ],
    ['no values at all', ['sweep', 'farm.yaml', '--vary', 'replicas'], /--vary takes PARAMETER=VALUES/],
    [
      'a zip of unequal lengths',
      ['sweep', 'farm.yaml', '--zip', '--vary', 'load=1x,2x', '--vary', 'replicas=1'],
      /load has 2, replicas has 1/,
    ],
    [
      'a metric that is not there',
      ['sweep', 'farm.yaml', '--metric', 'users.p9'],
      /there is no metric "p9"[\s\S]*did you mean "p90"/,
    ],
    ['money without a business', ['sweep', 'farm.yaml', '--metric', 'lost'], /no business section/],
    ['a constraint that is none', ['sweep', 'farm.yaml', '--constraint', 'fast'], /"fast" is not a constraint/],
    ['a bound without a unit', ['sweep', 'farm.yaml', '--constraint', 'users.p99 < 80'], /80/],
    ['a shard that is not there', ['sweep', 'farm.yaml', '--shard', '4/3'], /--shard takes i\/n/],
    ['nothing to resume', ['sweep', 'farm.yaml', '--resume', '--out', 'nowhere'], /there is nothing to resume/],
    ['parts of nothing', ['merge', 'nowhere', '--out', 'x'], /nowhere is no part of a study/],
    [
      'no objective',
      ['capacity', 'loose.yaml'],
      /the scenario has no thresholds[\s\S]*--objective "users\.p99 < 300ms"/,
    ],
    ['a failure that nobody knows', ['survive', 'farm.yaml', '--fail', 'zoen'], /one of: zone, node, pod, dns/],
    ['a strategy that stands still', ['rollout-check', 'farm.yaml', '--strategy', '0/0'], /not both 0/],
  ])('%s', (_, args, message) => {
    const { stderr, stdout, status } = svclab(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('This is a fault of svclab');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  test('faults of a study file are told with their places, all at once', () => {
    writeFileSync(
      join(folder, 'bad.yaml'),
      'apiVersion: svclab.dev/v1alpha1\nkind: Study\nmetadata: {name: bad}\nscenario: farm.yaml\nvary: {replicas: 5..1}\nreplicatons: 3\nwarmUp: 12\n',
    );
    const { stderr, status } = svclab('sweep', 'bad.yaml');
    expect(status).toBe(2);
    expect(stderr).toMatch(/bad\.yaml:5:8: .*the range 5\.\.1 is empty/);
    expect(stderr).toMatch(/bad\.yaml:6:1: replicatons[\s\S]*did you mean "replications"/);
    expect(stderr).toMatch(/bad\.yaml:7:9: warmUp/);
  });
});
