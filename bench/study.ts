import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { openScenario } from '../sim/input/load.ts';
import { runScenario } from '../sim/run/run.ts';
import type { Executor } from '../sim/study/executor.ts';
import { questionsOf } from '../sim/study/plan.ts';
import { type Sample, sample } from '../sim/study/sample.ts';

/**
 * What a study adds to its runs: `npm run build && node dist-bench/study.js`. Two threads against one, beside two pure loops against
 * one in the same minute; the time of a run beyond the simulation; memory over 10,000 runs. Threads and journal are those of dist/.
 */
const dist = (name: string) => import(new URL(`../dist/${name}.js`, import.meta.url).href);
const { ThreadExecutor } = (await dist('cli/study-threads')) as typeof import('../sim/cli/study-threads.ts');
const { FileJournal } = (await dist('cli/study-journal')) as typeof import('../sim/cli/study-journal.ts');
const { Conductor } = (await dist('study/conductor')) as typeof import('../sim/study/conductor.ts');
const { InlineExecutor } = (await dist('study/executor')) as typeof import('../sim/study/executor.ts');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const folder = mkdtempSync(join(tmpdir(), 'svclab-bench-study-'));
let number = 0;

/** M/M/4 at 0.7 as a scenario, of so many simulated seconds (280 requests in each). */
function farm(seconds: number) {
  const labels = { app: 'api' };
  const containers = [
    { name: 'c', image: 'i', ports: [{ containerPort: 80 }], resources: { requests: { cpu: '1', memory: '1Gi' } } },
  ];
  const template = { metadata: { labels }, spec: { containers } };
  const document = {
    apiVersion: 'svclab.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'farm' },
    duration: `${seconds}s`,
    manifests: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'api' },
        spec: { replicas: 1, selector: { matchLabels: labels }, template },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'api' },
        spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 80 }] },
      },
    ],
    cluster: { nodes: { count: 1, cpu: 64, memory: '64Gi' } },
    clients: { patient: { preset: 'none', timeout: '1h' } },
    workloads: [
      { for: 'deployment/api', serviceTime: { exponential: '10ms' }, cores: 4, concurrency: 1e5, backlog: 1e5 },
    ],
    traffic: [{ name: 'users', to: 'http://api', client: 'patient', arrivals: { poisson: { rate: 280 } } }],
  };
  return openScenario('farm.yaml', { read: () => JSON.stringify(document) });
}

/** A study as `svclab sweep` runs it, but for the reading of files and the report. @returns seconds */
async function study(
  runs: number,
  simulated: number,
  executor: Executor,
  watch: (done: number) => void = () => {},
): Promise<number> {
  const open = farm(simulated);
  const questions = questionsOf(open, [], null);
  const journal = new FileJournal(join(folder, `${number++}.jsonl`));
  const options = {
    executor,
    journal,
    version: 'bench',
    hash: String,
    now: () => performance.now(),
    stopped: () => false,
  };
  const conductor = new Conductor({ ...options, hash: () => `farm-${number}` });
  const began = performance.now();
  const point = conductor.point(open.base, { warmUp: 'auto', from: 0, batches: false });
  const per = 100;
  const results: Promise<Sample>[] = [];
  for (let first = 0; first < runs; first += per) {
    const replications = { min: Math.min(per, runs), max: Math.min(per, runs), precision: null };
    results.push(sample(conductor, point, { questions, replications, seed: 1 + first, enough: 'count' }));
    if (results.length % 20 === 0) {
      await results.at(-1);
      watch(first + per);
    }
  }
  await Promise.all(results);
  journal.close();
  return (performance.now() - began) / 1000;
}

