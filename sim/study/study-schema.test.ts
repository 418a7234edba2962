import { join } from 'node:path';
import { expect, test } from 'vitest';
import { studyJsonSchema } from './study-schema.ts';

test('the schema that editors load is fresh', async () => {
  const text = `${JSON.stringify(studyJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '../../schema/study.schema.json'));
});
