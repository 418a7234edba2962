import { axisBottom, type D3ZoomEvent, pointer, select, zoom, zoomIdentity } from 'd3';
import { clockText } from '../clock-text.ts';
import { element, svgElement } from '../element.ts';
import type { Player } from '../player.ts';
import { gutters, timeScale, timeTicks } from '../time-scale.ts';
import type { ViewStore } from '../view-store.ts';

/** Pressing within so many pixels is a click, farther a drag. */
const CLICK_PX = 4;
/** A label of the axis is about so wide. */
const LABEL_PX = 52;
/** At the closest zoom so much is in view, ns. */
const CLOSEST = 1e9;

/**
 * Panels under each other on one time axis, with one crosshair and one playhead over all of them. Click: go there; drag: pan;
 * wheel with Ctrl or Shift, or pinch: zoom.
 * @param panels in order; each has its canvas as wide as the stack
 * @param duration of the run, ns
 */
export function chartStack(
  panels: readonly HTMLElement[],
  store: ViewStore,
  player: Player,
  duration: number,
): HTMLElement {
  const axis = svgElement('svg', { class: 'axis', 'aria-hidden': 'true' });
  const crosshair = element('div', { class: 'crosshair' });
  const playhead = element('div', { class: 'playhead' });
  const mark = element('div', { class: 'mark' });
  const bubble = element('span', {});
  crosshair.append(bubble);
  const body = element('div', { class: 'stack-body' }, ...panels, mark, crosshair, playhead);
  const root = element('div', { class: 'stack' }, axis, body);
  let width = 0; // asking the page for it in each frame would make it lay itself out in each frame
  const scale = () => timeScale(store.now.from, store.now.to, width);
  store.watch(['layout'], () => {
    width = body.clientWidth;
  });

  store.watch(['from', 'to', 'layout', 'theme'], () => {
    const x = scale();
    const { ticks, step } = timeTicks(x);
    select(axis).selectAll('g').remove();
    select(axis)
      .append('g')
      .call(
        axisBottom(x)
          .tickValues(ticks)
          .tickSize(5)
          .tickFormat((time) => clockText(Number(time), step)),
      )
      .selectAll<SVGTextElement, number>('text')
      .attr('text-anchor', (time) => (x(time) > width - LABEL_PX / 2 ? 'end' : 'middle'))
      .attr('dx', (time) => (x(time) > width - LABEL_PX / 2 ? width - x(time) - 4 : 0));
  });
  store.watch(['from', 'to', 'layout', 'time', 'hover', 'mark'], () => {
    const { time, hover, mark: marked, from, to } = store.now;
    const x = scale();
    place(playhead, x(time));
    place(mark, marked === undefined ? undefined : x(marked));
    place(crosshair, hover === undefined ? undefined : x(hover));
    if (hover !== undefined) bubble.textContent = clockText(hover, (to - from) / 500);
  });
  body.addEventListener('pointermove', (event) => {
    if (event.pointerType === 'touch') return;
    const at = scale().invert(pointer(event, body)[0]);
    store.set({ hover: Math.min(store.now.to, Math.max(store.now.from, at)) });
  });
  body.addEventListener('pointerleave', () => store.set({ hover: undefined }));
  body.addEventListener('click', (event) => {
    if (event.target instanceof HTMLCanvasElement) player.seek(scale().invert(pointer(event, body)[0]));
  });
  zoomable(body, store, duration);
  return root;

  /** Undefined or outside of the panels: not shown. */
  function place(line: HTMLElement, x: number | undefined): void {
    const { left, right } = gutters(width);
    const isShown = x !== undefined && x >= left - 1 && x <= width - right + 1;
    line.style.visibility = isShown ? 'visible' : 'hidden';
    if (isShown) line.style.transform = `translateX(${Math.round(x)}px)`;
  }
}

/** Lets the wheel, pinches and drags over the element move the view, and the view move what they start from. */
function zoomable(body: HTMLElement, store: ViewStore, duration: number): void {
  const base = () => timeScale(0, duration, body.clientWidth);
  const gesture = zoom<HTMLElement, unknown>()
    .clickDistance(CLICK_PX)
    .scaleExtent([1, duration / Math.min(duration, CLOSEST)])
    .filter((event: Event) => {
      if (event instanceof WheelEvent) return event.ctrlKey || event.shiftKey;
      if (event.type.startsWith('touch')) return (event as TouchEvent).touches.length > 1;
      return event.type !== 'dblclick' && (event as MouseEvent).button === 0;
    })
    .wheelDelta((event) => -(event.deltaY || event.deltaX) * (event.deltaMode === 1 ? 0.05 : 0.002))
    .on('zoom', (event: D3ZoomEvent<HTMLElement, unknown>) => {
      if (event.sourceEvent === null) return; // the view moved, and the gesture follows
      const [from, to] = event.transform.rescaleX(base()).domain() as [number, number];
      store.set({ from: Math.max(0, from), to: Math.min(duration, to) });
    });
  const target = select(body).call(gesture).on('dblclick.zoom', null);
  store.watch(['from', 'to', 'layout'], () => {
    const { from, to } = store.now;
    const [left, right] = base().range() as [number, number];
    gesture
      .extent([
        [left, 0],
        [right, 1],
      ])
      .translateExtent([
        [left, 0],
        [right, 1],
      ]);
    const factor = duration / (to - from);
    // x' = factor · x + shift must put `from` at the left edge
    target.call(gesture.transform, zoomIdentity.translate(left - base()(from) * factor, 0).scale(factor));
  });
}
