import type { Command } from 'commander';
import { questionReport } from '../study/question-report.ts';
import { FAILURES, type FailureKind, planSurvive, surviveAnswer } from '../study/survive.ts';
import { VERSION } from './files.ts';
import { UsageError } from './messages.ts';
import { decide, openEventQuestion } from './study-event.ts';
import { again, durationOf, inWords, type QuestionFlags, questionOptions } from './study-options.ts';
import { Session, sessionOptions } from './study-session.ts';

interface SurviveFlags extends Omit<QuestionFlags, 'fail'> {
  fail?: string[];
  at?: string;
  for?: string;
}

const HELP = `
Examples:
  svclab survive shop.yaml
  svclab survive shop.yaml --fail zone --at 1m --for 5m
  svclab survive shop.yaml --objective "storefront.success >= 99.9%"

Exit codes: 0 every loss is survived, 1 one is not, 2 wrong input, 70 internal error, 130 interrupted.
`;

export function surviveCommand(program: Command): void {
  const command = program
    .command('survive')
    .description('what the loss of each zone, node, Pod or of DNS costs: proof of N+1')
    .argument('<scenario>', 'a scenario file, or the name of a built-in one')
    .option('--fail <kind...>', `of ${FAILURES.join(', ')}; default: every kind that the scenario can have`)
    .option('--at <time>', 'when it fails (default: after a quarter of the run)')
    .option('--for <time>', 'how long (default: to the end of the run)');
  sessionOptions(questionOptions(command, 5, 20))
    .addHelpText('after', HELP)
    .action(async (given: string, flags: SurviveFlags) => {
      process.exitCode = await survive(given, flags);
    });
}

async function survive(given: string, flags: SurviveFlags): Promise<number> {
  const kinds = flags.fail?.flatMap((text) => text.split(',')) ?? null;
  const stranger = kinds?.find((kind) => !(FAILURES as readonly string[]).includes(kind));
  if (stranger !== undefined)
    throw new UsageError(`nothing is known of a failing "${stranger}"\n  expected  one of: ${FAILURES.join(', ')}`);
  const question = openEventQuestion(given, flags);
  const { base, scenario, at, questions, seed } = question;
  const session = new Session(`${base.name}-survive`, { ...flags, fail: true });
  const duration = flags.for === undefined ? Number.POSITIVE_INFINITY : durationOf('--for', flags.for);
  const planned = inWords(() =>
    planSurvive(scenario, { kinds: kinds as FailureKind[] | null, at, duration }, session.conductor),
  );
  const { result, interrupted } = await decide(session, question, flags, planned);
  const head = {
    command: 'survive',
    study: `${base.name}: what failures cost`,
    scenario: base.name,
    version: VERSION,
    seed,
    reproduce: again('survive', given, flags, [
      ['--fail', flags.fail?.join(',')],
      ['--at', flags.at],
      ['--for', flags.for],
    ]),
  };
  const answer = surviveAnswer(questions, result.points, base.business?.currency ?? '');
  return session.finish(questionReport(head, answer, ['failure'], questions, result, base), interrupted);
}
