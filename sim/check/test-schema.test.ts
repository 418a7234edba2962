import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testJsonSchema } from './test-schema.ts';

test('the schema that editors load is fresh', async () => {
  const text = `${JSON.stringify(testJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '../../schema/test.schema.json'));
});
