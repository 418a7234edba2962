/** What pages that stand alone have in common: a report of runs, a report of a study. */

/** Names come from manifests: they go into the page as text. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Of every page: light and dark, wide and narrow, on paper. */
const STYLE = `
:root{--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--page:#fff;--ok:#009e73;--bad:#d55e00;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--line:#30363d;--page:#14181f}}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
.eyebrow,.legend,figcaption{color:var(--soft);font-size:.85rem}
h1{font-size:1.6rem;line-height:1.3;margin:.2rem 0 .6rem;text-wrap:pretty}
h2{font-size:1.1rem;margin:2.4rem 0 .6rem;border-top:1px solid var(--line);padding-top:1.2rem}
h3{font-size:.95rem;margin:0}
.lead{color:var(--soft);margin:0}
.story{padding-left:1.3rem}.story li{margin:.7rem 0}.story p{margin:.1rem 0 0;max-width:46rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums;white-space:nowrap}
th,td{padding:.35rem .55rem;text-align:right;border-bottom:1px solid var(--line)}
th:first-child{text-align:left;padding-left:0}thead th{color:var(--soft);font-weight:600;font-size:.72rem;white-space:normal;vertical-align:bottom}
figure{margin:1.1rem 0}figcaption strong{color:var(--ink)}figcaption em{font-style:normal;float:right}
svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:10px}
.grid line{stroke:var(--line)}path.ok,.key.ok{fill:var(--ok);background:var(--ok)}path.bad,.key.bad{fill:var(--bad);background:var(--bad)}
.key{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;margin:0 .35rem 0 .9rem;vertical-align:-1px}
@media print{main{padding:0}figure,li{break-inside:avoid}}
`;

/** A page that stands alone and loads nothing. @param style beside what all have @param main HTML */
export function pageOf(title: string, style: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
}
