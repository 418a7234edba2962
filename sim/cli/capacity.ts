import type { Command } from 'commander';
import { openScenario } from '../input/load.ts';
import type { Scenario } from '../input/scenario.ts';
import { findCapacity } from '../study/capacity.ts';
import { capacityReport } from '../study/capacity-report.ts';
import { scalableOf } from '../study/parameters.ts';
import { questionsOf } from '../study/plan.ts';
import { farmOf } from '../study/second-opinion.ts';
import { nodeFiles, scenarioPath, VERSION } from './files.ts';
import { printWarnings, UsageError } from './messages.ts';
import { wholeNumber } from './options.ts';
import {
  again,
  inWords,
  objectivesOf,
  type QuestionFlags,
  questionOptions,
  replicationsOf,
  warmUpFlag,
} from './study-options.ts';
import { noFailOption, Session, sessionOptions } from './study-session.ts';

interface CapacityFlags extends QuestionFlags {
  load: string;
  of?: string;
  min: number;
  max: number;
}

const HELP = `
Examples:
  svclab capacity shop.yaml --of checkout --load 1x,1.5x,2x
  svclab capacity shop.yaml --objective "storefront.p99 < 300ms"
  svclab capacity shop.yaml --of workloads.api.cores --max 64

Exit codes: 0 found at every load, 1 no number is enough at some load, 2 wrong input, 70 internal error, 130 interrupted.
`;

export function capacityCommand(program: Command): void {
  const command = program
    .command('capacity')
    .description('the fewest replicas that keep the objectives, at each load')
    .argument('<scenario>', 'a scenario file, or the name of a built-in one')
    .option(
      '--of <name>',
      'a Deployment, or a path to a whole number; default: the Deployment that the traffic goes to',
    )
    .option('--load <factors>', 'times the load of the scenario', '1x,1.5x,2x')
    .option('--min <n>', 'the fewest to look at', wholeNumber, 1)
    .option('--max <n>', 'the most to look at', wholeNumber, 500);
  noFailOption(sessionOptions(questionOptions(command, 4, 30)))
    .addHelpText('after', HELP)
    .action(async (given: string, flags: CapacityFlags) => {
      process.exitCode = await capacity(given, flags);
    });
}

async function capacity(given: string, flags: CapacityFlags): Promise<number> {
  const { open, duration } = inWords(() => {
    const opened = openScenario(scenarioPath(given), nodeFiles, flags.variant ?? '');
    return { open: opened, duration: warmUpFlag(flags).duration };
  });
  printWarnings(open.warnings);
  const { base } = open;
  if (flags.min < 1 || flags.min > flags.max)
    throw new UsageError(`--min ${flags.min} and --max ${flags.max} leave nothing to look at`);
  const loads = flags.load.split(',').map((text) => {
    const load = Number(text.trim().replace(/x$/, ''));
    if (!(load > 0 && load <= 1e6)) throw new UsageError(`--load takes factors such as 1x,1.5x,2x, not "${text}"`);
    return load;
  });
  const parameter = parameterOf(base, flags.of);
  const questions = inWords(() => questionsOf(open, [], objectivesOf(base, flags.objective)));
  const session = new Session(`${base.name}-capacity`, flags);
  const seed = flags.seed ?? base.seed;
  const options = {
    parameter,
    loads,
    min: flags.min,
    max: flags.max,
    replications: replicationsOf(flags),
    seed,
    warmUp: warmUpFlag(flags).warmUp,
    duration,
  };
  const { result, interrupted } = await session.run(() => findCapacity(open, questions, options, session.conductor));
  const head = {
    command: 'capacity',
    study: `${base.name}: capacity`,
    scenario: base.name,
    version: VERSION,
    seed,
    reproduce: again('capacity', given, flags, [
      ['--of', flags.of],
      ['--load', flags.load],
      ['--min', flags.min],
      ['--max', flags.max],
    ]),
  };
  return session.finish(capacityReport(head, parameter, questions, result, base), interrupted);
}

/** `replicas.NAME` of a Deployment; anything with a dot that is none is a path. */
function parameterOf(base: Scenario, of: string | undefined): string {
  const known = scalableOf(base);
  if (of === undefined) {
    if (known.length === 1) return 'replicas';
    const farm = farmOf(base);
    if (typeof farm === 'object') return `replicas.${farm.workload.split('/')[1]}`;
    const names = known.map((key) => key.split('/')[1]).join(', ');
    throw new UsageError(
      `which replicas? there are several workloads\n  expected  --of with one of: ${names}\n  fix       such as --of ${names.split(', ')[0]}`,
    );
  }
  const name = of.replace(/^(deployment|statefulset)\//, '');
  return known.some((key) => key === name || key.endsWith(`/${name}`)) || !of.includes('.') ? `replicas.${name}` : of;
}
