import type { Command } from 'commander';
import { describeScenario } from '../input/load.ts';
import { builtinScenarios, nodeFiles } from './files.ts';

/** `svclab scenarios`: the scenarios that come with svclab, by the names that `svclab run` knows. */
export function scenariosCommand(program: Command): void {
  program
    .command('scenarios')
    .description('list the built-in scenarios')
    .option('--json', 'print one JSON document')
    .action(({ json }: { json?: boolean }) => {
      const found = builtinScenarios().map(({ name, path }) => ({ name, path, ...describeScenario(path, nodeFiles) }));
      if (json) {
        process.stdout.write(`${JSON.stringify({ version: 1, scenarios: found }, null, 2)}\n`);
        return;
      }
      const width = Math.max(0, ...found.map(({ name }) => name.length));
      for (const { name, description, variants } of found) {
        process.stdout.write(`${name.padEnd(width)}  ${description}\n`);
        if (variants.length > 0) process.stdout.write(`${' '.repeat(width)}  variants: ${variants.join(', ')}\n`);
      }
    });
}
