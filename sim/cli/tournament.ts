import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { wholeNumber } from './options.ts';
import { RANKING, type TournamentFlags } from './tournament-flags.ts';

const HELP = `
Examples:
  svclab tournament --quick
  svclab tournament --strategy ./mine.js --quick
  svclab tournament --strategy ./mine.ts --against jsq random envoy-least-request --workload one-slow-pod
  svclab tournament --example > mine.js

Docs: docs/tournament.md has the interface of strategies, the workloads' format, and how the figures come about.
Exit codes: 0 fine, 1 a strategy broke its contract, 2 wrong input, 70 internal error, 130 interrupted.
`;

export function tournamentCommand(program: Command): void {
  program
    .command('tournament')
    .description('benchmark load-balancing strategies, those of real systems and your own, on the same requests')
    .option(
      '--strategy <file-or-name...>',
      'a module of your own (.js, .ts), or a built-in one, with options if you like: envoy-least-request:choiceCount=5',
      [],
    )
    .option(
      '--against <name...>',
      'the built-in strategies to compare with (default: all, unless --strategy names some)',
    )
    .option('--workload <file-or-name...>', 'only these (default: all that are built in)', [])
    .option('--quick', 'three replications of each, some of them shorter: a first look in a minute or so')
    .option('--precision <share>', 'enough replications, when the interval of the p99 is so narrow to each side', '5%')
    .option('--max-requests <n>', 'the budget of a strategy on a workload', wholeNumber, 2_000_000)
    .option('--reps <n>', 'replications of each, at least, as far as the budget allows', wholeNumber, 8)
    .option('--by <figure>', `what ranks: ${RANKING.join(', ')}`, 'p99')
    .option('--no-curves', 'without load–latency curves')
    .option('--seed <n>', 'of the first replication', wholeNumber, 1)
    .option('--threads <n>', 'cells at once', wholeNumber, availableParallelism())
    .option('--patience <seconds>', 'how long one call of your strategy may take', wholeNumber, 10)
    .option('--out <folder>', 'where the report goes', 'out/tournament')
    .option('--json', 'one JSON document on standard output, nothing else there')
    .option('--list', 'list the built-in strategies and workloads')
    .option('--example', 'print a strategy of twenty lines to begin with')
    .addHelpText('after', HELP)
    .action(async (flags: TournamentFlags) => {
      // The strategies and the page are loaded for this command alone: they would cost every other one its start.
      const { tournament } = await import('./tournament-play.ts');
      process.exitCode = await tournament(flags);
    });
}
