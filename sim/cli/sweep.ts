import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { openScenario } from '../input/load.ts';
import { axisOf } from '../study/axis-values.ts';
import { type Questions, questionsOf } from '../study/plan.ts';
import { readStudy } from '../study/read-study.ts';
import type { Study } from '../study/study.ts';
import { planSweep, runSweep, type Shard } from '../study/sweep.ts';
import { sweepReport } from '../study/sweep-report.ts';
import { nodeFiles, scenarioPath, VERSION } from './files.ts';
import { printWarnings, UsageError } from './messages.ts';
import { shareFlag, wholeNumber } from './options.ts';
import { commandLine, inWords, warmUpFlag } from './study-options.ts';
import { noFailOption, Session, type SessionFlags, sessionOptions } from './study-session.ts';

interface SweepFlags extends SessionFlags {
  vary: string[];
  zip?: boolean;
  reps?: number;
  precision?: string;
  maxReps?: number;
  metric?: string[];
  constraint?: string[];
  warmUp?: string;
  duration?: string;
  seed?: number;
  variant?: string;
  shard?: string;
}

const HELP = `
Examples:
  svclab sweep study.yaml
  svclab sweep shop.yaml --vary replicas=4..40:4 --vary load=1x,2x --reps 10
  svclab sweep shop.yaml --vary clients.web.timeout=500ms,1s,2s --precision 5%
  svclab sweep study.yaml --shard 3/20 --out part-3

Parameters: load, load.SOURCE, replicas, replicas.NAME, or a path as in a variant's set:, manifests' fields too.
Exit codes: 0 fine, 1 no point keeps to the constraints, 2 wrong input, 70 internal error, 130 interrupted.
`;

export function sweepCommand(program: Command): void {
  const command = program
    .command('sweep')
    .description('run a scenario at many points, with replications, and give every figure with its interval')
    .argument('<file>', 'a Study, or a scenario with --vary')
    .option('--vary <parameter=values>', 'a..b:step, or values with commas between; again for more', collect, [])
    .option('--zip', 'the first value of each parameter together, the second, and so on; default: every combination')
    .option('--reps <n>', 'replications of each point (default: 5)', wholeNumber)
    .option('--precision <share>', 'as many replications as it takes, until half-widths are this part of their means')
    .option('--max-reps <n>', 'with --precision: the budget of a point (default: 50)', wholeNumber)
    .option('--metric <name...>', 'such as storefront.p99; default: success, mean and p99')
    .option('--constraint <text...>', 'such as "storefront.p99 < 300ms"; default: the thresholds of the scenario')
    .option('--warm-up <time>', 'auto (MSER-5), none, or a time such as 30s')
    .option('--duration <time>', "of each run, instead of the scenario's")
    .option('--seed <n>', "of the first replication, instead of the scenario's", wholeNumber)
    .option('--variant <name>', 'a variant of the scenario instead of the scenario as it stands')
    .option('--shard <i/n>', 'only this part of the runs; `svclab merge` puts the parts together');
  noFailOption(sessionOptions(command))
    .addHelpText('after', HELP)
    .action(async (given: string, flags: SweepFlags) => {
      process.exitCode = await sweep(given, flags);
    });
}

async function sweep(given: string, flags: SweepFlags): Promise<number> {
  const path = scenarioPath(given);
  const shard = flags.shard === undefined ? null : shardOf(flags.shard);
  const read = inWords(() => withFlags(readStudy(path, nodeFiles) ?? emptyStudy(given), flags));
  return studyIn(read, flags, shard, describeFlags(given, flags));
}

