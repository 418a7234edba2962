import { clockText } from '../clock-text.ts';
import { element } from '../element.ts';
import type { Player } from '../player.ts';
import type { ViewStore } from '../view-store.ts';
import type { Step } from './steps.ts';

/** The steps of the story as cards; the one that is on is marked, and told to those who listen. */
export function storyPanel(store: ViewStore, player: Player, steps: readonly Step[]): HTMLElement {
  if (steps.length === 0) {
    return element(
      'div',
      { class: 'story empty' },
      element('p', {}, 'Nobody has written a story into this trace.'),
      element('p', {}, 'Press play, or select something on the map to see its figures here.'),
    );
  }
  const cards = steps.map((step, i) => {
    const card = element(
      'button',
      { type: 'button', class: 'step' },
      element('span', { class: 'number' }, String(i + 1)),
      element('span', { class: 'title' }, step.title),
      element('time', {}, step.at === undefined ? '' : clockText(step.at)),
      element('span', { class: 'text' }, step.text),
    );
    card.addEventListener('click', () => goToStep(store, player, steps, i));
    return element('li', {}, card);
  });
  const live = element('p', { class: 'only-heard', 'aria-live': 'polite' });
  const root = element('div', { class: 'story' }, element('ol', {}, ...cards), live);
  store.watch(['step'], () => {
    const on = store.now.step;
    cards.forEach((card, i) => {
      card.firstElementChild?.toggleAttribute('data-on', i === on);
      card.firstElementChild?.setAttribute('aria-current', i === on ? 'step' : 'false');
    });
    const step = steps[on];
    if (step === undefined) return;
    reveal(cards[on]!);
    live.textContent = `${step.title}. ${step.text}`;
  });
  store.watch(['time'], () => {
    const { time, playing } = store.now;
    if (playing) store.set({ step: stepAt(steps, time) });
  });
  return root;

  /** Scrolls the panel, and only that: on a narrow page the map must stay where it is. */
  function reveal(card: HTMLElement): void {
    const [inner, outer] = [card.getBoundingClientRect(), root.getBoundingClientRect()];
    if (inner.top < outer.top) root.scrollTop -= outer.top - inner.top;
    else if (inner.bottom > outer.bottom) root.scrollTop += inner.bottom - outer.bottom;
  }
}

/** Shows a step of the story; one before the first or after the last is not there, and nothing happens. */
export function goToStep(store: ViewStore, player: Player, steps: readonly Step[], i: number): void {
  const step = steps[i];
  if (step === undefined) return;
  if (step.from !== undefined && step.to !== undefined) store.set({ from: step.from, to: step.to });
  if (step.object >= 0) store.set({ selection: step.object });
  store.set({ step: i, playing: false });
  if (step.at !== undefined) player.seek(step.at);
}

/** The step whose time came last; of several the first, since steps need not be in the order of time. -1: none yet. */
function stepAt(steps: readonly Step[], time: number): number {
  const past = steps.map(({ at }) => (at !== undefined && at <= time ? at : -1));
  const latest = Math.max(-1, ...past);
  return latest < 0 ? -1 : past.indexOf(latest);
}
