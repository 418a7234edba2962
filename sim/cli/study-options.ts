import type { Command } from 'commander';
import { parseDuration } from '../cluster/duration.ts';
import type { Scenario } from '../input/scenario.ts';
import { BadValues } from '../study/axis-values.ts';
import { UnknownMetric } from '../study/metrics.ts';
import { NothingToAsk } from '../study/nothing-to-ask.ts';
import type { Replications } from '../study/stopping.ts';
import { advised, UsageError } from './messages.ts';
import { wholeNumber } from './options.ts';
import type { SessionFlags } from './study-session.ts';

/** What the ready-made questions have in common. */
export interface QuestionFlags extends SessionFlags {
  objective?: string[];
  reps: number;
  maxReps: number;
  warmUp?: string;
  duration?: string;
  seed?: number;
  variant?: string;
}

/** @param reps of each case that is tried, at least, and @param maxReps at most, by default */
export function questionOptions(command: Command, reps: number, maxReps: number): Command {
  return command
    .option('--objective <text...>', 'such as "storefront.p99 < 300ms"; default: the thresholds of the scenario')
    .option('--reps <n>', 'replications of each case, at least', wholeNumber, reps)
    .option('--max-reps <n>', 'the budget of a case: it ends earlier when the answer is clear', wholeNumber, maxReps)
    .option('--warm-up <time>', 'auto (MSER-5), none, or a time such as 30s')
    .option('--duration <time>', "of each run, instead of the scenario's")
    .option('--seed <n>', "of the first replication, instead of the scenario's", wholeNumber)
    .option('--variant <name>', 'a variant of the scenario instead of the scenario as it stands');
}

/** What is asked for where no objective speaks of success: who is refused at once has a fine latency. */
const SUCCESS = 'success >= 99.9%';

/** @throws UsageError when nothing says what is to be kept */
export function objectivesOf({ thresholds, traffic }: Scenario, objective: string[] | undefined): string[] {
  const texts = objective ?? thresholds.map(({ text }) => text);
  if (texts.length === 0) {
    throw new UsageError(
      `what is to be kept? the scenario has no thresholds\n  fix       --objective "${traffic[0]!.name}.p99 < 300ms"`,
    );
  }
  return texts.some((text) => text.includes('success')) ? texts : [...texts, SUCCESS];
}

/** From --reps to --max-reps, until it is clear whether the objectives hold; two at least, for an interval. */
export function replicationsOf({ reps, maxReps }: Pick<QuestionFlags, 'reps' | 'maxReps'>): Replications {
  const min = Math.max(2, reps);
  return { min, max: Math.max(min, maxReps), precision: null };
}

export function warmUpFlag({ warmUp, duration }: Pick<QuestionFlags, 'warmUp' | 'duration'>): {
  warmUp: number | 'auto' | 'default';
  duration: number | null;
} {
  return {
    warmUp: warmUp === undefined ? 'default' : warmUpOf(warmUp),
    duration: duration === undefined ? null : durationOf('--duration', duration),
  };
}

function warmUpOf(text: string): number | 'auto' {
  if (text === 'auto') return 'auto';
  return text === 'none' ? 0 : durationOf('--warm-up', text);
}

/** ns. */
export function durationOf(flag: string, text: string): number {
  try {
    const duration = parseDuration(text);
    if (duration > 0) return duration;
  } catch {
    // said below
  }
  throw new UsageError(`${flag} takes a duration such as 30s, not "${text}"`);
}

/** Faults of what was asked, as the command line tells them. */
export function inWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnknownMetric || error instanceof NothingToAsk) {
      throw advised(error.message, error.advice);
    }
    if (error instanceof BadValues) throw new UsageError(error.message);
    throw error;
  }
}

/** The command line that gives the same figures: whatever flags change them. */
export function again(
  command: string,
  given: string,
  flags: Omit<QuestionFlags, 'fail'>,
  own: readonly [flag: string, value: string | number | undefined][],
): string {
  const { objective, reps, maxReps, warmUp, duration, seed, variant } = flags;
  const all: [string, string | number | undefined][] = [
    ...own,
    ...(objective ?? []).map((text): [string, string] => ['--objective', text]),
    ['--reps', reps],
    ['--max-reps', maxReps],
    ['--warm-up', warmUp],
    ['--duration', duration],
    ['--seed', seed],
    ['--variant', variant],
  ];
  return commandLine(`svclab ${command} ${given}`, all);
}

export function commandLine(
  start: string,
  flags: readonly [flag: string, value: string | number | undefined][],
): string {
  const parts = flags.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${quoted(String(value))}`]));
  return [start, ...parts].join(' ');
}

function quoted(text: string): string {
  return /^[\w./:=,%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
