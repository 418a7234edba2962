import { brushX, type D3BrushEvent, pointer, scaleLinear, select } from 'd3';
import { prepared } from '../canvas.ts';
import { clockText, percentText, spokenTime } from '../clock-text.ts';
import type { Demand } from '../data/demand.ts';
import { element, svgElement } from '../element.ts';
import { inks } from '../inks.ts';
import type { Player } from '../player.ts';
import type { Step } from '../story/steps.ts';
import { timeScale } from '../time-scale.ts';
import type { ViewStore } from '../view-store.ts';

const HEIGHT = 46;
/** A brush narrower than this is a click: it goes there. */
const CLICK_PX = 3;

/** The whole run in one strip: share of failed user requests, steps of the story, the part in view (a brush), and the scrubber. */
export function minimap(
  store: ViewStore,
  player: Player,
  demand: Demand,
  run: {
    readonly bucket: number;
    readonly duration: number;
    readonly cutAt: number | undefined;
    readonly steps: readonly Step[];
    /** When a fault was on: from, to, ns. */
    readonly faults: readonly (readonly [number, number])[];
  },
): HTMLElement {
  const canvas = element('canvas', { role: 'img', 'aria-label': describe() });
  const svg = svgElement('svg', { class: 'brush', 'aria-hidden': 'true' });
  const head = element('div', { class: 'head' });
  const thumb = element('div', {
    class: 'thumb',
    role: 'slider',
    tabindex: 0,
    'aria-label': 'Time of the run',
    'aria-valuemin': 0,
    'aria-valuemax': Math.round(run.duration / 1e9),
  });
  const track = element('div', { class: 'track' }, thumb);
  const root = element('div', { class: 'minimap' }, canvas, svg, head, track);
  let width = 0; // asking the page for it in each frame would make it lay itself out in each frame
  const scale = () => timeScale(0, run.duration, width);
  store.watch(['layout'], () => {
    width = root.clientWidth;
  });

  let pressedAt = 0; // px
  const brush = brushX<unknown>().on('start brush end', (event: D3BrushEvent<unknown>) => {
    if (event.sourceEvent === null || event.sourceEvent === undefined) return;
    const [px] = pointer(event.sourceEvent, root);
    if (event.type === 'start') pressedAt = px;
    // A press that does not move is a click, also within the selection, which d3 takes for dragging it.
    else if (event.type === 'end' && Math.abs(px - pressedAt) < CLICK_PX) {
      player.seek(scale().invert(px));
      placeBrush();
    } else if (event.selection !== null) {
      const chosen = event.selection as [number, number];
      const [from, to] = chosen.map((px) => Math.min(run.duration, Math.max(0, scale().invert(px)))) as [
        number,
        number,
      ];
      store.set({ from, to: Math.max(from + 1e6, to) });
    }
  });
  const brushed = select(svg).append('g');

  store.watch(['layout', 'theme'], draw);
  store.watch(['layout', 'from', 'to'], placeBrush);
  store.watch(['layout', 'time'], () => {
    const { time } = store.now;
    const x = scale()(time);
    head.style.transform = `translateX(${x}px)`;
    thumb.style.transform = `translateX(${x}px)`;
    const at = Math.min(demand.errorRatio.levels[0]!.max.length - 1, Math.max(0, Math.ceil(time / run.bucket) - 1));
    thumb.setAttribute('aria-valuenow', String(Math.round(time / 1e9)));
    thumb.setAttribute(
      'aria-valuetext',
      `${spokenTime(time)}, ${percentText(demand.errorRatio.levels[0]!.sum[at]!)} errors`,
    );
  });
  track.addEventListener('pointerdown', (event) => {
    thumb.focus();
    track.setPointerCapture(event.pointerId);
    player.seek(scale().invert(pointer(event, root)[0]));
  });
  track.addEventListener('pointermove', (event) => {
    if (track.hasPointerCapture(event.pointerId)) player.seek(scale().invert(pointer(event, root)[0]));
  });
  return root;

  function placeBrush(): void {
    const x = scale();
    const [left, right] = x.range() as [number, number];
    brush.extent([
      [left, 0],
      [right, HEIGHT],
    ]);
    const { from, to } = store.now;
    brushed.classed('whole', from === 0 && to === run.duration);
    brushed.call(brush).call(brush.move, [x(from), x(to)]);
  }

  function describe(): string {
    const { max } = demand.errorRatio.levels[0]!;
    let worst = 0;
    for (let i = 0; i < max.length; i++) if (max[i]! > max[worst]!) worst = i;
    if (!(max[worst]! > 0)) return 'No user request failed in the whole run';
    return `Share of failed user requests over the whole run: at most ${percentText(max[worst]!)}, at ${clockText(worst * run.bucket)}`;
  }

  function draw(): void {
    const { pen } = prepared(canvas);
    const x = scale();
    const [left, right] = x.range() as [number, number];
    const ink = inks();
    const {
      width: perColumn,
      max,
      sum,
    } = demand.errorRatio.level(demand.errorRatio.levels[0]!.sum.length, right - left);
    const y = scaleLinear([0, 1], [HEIGHT, 4]);
    pen.fillStyle = ink.raised;
    pen.fillRect(left, 0, right - left, HEIGHT);
    for (const [values, alpha, part] of [
      [max, 0.35, 1],
      [sum, 1, perColumn],
    ] as const) {
      pen.globalAlpha = alpha;
      pen.fillStyle = ink.error;
      values.forEach((value, i) => {
        const [from, to] = [x(i * perColumn * run.bucket), x((i + 1) * perColumn * run.bucket)];
        const top = y(value / part);
        pen.fillRect(from, top, Math.min(to, right) - from + 0.3, HEIGHT - top);
      });
    }
    pen.globalAlpha = 1;
    if (run.cutAt !== undefined) {
      pen.fillStyle = ink.grid;
      pen.fillRect(x(run.cutAt), 0, right - x(run.cutAt), HEIGHT);
      pen.fillStyle = ink.error;
      pen.fillRect(x(run.cutAt) - 1, 0, 2, HEIGHT);
    }
    pen.fillStyle = ink.muted;
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    pen.fillText('100 %', left - 6, 8);
    pen.fillText(width < 560 ? 'errors' : 'error ratio', left - 6, HEIGHT / 2);
    pen.fillText('0 %', left - 6, HEIGHT - 6);
    pen.textAlign = 'center';
    pen.fillStyle = ink.wrong;
    for (const [from, to] of run.faults) pen.fillRect(x(from), HEIGHT - 4, Math.max(2, x(to) - x(from)), 4);
    let free = left; // flags of steps at one time stand side by side
    const flags = run.steps.flatMap(({ at }, i) => (at === undefined ? [] : [{ at, text: String(i + 1) }]));
    for (const { at: time, text } of flags.sort((a, b) => a.at - b.at)) {
      const at = Math.round(Math.min(right - 7, Math.max(free + 7, x(time))));
      free = at + 8;
      pen.fillStyle = ink.accent;
      pen.beginPath();
      pen.roundRect(at - 7, 1, 14, 13, 3);
      pen.fill();
      pen.fillStyle = ink.panel;
      pen.fillText(text, at, 8);
    }
  }
}
