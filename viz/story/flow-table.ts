import { digits, percentText } from '../clock-text.ts';
import { type Flow, mainGroup } from '../data/flows.ts';
import { OUTCOME_GROUPS } from '../data/outcome-groups.ts';
import type { World } from '../data/world.ts';
import { element } from '../element.ts';
import { type InkName, inks } from '../inks.ts';

/** So many flows are listed. */
const MOST_ROWS = 12;

/**
 * Where a client sends to, or where all go that want a Service, or who sends to a Pod or address: with rates, shares, and how it mostly ends.
 * @param flows at the instant `time`
 * @returns a table, or nothing when nothing flows
 */
export function flowTable(world: World, flows: readonly Flow[], id: number, time: number): HTMLElement[] {
  const kind = world.kind(id);
  const clients = new Set(
    world.clients.filter((client) => client.id === id || client.service === id).map((client) => client.id),
  );
  const byTarget = kind === 'Client' || kind === 'Service';
  const pod = world.podOf(id);
  const rows = flows
    .filter((flow) => (byTarget ? clients.has(flow.client) : pod !== undefined && world.podOf(flow.target) === pod))
    .sort((a, b) => b.rate - a.rate);
  if (rows.length === 0) return [];
  const total = rows.reduce((sum, { rate }) => sum + rate, 0);
  const names = [byTarget ? 'sent to' : 'sent by', 'per second', 'share', 'mostly'];
  const head = element('tr', {}, ...names.map((name) => element('th', { scope: 'col' }, name)));
  const body = rows.slice(0, MOST_ROWS).map((flow) => {
    const { key, label } = OUTCOME_GROUPS[mainGroup(flow.rates)]!;
    const swatch = element('i', {});
    swatch.style.setProperty('--swatch', inks()[key as InkName]);
    return element(
      'tr',
      {},
      element('td', {}, byTarget ? targetText(world, flow.target, time) : world.label(flow.client)),
      element('td', { class: 'figure' }, digits(flow.rate)),
      element('td', { class: 'figure' }, percentText(flow.rate / total)),
      element('td', {}, swatch, label),
    );
  });
  const shown = rows.length > MOST_ROWS ? `, the first ${MOST_ROWS} of them` : '';
  const says = kind === 'Service' ? 'by those who want this Service' : 'now';
  const caption = element('caption', {}, `${rows.length} ${byTarget ? 'targets' : 'clients'} ${says}${shown}`);
  return [element('table', {}, caption, element('thead', {}, head), element('tbody', {}, ...body))];
}

function targetText(world: World, target: number, time: number): string {
  if (target < 0) return 'nobody: none was picked';
  const pod = world.podOf(target);
  if (world.kind(target) === 'Address') return `${world.name(target)}${pod ? `, was ${pod.name}` : ', no Pod'}`;
  const isPublished = pod !== undefined && world.histories.at(pod.id, 'Pod.published', time) > 0;
  return `${world.name(target)}${isPublished ? '' : ', not published'}`;
}