/** Pure arithmetic, in threads of their own. @returns seconds */
async function loops(count: number): Promise<number> {
  const code = `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', () => { let x = 1; for (let i = 0; i < 2e9; i++) x = (Math.imul(x, 1664525) + 1013904223) | 0; parentPort.postMessage(x); });`;
  const workers = Array.from({ length: count }, () => new Worker(code, { eval: true }));
  await Promise.all(workers.map((worker) => new Promise((ready) => worker.once('online', ready))));
  const began = performance.now();
  await Promise.all(
    workers.map((worker) => {
      const done = new Promise((resolve) => worker.once('message', resolve));
      worker.postMessage(0);
      return done;
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return seconds;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

async function scaling(rounds: number): Promise<void> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const [one, two] = [new ThreadExecutor(1, stop), new ThreadExecutor(2, stop)];
  for (const executor of [one, two]) await study(30, 60, executor); // until the compiler has done
  const gains: { pure: number; study: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const [pureOne, studyOne, studyTwo, pureTwo] = [
      await loops(1),
      await study(200, 600, one),
      await study(200, 600, two),
      await loops(2),
    ];
    gains.push({ pure: (2 * pureOne) / pureTwo, study: studyOne / studyTwo });
    const { pure, study: own } = gains.at(-1)!;
    console.log(
      `round ${round + 1}: two pure loops gain ${pure.toFixed(2)} ×, two threads of a study of 200 runs ${own.toFixed(2)} × (${studyOne.toFixed(1)} s → ${studyTwo.toFixed(1)} s): ${((100 * own) / pure).toFixed(0)} %`,
    );
  }
  const share = median(gains.map(({ pure, study: own }) => own / pure));
  const pure = median(gains.map((gain) => gain.pure));
  // Where two loops hardly gain over one, others have the second core, and a ratio of noise says nothing.
  const verdict =
    pure < 1.5
      ? `the machine is too busy to tell (pure loops gain ${pure.toFixed(2)} ×)`
      : share >= 0.93
        ? 'met'
        : 'missed';
  console.log(
    `scaling: ${(100 * share).toFixed(0)} % of what pure loops gain (median of ${rounds}); bar 93 %: ${verdict}`,
  );
  await one.close();
  await two.close();
}

/** CPU time, all of this process: what a study takes beside bare runs of the same scenario with the same slices. */
async function overhead(rounds: number): Promise<void> {
  const { base } = farm(60);
  const runs = 100;
  const bare = () => {
    const trace = { requests: 0, bucket: base.trace.bucket };
    for (let seed = 1; seed <= runs; seed++) {
      runScenario({ ...base, seed, trace }, { version: '', sink: () => {}, summarise: () => ({}) });
    }
  };
  const cpu = async (work: () => unknown) => {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / runs; // ms a run
  };
  const studied = () => study(runs, 60, new InlineExecutor());
  bare();
  await studied();
  const [a, b]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    a.push(await cpu(bare));
    b.push(await cpu(studied));
  }
  const extra = Math.min(...b) - Math.min(...a);
  console.log(
    `overhead: a bare run ${Math.min(...a).toFixed(2)} ms, in a study ${Math.min(...b).toFixed(2)} ms (CPU, least of ${rounds}): ${extra.toFixed(2)} ms beyond the simulation; bar 5 ms: ${extra < 5 ? 'met' : 'missed'}`,
  );
}

async function memory(): Promise<void> {
  const executor = new ThreadExecutor(2, new Int32Array(new SharedArrayBuffer(4)));
  const heaps: { done: number; heap: number; rss: number }[] = [];
  const seconds = await study(10_000, 5, executor, (done) => {
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    heaps.push({ done, heap: heapUsed / 1e6, rss: rss / 1e6 });
  });
  await executor.close();
  const text = heaps.map(({ done, heap, rss }) => `${done}: ${heap.toFixed(0)}/${rss.toFixed(0)}`).join(', ');
  console.log(`memory: 10,000 runs in ${seconds.toFixed(0)} s; heap/resident MB after ${text}`);
}

const only = process.argv[2];
if (only === undefined || only === 'scaling') await scaling(3);
if (only === undefined || only === 'overhead') await overhead(5);
if (only === undefined || only === 'memory') await memory();
rmSync(folder, { recursive: true });
