import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Stopping } from '../tournament/cell.ts';
import { tournamentCsv } from '../tournament/report/csv.ts';
import { tournamentJson } from '../tournament/report/json.ts';
import { tournamentPage } from '../tournament/report/page.ts';
import { type Entrant, type Plan, runTournament } from '../tournament/tournament.ts';
import { shortened } from '../tournament/workload/shortened.ts';
import type { Workload } from '../tournament/workload/workload.ts';
import { EXIT } from './exit.ts';
import { builtinWorkloads, HOME, makeFolder, VERSION } from './files.ts';
import { UsageError } from './messages.ts';
import { shareFlag } from './options.ts';
import { ProgressLine } from './progress.ts';
import { commandLine } from './study-options.ts';
import { entrantsOf, uniqueNames, unknown, workloadNamed } from './tournament-entrants.ts';
import { RANKING, type TournamentFlags } from './tournament-flags.ts';
import { listed, listText, terminalText } from './tournament-text.ts';
import { ThreadPlayer } from './tournament-threads.ts';

/** On which workload load–latency curves are drawn, and at which loads. */
const CURVES = 'homogeneous';
const LOADS = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95];
const QUICK_LOADS = [0.5, 0.8, 0.95];
/** Of the curves' points: three replications. */
const POINT: Stopping = { min: 3, max: 3, precision: 0, requests: 1e6 };
const QUICK: Stopping = { min: 3, max: 3, precision: 0, requests: 4e5 };
const QUICK_POINT: Stopping = { min: 1, max: 1, precision: 0, requests: 2e5 };

/** More would only begin and end. */
const MOST_THREADS = 64;

/** Does what the command line asks for. @returns the exit code */
export async function tournament(flags: TournamentFlags): Promise<number> {
  if (flags.example) {
    process.stdout.write(readFileSync(join(HOME, 'examples', 'least-of-three.js'), 'utf8'));
    return EXIT.done;
  }
  if (flags.list) {
    process.stdout.write(flags.json ? `${JSON.stringify(listed(), null, 2)}\n` : listText());
    return EXIT.done;
  }
  if (flags.threads < 1) throw new UsageError('--threads takes at least 1');
  if (flags.patience < 1) throw new UsageError('--patience takes at least 1');
  const workloads = (flags.workload.length > 0 ? flags.workload : builtinWorkloads().map(({ name }) => name)).map(
    workloadNamed,
  );
  uniqueNames(workloads, '--workload');
  const player = new ThreadPlayer(Math.min(flags.threads, MOST_THREADS), flags.patience);
  try {
    const entrants = await entrantsOf(flags, player);
    makeFolder(flags.out);
    return await play(planOf(flags, entrants, workloads), player, flags);
  } finally {
    await player.close();
  }
}

async function play(plan: Plan, player: ThreadPlayer, flags: TournamentFlags): Promise<number> {
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    player.interrupt();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  let share = 0;
  const progress = new ProgressLine();
  progress.start('playing', () => share);
  const heading = { svclab: VERSION, command: commandOf(flags) };
  const result = await runTournament(plan, player, heading, {
    progress: (done, all) => {
      share = done / all;
    },
    stopped: () => interrupted,
  }).finally(() => {
    progress.stop();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  });
  writeFileSync(join(flags.out, 'tournament.json'), tournamentJson(result, 0));
  writeFileSync(join(flags.out, 'tournament.csv'), tournamentCsv(result));
  writeFileSync(join(flags.out, 'report.html'), tournamentPage(result));
  if (flags.json) process.stdout.write(tournamentJson(result, 1));
  else process.stdout.write(terminalText(result));
  for (const { fault } of result.strategies) if (fault !== null) process.stderr.write(`fault   ${fault}\n`);
  process.stderr.write(`report  ${relative('.', flags.out)}/report.html  (and tournament.csv, tournament.json)\n`);
  if (interrupted) {
    process.stderr.write('interrupted: only workloads that were played to the end are in the report\n');
    return EXIT.interrupted;
  }
  return result.strategies.some(({ fault }) => fault !== null) ? EXIT.no : EXIT.done;
}

function planOf(flags: TournamentFlags, entrants: Entrant[], workloads: Workload[]): Plan {
  const rankedBy = RANKING.find((figure) => figure === flags.by);
  if (rankedBy === undefined) throw unknown('--by', flags.by, RANKING, 'a figure');
  if (flags.reps < 2) throw new UsageError('--reps takes at least 2: one replication has no interval');
  const precision = shareFlag('--precision', flags.precision);
  const stopping: Stopping = flags.quick
    ? QUICK
    : { min: flags.reps, max: 1000, precision, requests: flags.maxRequests };
  const lengthOf = (workload: Workload) => (flags.quick ? shortened(workload) : workload);
  const isAll = flags.workload.length === 0;
  const curves =
    flags.curves && isAll
      ? {
          workload: lengthOf(workloadNamed(CURVES)),
          loads: flags.quick ? QUICK_LOADS : LOADS,
          stopping: flags.quick ? QUICK_POINT : POINT,
        }
      : null;
  return { entrants, workloads: workloads.map(lengthOf), seed: flags.seed, stopping, rankedBy, curves };
}

/** The flags that change figures, as they were given. */
function commandOf(flags: TournamentFlags): string {
  return commandLine(`svclab tournament${flags.quick ? ' --quick' : ''}${flags.curves ? '' : ' --no-curves'}`, [
    ...flags.strategy.map((text): [string, string] => ['--strategy', text]),
    ...(flags.against ?? []).map((text): [string, string] => ['--against', text]),
    ...flags.workload.map((text): [string, string] => ['--workload', text]),
    ['--precision', flags.precision === '5%' ? undefined : flags.precision],
    ['--max-requests', flags.maxRequests === 2_000_000 ? undefined : flags.maxRequests],
    ['--reps', flags.reps === 8 ? undefined : flags.reps],
    ['--by', flags.by === 'p99' ? undefined : flags.by],
    ['--seed', flags.seed],
  ]);
}
