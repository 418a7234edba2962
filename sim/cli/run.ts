import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { Piscina } from 'piscina';
import { COMPARISON_HEADINGS, comparisonCells, comparisonRow } from '../explain/comparison.ts';
import { percent, plural } from '../explain/figures.ts';
import { propagationSentence } from '../explain/propagation.ts';
import { report } from '../explain/report.ts';
import type { Story } from '../explain/story.ts';
import { loadScenario } from '../input/load.ts';
import type { Scenario, ScenarioFile } from '../input/scenario.ts';
import { readTrace } from '../trace/reader.ts';
import { EXIT } from './exit.ts';
import { makeFolder, nodeFiles, scenarioPath, standardInputRead, VERSION } from './files.ts';
import { printWarnings, UsageError } from './messages.ts';
import { wholeNumber } from './options.ts';
import { ProgressLine } from './progress.ts';
import type { SimulationResult, SimulationTask } from './simulate.ts';
import { paint, table, wrap } from './text.ts';

interface RunFlags {
  seed?: number;
  scale: number;
  variant?: string[];
  json?: boolean;
  out?: string;
  threads: number;
  fail: boolean;
}

const HELP = `
Examples:
  svclab run retail-outage                     the built-in outage with its variants
  svclab run shop.yaml --variant baseline      one run alone
  svclab run shop.yaml --json | jq .verdict    for scripts

Exit codes: 0 fine, 1 a threshold was missed, 2 wrong input, 70 internal error, 130 interrupted.
`;

export function runCommand(program: Command): void {
  program
    .command('run')
    .description('run a scenario and its variants, tell what happened, write traces and a report')
    .argument(
      '<scenario>',
      'a scenario file, or the name of a built-in one (see `svclab scenarios`); - is standard input',
    )
    .option('--seed <n>', "instead of the scenario's seed", wholeNumber)
    .option('--scale <k>', 'load and capacity times k; business figures stay', Number, 1)
    .option('--variant <name...>', 'only these; `baseline` is the scenario as it stands')
    .option('--out <folder>', 'where traces and report go (default: out/<scenario>)')
    .option('--threads <n>', 'runs at once', wholeNumber, availableParallelism())
    .option('--json', 'one JSON document on standard output, nothing else there')
    .option('--no-fail', 'exit 0 even when a threshold is missed: the miss is the story')
    .addHelpText('after', HELP)
    .action(async (given: string, flags: RunFlags) => {
      process.exitCode = await run(given, flags);
    });
}

