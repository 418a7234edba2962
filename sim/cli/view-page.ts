import { createHash } from 'node:crypto';

/** The viewer as it was built: one script, one style sheet. */
export interface ViewerAssets {
  readonly script: string;
  readonly style: string;
}

/**
 * The viewer's page, complete in itself: script and style are inside, and its policy lets nothing else run or load.
 * @param trace the bytes to put into the page; or the address, relative to it, from which the page's own server gives them
 */
export function viewerPage({ script, style }: ViewerAssets, trace: Uint8Array | string): string {
  if (/<\/(script|style)/i.test(script + style)) throw new Error('the viewer would end its own script');
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    `connect-src ${typeof trace === 'string' ? "'self'" : "'none'"}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const data =
    typeof trace === 'string'
      ? `<meta name="svclab-trace" content="${trace}">`
      : `<script type="application/octet-stream" id="trace">${Buffer.from(trace).toString('base64')}</script>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>svclab</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app"><noscript>This page needs JavaScript to draw.</noscript></div>
${data}
<script>${script}</script>
</body>
</html>
`;
}

function hashOf(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`;
}
