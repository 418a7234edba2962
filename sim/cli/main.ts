#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { CannotCheck } from '../check/check.ts';
import { capacityCommand } from './capacity.ts';
import { describeCommand } from './describe.ts';
import { dnsCommand } from './dns.ts';
import { dumpCommand } from './dump.ts';
import { envCommand } from './env.ts';
import { eventsCommand } from './events.ts';
import { EXIT } from './exit.ts';
import { VERSION } from './files.ts';
import { getCommand } from './get.ts';
import { mergeCommand } from './merge.ts';
import { UsageError } from './messages.ts';
import { packetCommand } from './packet.ts';
import { rolloutCheckCommand } from './rollout-check.ts';
import { runCommand } from './run.ts';
import { scenariosCommand } from './scenarios.ts';
import { schemaCommand } from './schema.ts';
import { surviveCommand } from './survive.ts';
import { sweepCommand } from './sweep.ts';
import { testCommand } from './test.ts';
import { tournamentCommand } from './tournament.ts';
import { validateCommand } from './validate.ts';
import { viewCommand } from './view.ts';

const program = new Command('svclab')
  .description('What would my Kubernetes Services do if…? A discrete-event simulator of the Service data plane.')
  .version(VERSION)
  .showSuggestionAfterError()
  .configureHelp({ showGlobalOptions: true })
  .addHelpText('before', 'Try:  svclab run retail-outage\n')
  .exitOverride();

runCommand(program);
viewCommand(program);
sweepCommand(program);
mergeCommand(program);
capacityCommand(program);
surviveCommand(program);
rolloutCheckCommand(program);
tournamentCommand(program);
scenariosCommand(program);
validateCommand(program);
testCommand(program);
getCommand(program);
describeCommand(program);
eventsCommand(program);
dnsCommand(program);
envCommand(program);
packetCommand(program);
dumpCommand(program);
schemaCommand(program);
for (const command of program.commands) command.exitOverride();

// `svclab … | head` ends quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Says what is wrong, if nobody has yet, and with which code to end. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { name, message } = error as Error;
  // By its name: one from a worker thread has lost its class.
  if (error instanceof UsageError || error instanceof CannotCheck || name === 'InputError') {
    process.stderr.write(`${message}\n`);
    return EXIT.usage;
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR') {
    process.stderr.write(`cannot write: ${message}\n`);
    return EXIT.usage;
  }
  process.stderr.write(
    `${(error as Error).stack ?? String(error)}\n\nThis is a fault of svclab ${VERSION}, not of your input. Please report it with the command line,\nthe scenario file, the seed and the lines above.\n  node ${process.version}, ${process.argv.slice(2).join(' ')}\n`,
  );
  return EXIT.internal;
}
