import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenarioJsonSchema } from './json-schema.ts';
import { loadScenario } from './load.ts';
import { scenarioReference } from './scenario-reference.ts';

test('docs/scenario.md is what the schema says', async () => {
  await expect(scenarioReference()).toMatchFileSnapshot('../../docs/scenario.md');
});

test('schema/scenario.schema.json is what the schema says', async () => {
  await expect(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../../schema/scenario.schema.json',
  );
});

test('the example in docs/scenario.md is a valid Scenario', () => {
  const example = scenarioReference()
    .match(/(?: {4}.*\n)+/)![0]
    .replaceAll(/^ {4}/gm, '');
  const manifests = readFileSync(join(import.meta.dirname, 'testdata/shop/shop.yaml'), 'utf8');
  const { base, warnings } = loadScenario('s.yaml', { read: (path) => (path === 's.yaml' ? example : manifests) });
  expect(base.traffic).toMatchObject([
    { name: 'storefront', client: 'browser', service: 'default/checkout', port: 80 },
  ]);
  expect(warnings.map(({ path }) => path)).toEqual(['traffic[0].to']); // users at a ClusterIP
});
