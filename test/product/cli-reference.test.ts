import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './runs.ts';

const PROGRAM = join(ROOT, 'dist/cli/main.js');

function help(...command: string[]): string {
  const { stdout } = spawnSync('node', [PROGRAM, ...command, '--help'], {
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: '80', NO_COLOR: '1' },
  });
  return stdout.trim().replace(/runs at once \(default: \d+\)/, 'runs at once (default: one per core)');
}

/** docs/cli.md is what the program says of itself; `npm run gen` writes it anew. */
test('the command-line reference is fresh', async () => {
  const commands = [...help().matchAll(/^ {2}([\w-]+) .*(?:<|\[)/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'help');
  expect(commands).toContain('run');
  const sections = commands.map((name) => `## svclab ${name}\n\n\`\`\`\n${help(name)}\n\`\`\``);
  const page = `# Command line

What \`svclab --help\` says, written by \`npm run gen\`.

Standard output is the answer, standard error everything else; \`--json\` prints one document and nothing beside it; \`-\` is
standard input. Colour only on a terminal and without \`NO_COLOR\`. Exit codes: 0 fine; 1 it ran, and the answer is no (a
threshold was missed); 2 the input or the usage was wrong; 70 an internal error; 130 interrupted, after writing what
there was.

\`\`\`
${help()}
\`\`\`

${sections.join('\n\n')}
`;
  await expect(page).toMatchFileSnapshot(join(ROOT, 'docs/cli.md'));
});
