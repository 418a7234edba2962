import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readDisputes } from '../check/disputed.ts';
import { jsonReport } from '../check/json.ts';
import { junitReport } from '../check/junit.ts';
import { runTestFile, type TestResult } from '../check/run-tests.ts';
import { type Disputes, tally } from '../check/tally.ts';
import type { Files } from '../input/files.ts';
import { EXIT } from './exit.ts';
import { nodeFiles } from './files.ts';
import { printWarnings, UsageError } from './messages.ts';
import { ReadFiles } from './read-files.ts';
import { testFiles } from './test-files.ts';
import { printResult, printTally } from './test-report.ts';

interface Options {
  json?: boolean;
  junit?: string;
  watch?: boolean;
  disputed?: string;
}

/** `svclab test FILE…`: 2 if a test could not be run, else 1 if one failed. */
export function testCommand(program: Command): void {
  program
    .command('test')
    .description('run unit tests for Services: what must be true of manifests')
    .argument('<file...>', 'files of kind Test, or folders of them; - is standard input')
    .option('--json', 'print one JSON document')
    .option('--junit <file>', 'also write JUnit XML for CI')
    .option('--watch', 'run again when a file changes')
    .option('--disputed <list>', 'a YAML file of tests that are held to be wrong, NAME: reason; they do not fail')
    .addHelpText('after', '\nExample:\n  $ svclab test tests/ --junit results.xml')
    .action(async (paths: string[], options: Options) => {
      if (options.watch && (options.json || paths.includes('-'))) {
        throw new UsageError('--watch is for people and files: leave out --json and -');
      }
      const read = new ReadFiles();
      process.exitCode = runAll(paths, options, read);
      while (options.watch) {
        await read.changed();
        process.stdout.write('\n');
        process.exitCode = runAll(paths, options, read);
      }
    });
}

/** @param read takes what was read */
function runAll(paths: readonly string[], options: Options, read: ReadFiles): number {
  const files: Files = {
    read: (path) => {
      read.note(path);
      return nodeFiles.read(path);
    },
  };
  const disputes: Disputes = options.disputed === undefined ? new Map() : readDisputes(options.disputed, files);
  const results: TestResult[] = [];
  for (const path of paths) read.note(path);
  for (const path of testFiles(paths)) {
    const { results: own, warnings } = runTestFile(path, files);
    printWarnings(warnings);
    results.push(...own);
    if (!options.json) for (const result of own) printResult(result, disputes);
  }
  tellSettledDisputes(disputes, results);
  if (options.junit !== undefined) writeReport(options.junit, junitReport(results, disputes));
  if (options.json) process.stdout.write(`${JSON.stringify(jsonReport(results, disputes), null, 2)}\n`);
  else printTally(tally(results, disputes));
  if (results.some(({ internal }) => internal !== null)) return EXIT.internal;
  const { errors, failed } = tally(results, disputes);
  return errors > 0 ? EXIT.usage : failed > 0 ? EXIT.no : EXIT.done;
}

/** @throws UsageError */
function writeReport(path: string, xml: string): void {
  try {
    writeFileSync(path, xml);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
  }
}

function tellSettledDisputes(disputes: Disputes, results: readonly TestResult[]): void {
  for (const name of disputes.keys()) {
    const result = results.find((each) => each.name === name);
    if (result?.ok) process.stderr.write(`warning: the disputed test "${name}" passes: take it off the list\n`);
  }
}