/** Runs a study that was read. @param idle nothing is run: only what the folder has counts */
export async function studyIn(
  given: Study,
  flags: SessionFlags,
  shard: Shard | null,
  reproduce: string,
  idle = false,
): Promise<number> {
  const open = openScenario(scenarioPath(given.scenario), nodeFiles, given.variant);
  printWarnings(open.warnings);
  const study = { ...given, name: given.name || open.base.name, seed: given.seed ?? open.base.seed };
  const questions: Questions = inWords(() => questionsOf(open, study.metrics, study.constraints));
  const session = new Session(study.name, flags, idle);
  const planned = inWords(() => planSweep(study, open, session.conductor));
  writeFileSync(
    join(session.folder, 'study.json'),
    `${JSON.stringify({ version: 1, study: given, reproduce }, null, 1)}\n`,
  );
  const { result, interrupted } = await session.run(() =>
    runSweep(study, questions, planned, session.conductor, shard),
  );
  const head = {
    command: 'sweep',
    study: study.name,
    scenario: open.base.name,
    version: VERSION,
    seed: study.seed,
    reproduce,
  };
  return session.finish(sweepReport(head, study, questions, result, open.base), interrupted && !idle);
}

function emptyStudy(scenario: string): Study {
  return {
    name: '',
    description: '',
    scenario,
    variant: '',
    axes: [],
    combine: 'grid',
    list: [],
    randomPoints: 0,
    replications: { min: 5, max: 5, precision: null },
    metrics: [],
    constraints: null,
    warmUp: 'default',
    duration: null,
    seed: null,
  };
}

/** Flags have the last word. */
function withFlags(study: Study, flags: SweepFlags): Study {
  const flagged = flags.vary.map((text) => {
    const [, name, values] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || values === undefined) {
      throw new UsageError(`--vary takes PARAMETER=VALUES, not "${text}"\n  fix       such as --vary replicas=4..40:4`);
    }
    return axisOf(name.trim(), values, { file: `--vary ${name.trim()}`, line: 1, column: 1 });
  });
  const names = flagged.map(({ name }) => name);
  const twin = names.find((name, i) => names.indexOf(name) < i);
  if (twin !== undefined)
    throw new UsageError(`--vary ${twin} is given twice\n  fix       write all values with commas between`);
  if (flagged.length > 0 && study.combine === 'list')
    throw new UsageError('the study lists its points: --vary cannot change them');
  const max = flags.reps ?? flags.maxReps;
  if (max === 0) throw new UsageError('--reps takes at least 1');
  const replications =
    flags.precision !== undefined
      ? {
          min: Math.min(flags.reps ?? 5, flags.maxReps ?? 50),
          max: flags.maxReps ?? 50,
          precision: shareFlag('--precision', flags.precision),
        }
      : max === undefined
        ? study.replications
        : { min: max, max, precision: null };
  return {
    ...study,
    axes: [...study.axes.filter(({ name }) => !names.includes(name)), ...flagged],
    combine: flags.zip ? 'zip' : study.combine,
    replications,
    metrics: flags.metric ?? study.metrics,
    constraints: flags.constraint ?? study.constraints,
    warmUp: flags.warmUp === undefined ? study.warmUp : warmUpFlag(flags).warmUp,
    duration: warmUpFlag(flags).duration ?? study.duration,
    seed: flags.seed ?? study.seed,
    variant: flags.variant ?? study.variant,
  };
}

function shardOf(text: string): Shard {
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { number: Number(number), of: Number(of) };
  if (shard.number >= 1 && shard.number <= shard.of) return shard;
  throw new UsageError(`--shard takes i/n, from 1/n to n/n, not "${text}"`);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/** The flags that change figures, as they were given. */
function describeFlags(given: string, flags: SweepFlags): string {
  const { vary, metric = [], constraint = [] } = flags;
  return commandLine(`svclab sweep ${given}${flags.zip ? ' --zip' : ''}`, [
    ...vary.map((text): [string, string] => ['--vary', text]),
    ['--reps', flags.reps],
    ['--precision', flags.precision],
    ['--max-reps', flags.maxReps],
    ...metric.map((text): [string, string] => ['--metric', text]),
    ...constraint.map((text): [string, string] => ['--constraint', text]),
    ['--warm-up', flags.warmUp],
    ['--duration', flags.duration],
    ['--seed', flags.seed],
    ['--variant', flags.variant],
  ]);
}
