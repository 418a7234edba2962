import type { Command } from 'commander';
import type { Scenario } from '../input/scenario.ts';
import { questionReport } from '../study/question-report.ts';
import { planRollout, rolloutAnswer, STRATEGIES } from '../study/rollout.ts';
import { VERSION } from './files.ts';
import { UsageError } from './messages.ts';
import { decide, openEventQuestion } from './study-event.ts';
import { again, durationOf, inWords, type QuestionFlags, questionOptions } from './study-options.ts';
import { noFailOption, Session, sessionOptions } from './study-session.ts';

interface RolloutFlags extends QuestionFlags {
  of?: string;
  at?: string;
  strategy?: string;
  preStop?: string;
  readiness?: string;
}

const HELP = `
Examples:
  svclab rollout-check shop.yaml --of checkout
  svclab rollout-check shop.yaml --of checkout --strategy 25%/25%,1/0,0/1 --pre-stop 0s,10s

Exit codes: 0 the rollout as it is keeps the objectives, 1 it does not, 2 wrong input, 70 internal error, 130 interrupted.
`;

export function rolloutCheckCommand(program: Command): void {
  const command = program
    .command('rollout-check')
    .description('does a rollout at this load break the objectives, and which settings are safe')
    .argument('<scenario>', 'a scenario file, or the name of a built-in one')
    .option('--of <deployment>', 'what is rolled out; default: the only Deployment')
    .option('--at <time>', 'when (default: after a quarter of the run)')
    .option(
      '--strategy <surge/unavailable,…>',
      'maxSurge and maxUnavailable that are tried (default: as it is, 25%/0, 1/0, 0/1, 0/50%)',
    )
    .option('--pre-stop <times>', 'how long a Pod that ends goes on serving (default: as it is, 0s, 10s)')
    .option('--readiness <times>', 'initial delays of the readiness probe (default: as it is)');
  noFailOption(sessionOptions(questionOptions(command, 4, 20)))
    .addHelpText('after', HELP)
    .action(async (given: string, flags: RolloutFlags) => {
      process.exitCode = await rolloutCheck(given, flags);
    });
}

async function rolloutCheck(given: string, flags: RolloutFlags): Promise<number> {
  const question = openEventQuestion(given, flags);
  const { base, scenario, at, questions, seed } = question;
  const deployment = deploymentOf(scenario, flags.of);
  const session = new Session(`${base.name}-rollout`, flags);
  const options = {
    deployment,
    at,
    strategies:
      flags.strategy === undefined ? STRATEGIES : [STRATEGIES[0]!, ...flags.strategy.split(',').map(strategyOf)],
    preStops: flags.preStop === undefined ? [null, 0, 10] : [null, ...secondsOf('--pre-stop', flags.preStop)],
    readiness: flags.readiness === undefined ? [null] : [null, ...secondsOf('--readiness', flags.readiness)],
  };
  const planned = inWords(() => planRollout(scenario, options, session.conductor));
  const { result, interrupted } = await decide(session, question, flags, planned);
  const name = deployment.slice(deployment.indexOf('/') + 1);
  const head = {
    command: 'rollout-check',
    study: `${base.name}: a rollout of ${name}`,
    scenario: base.name,
    version: VERSION,
    seed,
    reproduce: again('rollout-check', given, flags, [
      ['--of', flags.of],
      ['--at', flags.at],
      ['--strategy', flags.strategy],
      ['--pre-stop', flags.preStop],
      ['--readiness', flags.readiness],
    ]),
  };
  const names = ['rollout', 'maxSurge / maxUnavailable', 'preStop', 'readiness delay'];
  const report = questionReport(head, rolloutAnswer(name, questions, result.points), names, questions, result, base);
  // The answer is about the rollout as it is; the others are advice.
  const own = result.points.find(({ values }) => values.rollout!.text === 'as it is');
  const held = own === undefined ? null : own.sample.verdicts.every((verdict) => verdict === 'holds');
  return session.finish({ ...report, held }, interrupted);
}

function deploymentOf({ objects }: Scenario, of: string | undefined): string {
  const all = objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata);
  const name = of?.replace(/^deployment\//, '');
  const found =
    name === undefined ? all : all.filter((each) => each.name === name || `${each.namespace}/${each.name}` === name);
  if (found.length === 1) return `${found[0]!.namespace}/${found[0]!.name}`;
  const names = all.map((each) => each.name).join(', ');
  const text = name === undefined ? 'which Deployment? there are several' : `there is no Deployment "${name}"`;
  throw new UsageError(`${text}\n  expected  --of with one of: ${names}`);
}

function strategyOf(text: string): { maxSurge: string | number; maxUnavailable: string | number } {
  const [, surge, unavailable] = /^(\d+%?)\/(\d+%?)$/.exec(text.trim()) ?? [];
  if (surge === undefined || unavailable === undefined || (/^0%?$/.test(surge) && /^0%?$/.test(unavailable))) {
    throw new UsageError(
      `--strategy takes maxSurge/maxUnavailable such as 25%/0 or 0/1, not both 0; "${text}" is none`,
    );
  }
  const value = (part: string) => (part.endsWith('%') ? part : Number(part));
  return { maxSurge: value(surge), maxUnavailable: value(unavailable) };
}

function secondsOf(flag: string, text: string): number[] {
  return text
    .split(',')
    .map((each) => (/^0s?$/.test(each.trim()) ? 0 : Math.ceil(durationOf(flag, each.trim()) / 1e9)));
}
