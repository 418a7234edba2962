import type { ScaleContinuousNumeric, ScaleLinear } from 'd3';
import { prepared } from '../canvas.ts';
import { element } from '../element.ts';
import { type Inks, inks } from '../inks.ts';
import { gutters, timeScale, timeTicks } from '../time-scale.ts';
import type { View, ViewStore } from '../view-store.ts';

/** What a chart draws with. Time goes through `x`; y is the chart's own. */
export interface Frame {
  readonly pen: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly x: ScaleLinear<number, number>;
  readonly ink: Inks;
}

/** One line of a legend: a swatch, a name, and the value under the pointer or at the playhead. */
export interface LegendEntry {
  readonly colour: string;
  readonly label: string;
  readonly value: string;
  /** Drawn as a dashed line. */
  readonly dashed?: boolean;
}

/** A title with its unit, a legend that follows the pointer, and a canvas on the common time scale. */
export class TimePanel {
  readonly root: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly tools = element('span', { class: 'tools' });
  readonly #legend = element('ul', { class: 'legend' });
  #legendText = '';

  /** @param height of the canvas, CSS pixels */
  constructor(title: string, unit: string, height: number) {
    this.canvas = element('canvas', { role: 'img', 'aria-label': title });
    this.canvas.style.height = `${height}px`;
    const heading = element('h2', {}, title, ' ', element('span', { class: 'unit' }, unit));
    this.root = element(
      'section',
      { class: 'panel', 'aria-label': title },
      element('header', {}, heading, this.tools, this.#legend),
      this.canvas,
    );
  }

  /** Draws when one of the keys has changed, but only while the panel is on the screen or near it; else when it comes there. */
  redraws(store: ViewStore, keys: readonly (keyof View)[], draw: (frame: Frame) => void): void {
    let [isNear, isStale] = [true, false];
    const refresh = () => {
      isStale = !isNear;
      if (isNear) draw(this.#begin(store.now));
    };
    store.watch(keys, refresh);
    const near = (now: boolean) => {
      isNear = now;
      if (isStale) refresh();
    };
    const seen = new IntersectionObserver((entries) => near(entries.at(-1)!.isIntersecting), { rootMargin: '150px' });
    seen.observe(this.root);
    addEventListener('beforeprint', () => near(true));
  }

  /** Clears the canvas and draws the time grid. */
  #begin(view: Readonly<View>): Frame {
    const { pen, width, height } = prepared(this.canvas);
    const x = timeScale(view.from, view.to, width);
    const { left, right } = gutters(width);
    const ink = inks();
    pen.fillStyle = ink.grid;
    for (const tick of timeTicks(x).ticks) pen.fillRect(Math.round(x(tick)), 0, 1, height);
    return { pen, width, height, left, right: Math.max(left + 1, width - right), x, ink };
  }

  /** What the canvas shows, in a sentence, for those who do not see it. */
  describe(sentence: string): void {
    this.canvas.setAttribute('aria-label', sentence);
  }

  legend(entries: readonly LegendEntry[]): void {
    const text = JSON.stringify(entries);
    if (text === this.#legendText) return;
    this.#legendText = text;
    this.#legend.replaceChildren(
      ...entries.map(({ colour, label, value, dashed }) => {
        const swatch = element('i', { class: dashed ? 'dashed' : '' });
        swatch.style.setProperty('--swatch', colour);
        return element('li', {}, swatch, label, ' ', element('b', {}, value));
      }),
    );
  }
}

/** Horizontal grid lines with their labels in the gutter, without those that would touch. */
export function drawValueAxis(
  { pen, left, right, height, ink }: Frame,
  y: ScaleContinuousNumeric<number, number>,
  ticks: readonly number[],
  label: (value: number) => string,
): void {
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  let lowest = Number.POSITIVE_INFINITY;
  for (const tick of ticks) {
    const at = Math.round(y(tick));
    if (at < 0 || at > height) continue;
    pen.fillStyle = ink.grid;
    pen.fillRect(left, at, right - left, 1);
    const middle = Math.min(height - 6, Math.max(6, at));
    if (lowest - middle < 13) continue;
    lowest = middle;
    pen.fillStyle = ink.muted;
    pen.fillText(label(tick), left - 6, middle);
  }
}