async function run(given: string, flags: RunFlags): Promise<number> {
  const path = scenarioPath(given);
  const file = loadScenario(path, nodeFiles);
  printWarnings(file.warnings);
  if (!(flags.scale > 0 && flags.scale <= 1e6)) {
    throw new UsageError(`--scale takes a number above 0 and up to 1,000,000, not ${flags.scale}`);
  }
  if (flags.threads < 1) throw new UsageError('--threads takes at least 1');
  const chosen = chooseRuns(file, flags.variant);
  const out = flags.out ?? join('out', file.base.name);
  makeFolder(out);
  const board = new Int32Array(new SharedArrayBuffer(4 * (1 + chosen.length)));
  const interrupt = () => Atomics.store(board, 0, 1);
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const progress = new ProgressLine();
  if (!flags.json) process.stderr.write(`${headline(file.base, flags, chosen.length)}\n`);
  const shares = () => board.subarray(1).reduce((sum, share) => sum + share, 0) / 1000 / chosen.length;
  progress.start('simulating', shares);
  const tasks = chosen.map(
    (scenario, place): SimulationTask => ({
      scenario: path,
      standardInput: standardInputRead(),
      variant: scenario.variant,
      seed: flags.seed ?? null,
      scale: flags.scale,
      tracePath: join(out, `${nameOf(scenario)}.svt`),
      place,
      board,
    }),
  );
  let results: SimulationResult[];
  try {
    results = await runAll(tasks, flags.threads);
  } finally {
    progress.stop();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  const interrupted = Atomics.load(board, 0) !== 0;
  const reportPath = writeReport(out, file.base, chosen, results);
  if (flags.json) printJson(results);
  else printStory(chosen, results, reportPath);
  if (interrupted) {
    process.stderr.write('interrupted: what there was is written\n');
    return EXIT.interrupted;
  }
  const missed = results.some(({ summary }) => summary.thresholds.some((threshold) => !threshold.held));
  return missed && flags.fail ? EXIT.no : EXIT.done;
}

async function runAll(tasks: SimulationTask[], threads: number): Promise<SimulationResult[]> {
  const pool = new Piscina({
    filename: new URL('./simulate.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: Math.max(1, Math.min(threads, tasks.length)),
    // A thread that idles is given up at once, so that no heap waits for the longest run.
    idleTimeout: 0,
  });
  try {
    return await Promise.all(tasks.map((task) => pool.run(task)));
  } finally {
    await pool.destroy();
  }
}

function chooseRuns(file: ScenarioFile, names: string[] | undefined): Scenario[] {
  const all = [file.base, ...file.variants];
  if (names === undefined) return all;
  return names.map((name) => {
    const found = all.find((scenario) => nameOf(scenario) === name);
    if (found === undefined)
      throw new UsageError(`there is no variant "${name}"; there are: ${all.map(nameOf).join(', ')}`);
    return found;
  });
}

function nameOf(scenario: { variant: string }): string {
  return scenario.variant === '' ? 'baseline' : scenario.variant;
}

function headline(scenario: Scenario, flags: RunFlags, runs: number): string {
  const seed = flags.seed ?? scenario.seed;
  const hours = scenario.duration / 3600e9;
  return `${scenario.name}: ${scenario.description}\n${plural(runs, 'run')} of ${hours >= 1 ? `${+hours.toFixed(2)} h` : `${+(hours * 60).toFixed(2)} min`}, seed ${seed}, scale ${flags.scale}`;
}

function writeReport(out: string, base: Scenario, chosen: Scenario[], results: SimulationResult[]): string {
  const path = join(out, 'report.html');
  const runs = results.map(({ summary, story, tracePath }, i) => ({
    name: nameOf(summary),
    description: chosen[i]!.variant === '' ? '' : chosen[i]!.description,
    trace: readTrace(readFileSync(tracePath)),
    story,
    row: comparisonRow(nameOf(summary), summary),
  }));
  writeFileSync(path, report(base.name, base.description, results[0]!.summary.seed, VERSION, runs));
  return path;
}

/** One document: the first run, with the others under `variants`. */
function printJson(results: SimulationResult[]): void {
  const documents = results.map(({ summary, story, engine, tracePath }) => ({
    ...summary,
    verdict: story.verdict,
    story: story.steps,
    trace: tracePath,
    engine,
  }));
  const [first, ...others] = documents;
  const variants = Object.fromEntries(others.map((document) => [nameOf(document), document]));
  process.stdout.write(`${JSON.stringify({ ...first, variants }, null, 2)}\n`);
}

function printStory(chosen: Scenario[], results: SimulationResult[], reportPath: string): void {
  const first = results[0]!;
  // The verdict is the first line, whole: what a script or a log keeps.
  const lines = [paint('bold', first.story.verdict), '', ...storyLines(first.story)];
  const propagation = propagationSentence(first.summary.propagation);
  if (propagation !== null) lines.push(wrap(propagation), '');
  for (const { text, value, held } of first.summary.thresholds) {
    const shown = text.includes('success') ? percent(value) : `${value.toPrecision(3)} s`;
    lines.push(`  ${held ? paint('green', 'held  ') : paint('red', 'missed')} ${text} (${shown})`);
  }
  if (results.length > 1) {
    const rows = results.map(({ summary }) => comparisonCells(comparisonRow(nameOf(summary), summary)));
    lines.push('', paint('bold', 'The same arrivals, one thing changed'), '');
    lines.push(table([[...COMPARISON_HEADINGS], ...rows], [1, 2, 3, 4, 5, 6, 7, 8]), '');
    for (const [i, { story }] of results.entries()) {
      if (i > 0) lines.push(wrap(`${nameOf(chosen[i]!)}: ${story.verdict}`));
    }
  }
  const wall = Math.max(...results.map(({ engine }) => engine.wallSeconds));
  const attempts = results.reduce((sum, { summary }) => sum + summary.attempts.sent, 0);
  const memory = Math.max(...results.map(({ engine }) => engine.peakMemoryBytes));
  lines.push(
    '',
    `${(attempts / 1e6).toFixed(1)} M attempts; longest run ${wall.toFixed(1)} s, at most ${Math.round(memory / 1e6)} MB`,
    `traces  ${relative('.', join(first.tracePath, '..'))}/*.svt`,
    `report  ${relative('.', reportPath)}`,
    '',
    `Watch it happen:  npx svclab view ${relative('.', first.tracePath)}`,
    '',
  );
  process.stdout.write(lines.join('\n'));
}

function storyLines(story: Story): string[] {
  return story.steps.flatMap((step) => [paint('cyan', step.title), wrap(step.text, '  '), '']);
}
