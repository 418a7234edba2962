import { element } from '../element.ts';

const STATES: readonly (readonly [key: string, label: string])[] = [
  ['ready', 'ready, busy'],
  ['idle', 'ready, idle'],
  ['full', 'CPU full'],
  ['starting', 'starting'],
  ['not-ready', 'not ready'],
  ['terminating', 'terminating'],
  ['ghost', 'dead address, still used'],
  ['published', 'published as ready'],
];

/** What the signs on the map mean. `dot` says what one moving dot stands for; undefined: nothing moves. */
export function mapLegend(): { readonly root: HTMLElement; dot(perDot: number | undefined): void } {
  const moving = element('li', {}, element('i', { class: 'dot' }), element('i', { class: 'diamond' }));
  const says = element('span', {});
  moving.append(says);
  const items = STATES.map(([key, label]) => element('li', {}, element('i', { class: `pod ${key}` }), label));
  return {
    root: element('ul', { class: 'map-legend' }, ...items, moving),
    dot: (perDot) => {
      moving.hidden = perDot === undefined;
      const text = `${perDot === 1 ? 'an attempt' : `${perDot} attempts`}: ok, failed`;
      if (says.textContent !== text) says.textContent = text;
    },
  };
}
