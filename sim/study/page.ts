import { escapeHtml, pageOf } from '../page/frame.ts';
import { tableOf } from '../page/table.ts';
import { figureOfChart } from './charts.ts';
import type { StudyReport } from './report.ts';

/** A page of its own that needs nothing else: the answer, the figures with their intervals, and what makes them again. */
export function studyPage(report: StudyReport): string {
  const { answer, study, scenario, seed, version, warnings, notes, tables, charts, reproduce, command } = report;
  return pageOf(
    `${study} · svclab ${command}`,
    OWN_STYLE,
    `<p class="eyebrow">${escapeHtml(command)} of ${escapeHtml(scenario)} · seed ${seed} · svclab ${escapeHtml(version)}</p>
<h1>${escapeHtml(answer)}</h1>
${warnings.map((text) => `<p class="warning">Warning: ${escapeHtml(text)}</p>`).join('\n')}
<div class="multiples">${charts.map(figureOfChart).join('\n')}</div>
${tables.map((table) => `<h2>${escapeHtml(table.title)}</h2>${tableOf(table)}`).join('\n')}
<h2>How the figures came about</h2>
<ul>${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>
<p>The same figures, byte for byte, come from</p>
<pre>${escapeHtml(reproduce)}</pre>`,
  );
}

const OWN_STYLE = `
.multiples{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:0 1.5rem;margin-top:1.5rem}
figure.study{margin:.6rem 0}.bound{stroke:var(--bad);stroke-dasharray:5 4}.mark{stroke:var(--soft);stroke-dasharray:2 3}
th.text,td.text{text-align:left}.warning{border-left:3px solid var(--bad);padding-left:.7rem}
pre{overflow-x:auto;background:color-mix(in srgb,var(--soft) 12%,transparent);padding:.7rem;border-radius:4px;font-size:.85rem}
`;
