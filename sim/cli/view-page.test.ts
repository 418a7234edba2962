import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { viewerPage } from './view-page.ts';

const assets = { script: 'show("ä $& </p>")', style: 'p { color: red }' };

test('the policy of the page lets exactly its own script and style run, and a page with its trace inside reach nothing', () => {
  const page = viewerPage(assets, Uint8Array.of(1, 2, 3));
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
  const hash = (source: string) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
  expect(policy.split('; ')).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      `script-src ${hash(assets.script)}`,
      `style-src ${hash(assets.style)}`,
      "connect-src 'none'",
    ]),
  );
  expect(page).toContain(`<script>${assets.script}</script>`);
  expect(page).toContain('id="trace">AQID</script>');
});

test('a page that asks its server for the trace may reach that server, and holds no trace', () => {
  const page = viewerPage(assets, 'trace.svt');
  expect(page).toContain("connect-src 'self'");
  expect(page).toContain('<meta name="svclab-trace" content="trace.svt">');
  expect(page).not.toContain('id="trace"');
});

test('a script that would end its own element is a bug, and is not written', () => {
  expect(() => viewerPage({ ...assets, script: '"</script>"' }, 'trace.svt')).toThrow(
    'the viewer would end its own script',
  );
});
