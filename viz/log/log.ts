import { SEVERITIES } from '../../sim/trace/format.ts';
import { clockText } from '../clock-text.ts';
import { lastUpTo } from '../data/histories.ts';
import type { World } from '../data/world.ts';
import { element } from '../element.ts';
import type { Player } from '../player.ts';
import type { ViewStore } from '../view-store.ts';

/** Height of a row; app.css has the same. */
const ROW_PX = 22;
/** Rows beyond both ends of what is seen, so that scrolling finds them there. */
const SPARE_ROWS = 8;
/** Elements cannot be higher than this in every browser. */
const MOST_PX = 8_000_000;

const SIGNS = { info: '·', warning: '▲', error: '■' };

/** All events of the run, filtered by text. Only rows that are seen exist in the page. */
export class EventLog {
  readonly root: HTMLElement;
  readonly filter = element('input', {
    type: 'search',
    placeholder: 'Filter (press /)',
    'aria-label': 'Filter events by text',
  });
  readonly #world: World;
  readonly #store: ViewStore;
  readonly #player: Player;
  readonly #list = element('div', { class: 'rows', role: 'list', 'aria-label': 'Events' });
  readonly #space = element('div', { class: 'space' });
  readonly #count = element('span', { class: 'count', 'aria-live': 'polite' });
  #rows: Int32Array = new Int32Array(0);
  #times = new Float64Array(0);
  #now = -2;

  constructor(world: World, store: ViewStore, player: Player) {
    this.#world = world;
    this.#store = store;
    this.#player = player;
    const scroller = element(
      'div',
      { class: 'scroller', tabindex: 0, role: 'group', 'aria-label': 'Events' },
      this.#space,
    );
    this.#space.append(this.#list);
    this.root = element(
      'section',
      { class: 'log', 'aria-label': 'Event log' },
      element('header', {}, element('h2', {}, 'Events'), this.#count, this.filter),
      scroller,
    );
    this.filter.addEventListener('input', () => this.#apply());
    this.filter.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      this.filter.value = '';
      this.filter.blur();
      this.#apply();
    });
    scroller.addEventListener('scroll', () => this.#draw());
    this.#apply();
    store.watch(['layout', 'selection'], () => this.#draw());
    store.watch(['time'], () => this.#follow());
  }

  /** The instant of the next event that the filter lets through, before or after the one shown; undefined: none. */
  next(direction: 1 | -1): number | undefined {
    const { time } = this.#store.now;
    if (direction > 0) return this.#times[lastUpTo(this.#times, time) + 1];
    return this.#times[lastUpTo(this.#times, time - 1)];
  }

  #apply(): void {
    const { events, texts } = this.#world.trace.tables;
    const wanted = this.filter.value.trim().toLowerCase();
    const all = Int32Array.from(events.time.keys());
    const matches = (row: number) =>
      `${texts[events.reason[row]!]} ${texts[events.message[row]!]} ${this.#world.name(events.object[row]!)} ${SEVERITIES[events.severity[row]!]}`
        .toLowerCase()
        .includes(wanted);
    this.#rows = wanted === '' ? all : all.filter(matches);
    this.#times = Float64Array.from(this.#rows, (row) => events.time[row]!);
    const total = all.length.toLocaleString('en');
    this.#count.textContent = wanted === '' ? total : `${this.#rows.length.toLocaleString('en')} of ${total}`;
    this.#space.style.height = `${Math.min(MOST_PX, this.#rows.length * ROW_PX)}px`;
    this.#now = -2;
    this.#follow();
    this.#draw();
  }

  /** Keeps the newest event that has happened in view. */
  #follow(): void {
    const now = lastUpTo(this.#times, this.#store.now.time);
    if (now === this.#now) return;
    this.#now = now;
    const scroller = this.#space.parentElement;
    if (scroller === null) return;
    const top = Math.max(0, now) * ROW_PX;
    const isSeen = top >= scroller.scrollTop && top + ROW_PX <= scroller.scrollTop + scroller.clientHeight;
    if (!isSeen) scroller.scrollTop = top - scroller.clientHeight * 0.6;
    this.#draw();
  }

  #draw(): void {
    const scroller = this.#space.parentElement;
    if (scroller === null) return;
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW_PX) - SPARE_ROWS);
    const last = Math.min(this.#rows.length, first + Math.ceil(scroller.clientHeight / ROW_PX) + 2 * SPARE_ROWS);
    this.#list.style.transform = `translateY(${first * ROW_PX}px)`;
    const shown = Array.from(this.#rows.subarray(first, last), (row, i) => this.#row(row, first + i));
    if (this.#rows.length === 0) shown.push(element('p', { class: 'hint' }, 'No event matches.'));
    this.#list.replaceChildren(...shown);
  }

  #row(row: number, place: number): HTMLElement {
    const { events, texts } = this.#world.trace.tables;
    const [time, object] = [events.time[row]!, events.object[row]!];
    const severity = SEVERITIES[events.severity[row]!]!;
    const message = texts[events.message[row]!]!;
    const name = this.#world.name(object);
    const press = element(
      'button',
      { type: 'button', class: severity, title: `${name ? `${name}: ` : ''}${message}`, tabindex: -1 },
      element('time', {}, clockText(time)),
      element('span', { class: 'sign', 'aria-label': severity, role: 'img' }, SIGNS[severity]),
      element('b', {}, texts[events.reason[row]!]!),
      element('span', { class: 'object' }, shortened(name)),
      element('span', { class: 'message' }, message),
    );
    press.addEventListener('click', () => {
      this.#player.seek(time);
      if (object >= 0) this.#store.set({ selection: object });
    });
    press.toggleAttribute('data-later', place > this.#now);
    press.toggleAttribute('data-now', place === this.#now);
    press.toggleAttribute('data-selected', object >= 0 && object === this.#store.now.selection);
    return element('div', { role: 'listitem' }, press);
  }
}

/** Pods of a workload differ in their last letters: those stay. */
function shortened(name: string): string {
  return name.length > 19 ? `${name.slice(0, 11)}…${name.slice(-6)}` : name;
}
