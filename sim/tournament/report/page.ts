import { count, plural } from '../../explain/figures.ts';
import { escapeHtml, pageOf } from '../../page/frame.ts';
import type { TournamentResult } from '../result.ts';
import { howItCame } from './how.ts';
import { type Material, materialOf } from './material.ts';
import { idOf } from './matrix.ts';
import { overview } from './overview.ts';
import { disruptions, imbalances, loadCurves, tails } from './pictures.ts';
import { rankings } from './ranked-table.ts';
import { STYLE } from './style.ts';

/** A page that stands alone and needs no script: the answer, who ranks where, what is paid for it, and how the figures came about. */
export function tournamentPage(result: TournamentResult): string {
  const material = materialOf(result);
  const { svclab, seed, workloads, strategies, answer } = result;
  const faults = strategies.flatMap(({ fault }) => (fault === null ? [] : [`${fault}. The others went on.`]));
  const main = [
    `<p class="eyebrow">tournament · ${count(strategies.length)} strategies · ${plural(workloads.length, 'workload')} · seed ${seed} · svclab ${escapeHtml(svclab)}</p>`,
    `<h1>${escapeHtml(answer)}</h1>`,
    ...faults.map((text) => `<p class="warning">${escapeHtml(text)}</p>`),
    ...(workloads.length === 0 ? [] : partsOf(material)),
    howItCame(material),
  ];
  return pageOf('svclab tournament', STYLE, main.join('\n'));
}

function partsOf(material: Material): string[] {
  const { workloads } = material.result;
  return [
    `<nav aria-label="Workloads">${workloads.map(({ name }) => `<a href="#${idOf(name)}">${escapeHtml(name)}</a>`).join(' ')}</nav>`,
    overview(material),
    rankings(material),
    loadCurves(material),
    tails(material),
    imbalances(material),
    disruptions(material),
  ];
}
