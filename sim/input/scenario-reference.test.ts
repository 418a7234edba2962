import { expect, test } from 'vitest';
import { scenarioJsonSchema } from './json-schema.ts';
import { scenarioReference } from './scenario-reference.ts';

test('docs/scenario.md is what the schema says', async () => {
  await expect(scenarioReference()).toMatchFileSnapshot('../../docs/scenario.md');
});

test('schema/scenario.schema.json is what the schema says', async () => {
  await expect(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../schema/scenario.schema.json',
  );
});
