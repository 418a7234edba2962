import { openScenario } from '../input/load.ts';
import type { Scenario } from '../input/scenario.ts';
import type { Conductor } from '../study/conductor.ts';
import { scenarioAt } from '../study/parameters.ts';
import { type Questions, questionsOf } from '../study/plan.ts';
import { DECISION_CONFIDENCE } from '../study/stopping.ts';
import { runSweep } from '../study/sweep.ts';
import { nodeFiles, scenarioPath } from './files.ts';
import { printWarnings, UsageError } from './messages.ts';
import { durationOf, inWords, objectivesOf, type QuestionFlags, replicationsOf, warmUpFlag } from './study-options.ts';
import type { Session } from './study-session.ts';

/** A question about what an event at some time does to a scenario's objectives. */
export interface EventQuestion {
  base: Scenario;
  /** As it is run. */
  scenario: Scenario;
  /** When the event comes, ns. */
  at: number;
  questions: Questions;
  seed: number;
}

/** Reads the scenario of a question, and the flags that all such questions have. @throws UsageError, InputError */
export function openEventQuestion(given: string, flags: Omit<QuestionFlags, 'fail'> & { at?: string }): EventQuestion {
  const open = openScenario(scenarioPath(given), nodeFiles, flags.variant ?? '');
  printWarnings(open.warnings);
  const { base } = open;
  const scenario = scenarioAt(open, {}, warmUpFlag(flags).duration);
  const at = flags.at === undefined ? Math.round(scenario.duration / 4) : durationOf('--at', flags.at);
  if (at >= scenario.duration)
    throw new UsageError('--at is after the end of the run\n  fix       an earlier time, or a longer --duration');
  const metrics = ['success', 'failed', 'p99', ...(base.business === null ? [] : ['lost'])];
  const questions = inWords(() => questionsOf(open, metrics, objectivesOf(base, flags.objective)));
  return { base, scenario, at, questions, seed: flags.seed ?? base.seed };
}

/** Runs the planned points until it is clear at each whether the objectives hold. */
export function decide(
  session: Session,
  { questions, seed }: EventQuestion,
  flags: Omit<QuestionFlags, 'fail'>,
  planned: Parameters<typeof runSweep>[2],
) {
  const { conductor }: { conductor: Conductor } = session;
  const study = { replications: replicationsOf(flags), seed };
  return session.run(() => runSweep(study, questions, planned, conductor, null, { decision: DECISION_CONFIDENCE }));
}
