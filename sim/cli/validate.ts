import type { Command } from 'commander';
import { formatMessage } from '../input/input-error.ts';
import { type FileReport, validateFile } from '../input/load.ts';
import { EXIT } from './exit.ts';
import { nodeFiles, scenarioPath } from './files.ts';

/** `svclab validate FILE…`: exit code 2 if a file has a fault; warnings alone are fine. */
export function validateCommand(program: Command): void {
  program
    .command('validate')
    .description('check Scenario files and Kubernetes manifests, and say everything that is wrong')
    .argument(
      '<file...>',
      'Scenarios (with the manifests they name), manifests, or built-in scenarios; - is standard input',
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  $ svclab validate retail-outage')
    .action((paths: string[], { json }: { json?: boolean }) => {
      const reports = paths.map((path) => validateFile(scenarioPath(path), nodeFiles));
      process.stdout.write(
        json ? `${JSON.stringify({ version: 1, files: reports }, null, 2)}\n` : reports.map(print).join(''),
      );
      if (reports.some(({ errors }) => errors.length > 0)) process.exitCode = EXIT.usage;
    });
}

function print({ file, kind, errors, warnings }: FileReport): string {
  const told = [...errors, ...warnings.map((warning) => ({ ...warning, text: `warning: ${warning.text}` }))];
  const what = kind === 'Scenario' ? 'Scenario' : 'manifests';
  const counts = [count(errors.length, 'fault'), count(warnings.length, 'warning')]
    .filter((text) => text !== '')
    .join(', ');
  const verdict = errors.length > 0 ? `invalid ${what}` : `valid ${what}`;
  return `${told.map((message) => `${formatMessage(message)}\n`).join('')}${file}: ${verdict}${counts === '' ? '' : `, ${counts}`}\n`;
}

function count(n: number, noun: string): string {
  return n === 0 ? '' : `${n} ${noun}${n === 1 ? '' : 's'}`;
}
