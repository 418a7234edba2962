import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workloadJsonSchema } from './workload-schema.ts';

test('the schema that editors load is fresh', async () => {
  const text = `${JSON.stringify(workloadJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '../../../schema/workload.schema.json'));
});
