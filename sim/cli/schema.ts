import { Argument, type Command } from 'commander';
import { testJsonSchema } from '../check/test-schema.ts';
import { scenarioJsonSchema } from '../input/json-schema.ts';
import { studyJsonSchema } from '../study/study-schema.ts';
import { workloadJsonSchema } from '../tournament/workload/workload-schema.ts';

/** `svclab schema [kind]`: JSON Schema for editors (`# yaml-language-server: $schema=…`). */
export function schemaCommand(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of a kind of file')
    .addArgument(
      new Argument('[kind]', 'kind of file').choices(['scenario', 'study', 'test', 'workload']).default('scenario'),
    )
    .addHelpText('after', '\nExample:\n  $ svclab schema scenario > scenario.schema.json')
    .action((kind: string) => {
      const schemas = {
        scenario: scenarioJsonSchema,
        study: studyJsonSchema,
        test: testJsonSchema,
        workload: workloadJsonSchema,
      };
      const schema = schemas[kind as keyof typeof schemas]();
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
}
