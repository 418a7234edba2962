import type { Command } from 'commander';
import { QueryError } from '../kubectl/query-error.ts';
import { timeOption } from './cluster-file.ts';
import { EXIT } from './exit.ts';

/** What all of kubectl's commands take. */
export interface ViewOptions {
  namespace: string;
  allNamespaces?: boolean;
  at?: number;
}

export function addViewOptions(command: Command): Command {
  return command
    .option('-n, --namespace <name>', 'of the objects', 'default')
    .option('-A, --all-namespaces', 'objects of every namespace')
    .option('--at <time>', 'instant of the run, such as 31m or 1h30m', timeOption);
}

/** Runs it; what kubectl would refuse goes to standard error in its words: 2 for a wrong question, 1 for an empty answer. */
export function inKubectlsWords(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.isUsage ? EXIT.usage : EXIT.no;
  }
}
