import { clockText, digits } from '../clock-text.ts';
import { button, element } from '../element.ts';
import { icon } from '../icons.ts';
import type { ViewStore } from '../view-store.ts';

/** What the buttons of the page do; the keys do the same. */
export interface Commands {
  readonly play: () => void;
  readonly slower: () => void;
  readonly faster: () => void;
  readonly start: () => void;
  readonly end: () => void;
  readonly whole: () => void;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly previousEvent: () => void;
  readonly nextEvent: () => void;
  readonly previousStep: () => void;
  readonly nextStep: () => void;
  readonly focus: () => void;
  readonly mark: () => void;
}

/** Play, speed and clock on the left; ways through the run on the right. */
export function controls(store: ViewStore, commands: Commands): HTMLElement {
  const play = button('Play', 'Space', icon('play'), commands.play);
  play.classList.add('play');
  const playText = element('span', {}, 'Play');
  play.append(playText);
  const speed = element('output', { class: 'speed', 'aria-label': 'Speed' });
  const clock = element('output', { class: 'clock', 'aria-label': 'Time of the run', 'aria-live': 'off' });
  const marked = element('span', { class: 'marked' });
  store.watch(['playing'], () => {
    const { playing } = store.now;
    play.replaceChildren(icon(playing ? 'pause' : 'play'), playText);
    playText.textContent = playing ? 'Pause' : 'Play';
    play.setAttribute('aria-label', playing ? 'Pause' : 'Play');
  });
  store.watch(['speed'], () => {
    speed.textContent = `${digits(store.now.speed)} ×`;
    speed.title = `${digits(store.now.speed)} simulated seconds per second`;
  });
  store.watch(['time', 'mark', 'from', 'to'], () => {
    const { time, mark } = store.now;
    clock.textContent = clockText(time, store.now.to - store.now.from < 120e9 ? 1e8 : 1e9);
    const since = mark === undefined ? 0 : time - mark;
    marked.textContent = mark === undefined ? '' : `mark ${since < 0 ? '−' : '+'}${clockText(Math.abs(since), 1e8)}`;
  });
  const group = (label: string, ...buttons: HTMLElement[]) =>
    element('div', { class: 'group', role: 'group', 'aria-label': label }, ...buttons);
  return element(
    'div',
    { class: 'controls', role: 'toolbar', 'aria-label': 'Replay' },
    group(
      'Play',
      button('To the start', 'Home', icon('start'), commands.start),
      play,
      button('To the end', 'End', icon('end'), commands.end),
    ),
    group(
      'Speed',
      button('Slower', 'J', icon('slower'), commands.slower),
      speed,
      button('Faster', 'L', icon('faster'), commands.faster),
    ),
    clock,
    marked,
    element('span', { class: 'spring' }),
    group(
      'Story',
      button('Previous step of the story', '[', icon('previous'), commands.previousStep),
      element('span', {}, 'story'),
      button('Next step of the story', ']', icon('next'), commands.nextStep),
    ),
    group(
      'Events',
      button('Previous event', ',', icon('previous'), commands.previousEvent),
      element('span', {}, 'event'),
      button('Next event', '.', icon('next'), commands.nextEvent),
    ),
    group(
      'Zoom',
      button('Zoom in', 'W', icon('zoomIn'), commands.zoomIn),
      button('Zoom out', 'S', icon('zoomOut'), commands.zoomOut),
      button('Focus the selection; twice: the whole run', 'F', icon('focus'), commands.focus),
      button('Whole run', '0', icon('whole'), commands.whole),
      button('Set a mark here', 'M', icon('mark'), commands.mark),
    ),
  );
}
