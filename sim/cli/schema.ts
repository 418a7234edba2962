import { Argument, type Command } from 'commander';
import { testJsonSchema } from '../check/test-schema.ts';
import { scenarioJsonSchema } from '../input/json-schema.ts';

/** `svclab schema [kind]`: JSON Schema for editors (`# yaml-language-server: $schema=…`). */
export function schemaCommand(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of a kind of file')
    .addArgument(new Argument('[kind]', 'kind of file').choices(['scenario', 'test']).default('scenario'))
    .addHelpText('after', '\nExample:\n  $ svclab schema scenario > scenario.schema.json')
    .action((kind: string) => {
      const schema = kind === 'test' ? testJsonSchema() : scenarioJsonSchema();
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
}
