import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

/** Runs the first JavaScript of docs/engine.md on the sources. @returns what it prints */
async function runExample(page: string): Promise<string> {
  const code = /```js\n([\s\S]*?)```/.exec(page)![1]!;
  const scope: Record<string, unknown> = {};
  const body = code.replace(/^import \{ (\w+) \} from '\.\/dist\/(.*)\.js';$/gm, (_, name: string, path: string) => {
    scope[name] = path;
    return '';
  });
  for (const [name, path] of Object.entries(scope)) {
    const module = (await import(new URL(`sim/${path}.ts`, root).pathname)) as Record<string, unknown>;
    scope[name] = module[name];
  }
  let printed = '';
  scope.console = { log: (line: string) => (printed += line) };
  new Function(...Object.keys(scope), body)(...Object.values(scope));
  return printed;
}

test('the example of docs/engine.md runs as it stands, and prints what the page says: Erlang C', async () => {
  const page = readFileSync(new URL('docs/engine.md', root), 'utf8');
  const [, said, theory] = /mean wait of ([\d.]+) s; Erlang C says (\d+) s/.exec(page)!;
  const printed = Number(/customers wait ([\d.]+) s/.exec(await runExample(page))![1]);
  expect(printed.toFixed(1)).toBe(said);
  // two tellers at 2/3 of their capacity: they are both busy with probability 8/15, and then one waits 90 s on average
  expect(Number(theory)).toBe((8 / 15) * 90);
  expect(Math.abs(printed - 48)).toBeLessThan(1);
});
