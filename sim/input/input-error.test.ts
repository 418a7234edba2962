import { expect, test } from 'vitest';
import { formatMessage } from './input-error.ts';

test('what a file holds reaches the terminal as text', () => {
  const message = { file: 's.yaml', line: 1, column: 2, path: 'a', text: 'no "\x1b[2J\x9b\u2026"' };
  expect(formatMessage({ ...message, expected: 'a\tb', fix: '\r' })).toBe(
    's.yaml:1:2: a: no "\\x1b[2J\\x9b\u2026"\n  expected  a\tb\n  fix       \\x0d',
  );
});
