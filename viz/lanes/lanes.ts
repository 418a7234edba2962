import { fitted, SMALL_BOLD } from '../canvas.ts';
import { bucketsBetween, levelWindow } from '../charts/level-window.ts';
import { type Frame, TimePanel } from '../charts/time-panel.ts';
import { percentText } from '../clock-text.ts';
import type { PodLoad } from '../data/load.ts';
import { POD_PHASES, type Pod, type World } from '../data/world.ts';
import { element } from '../element.ts';
import { inks } from '../inks.ts';
import type { ViewStore } from '../view-store.ts';
import { type PodState, readyShades, STATE_LABELS, STATES_BY_BADNESS, shadeOf, stateFill } from './pod-ink.ts';
import { type LaneLayout, type LanePlace, laneGroups, laneLayout, lanePods } from './rows.ts';

/** So high are all lanes together where they can be, CSS pixels. */
const WANTED_HEIGHT = 300;

/** A lane per Pod: its state over time, how busy it was while ready, and how long it was sent to after it was gone. */
export class Lanes {
  readonly panel: TimePanel;
  readonly #world: World;
  readonly #load: PodLoad;
  readonly #store: ViewStore;
  #layout: LaneLayout = { groups: [], lanes: [], height: 0 };
  #pointed: Pod | undefined;

  constructor(world: World, load: PodLoad, store: ViewStore) {
    this.#world = world;
    this.#load = load;
    this.#store = store;
    const pods = lanePods(world);
    const most =
      pods.length < world.pods.length ? `, the ${pods.length} of ${world.pods.length} that changed most` : '';
    this.panel = new TimePanel('Pods', `state over time${most}`, 100);
    const gone = world.pods.filter(({ goneAt }) => Number.isFinite(goneAt)).length;
    this.panel.describe(`States of ${world.pods.length} Pods over time; ${gone} of them are gone before the end`);
    const by = element('button', { type: 'button', class: 'link' });
    by.addEventListener('click', () => store.set({ lanesBy: store.now.lanesBy === 'node' ? 'workload' : 'node' }));
    this.panel.tools.append(by);
    store.watch(['lanesBy'], () => {
      by.textContent = `by ${store.now.lanesBy}`;
      by.title = `Grouped by ${store.now.lanesBy}; press to group by ${store.now.lanesBy === 'node' ? 'workload' : 'node'}`;
      this.#layout = laneLayout(laneGroups(world, pods, store.now.lanesBy), WANTED_HEIGHT);
      this.panel.canvas.style.height = `${this.#layout.height}px`;
    });
    this.panel.redraws(store, ['from', 'to', 'layout', 'theme', 'lanesBy', 'selection'], (frame) => this.#draw(frame));
    store.watch(['hover', 'time', 'theme'], () => this.#showLegend());
    this.panel.canvas.addEventListener('pointermove', (event) => {
      this.#pointed = this.#laneAt(event.offsetY)?.pod;
    });
    this.panel.canvas.addEventListener('pointerleave', () => {
      this.#pointed = undefined;
    });
    this.panel.canvas.addEventListener('click', (event) => {
      const lane = this.#laneAt(event.offsetY);
      if (lane !== undefined) store.set({ selection: lane.pod.id });
    });
  }

  #laneAt(y: number): LanePlace | undefined {
    return this.#layout.lanes.find(({ top, height }) => y >= top && y < top + height);
  }

  #showLegend(): void {
    const ink = inks();
    const pod = this.#pointed;
    const time = this.#store.now.hover;
    if (pod !== undefined && time !== undefined) {
      const phase = this.#world.phase(pod, time);
      const busy = this.#load.utilisation(pod).levels[0]!.sum[this.#load.bucketOf(time)]!;
      const says =
        phase === 'absent'
          ? 'not yet created'
          : phase === 'ready'
            ? `ready, ${percentText(busy)} busy`
            : STATE_LABELS[phase];
      return this.panel.legend([{ colour: 'transparent', label: pod.name, value: says }]);
    }
    const colours: Partial<Record<PodState, string>> = {
      ready: ink.ok,
      starting: ink.retried,
      notReady: ink.timeout,
      terminating: ink.wrong,
      ghost: ink.error,
    };
    this.panel.legend(
      Object.entries(colours).map(([state, colour]) => ({ colour, label: STATE_LABELS[state as PodState], value: '' })),
    );
  }

  #draw(frame: Frame): void {
    const { pen, left, right, height, ink } = frame;
    const selected = this.#world.podOf(this.#store.now.selection);
    const shades = readyShades(ink);
    this.#drawGroups(frame);
    pen.save();
    pen.beginPath();
    pen.rect(left, 0, right - left, height);
    pen.clip();
    for (const lane of this.#layout.lanes) {
      this.#drawLane(frame, lane, shades);
      if (lane.pod !== selected) continue;
      pen.strokeStyle = ink.text;
      pen.lineWidth = 1.5;
      pen.strokeRect(left + 0.75, lane.top - 0.25, right - left - 1.5, lane.height + 0.5);
    }
    pen.restore();
  }

  #drawGroups(frame: Frame): void {
    const { pen, left, right, ink } = frame;
    pen.textAlign = 'right';
    pen.textBaseline = 'top';
    this.#layout.groups.forEach(({ label, top, bottom, node }, i) => {
      if (i % 2 === 0) {
        pen.fillStyle = ink.raised;
        pen.fillRect(0, top - 2, right, bottom - top + 4);
      }
      if (node >= 0) this.#drawNodePhases(frame, node, top - 2);
      const isSelected = node >= 0 && node === this.#store.now.selection;
      pen.font = isSelected ? SMALL_BOLD : pen.font;
      pen.fillStyle = isSelected ? ink.text : ink.muted;
      pen.fillText(fitted(pen, label, left - 10), left - 6, top + 1);
    });
  }

  /** A thin line over the node's Pods: while it is drained, and while it is there at all. */
  #drawNodePhases({ pen, x, left, right, ink }: Frame, node: number, top: number): void {
    const { times, values } = this.#world.histories.of(node, 'Node.phase');
    times.forEach((from, i) => {
      const [start, stop] = [
        Math.max(left, x(from)),
        Math.min(right, x(times[i + 1] ?? this.#world.trace.tables.endedAt)),
      ];
      const colour = [ink.retried, ink.line, ink.timeout, undefined][values[i]!];
      if (colour === undefined || stop <= start) return;
      pen.fillStyle = colour;
      pen.fillRect(start, top, Math.max(1.5, stop - start), 1.5);
    });
  }

  #drawLane(frame: Frame, { pod, top, height }: LanePlace, shades: readonly string[]): void {
    const { pen, x, ink } = frame;
    const end = this.#world.trace.tables.endedAt;
    const { times, values } = this.#world.histories.of(pod.id, 'Pod.phase');
    const body = Math.max(2, height - 1);
    const spans: { state: PodState; from: number; to: number }[] = [];
    times.forEach((from, i) => {
      const state = POD_PHASES[values[i]!];
      if (state !== undefined && state !== 'gone') spans.push({ state, from, to: times[i + 1] ?? end });
    });
    for (const state of STATES_BY_BADNESS) {
      const fill = stateFill(pen, state, ink);
      for (const span of spans) {
        if (span.state !== state) continue;
        if (state === 'ready') this.#drawReady(frame, pod, span.from, span.to, top, body, shades);
        else {
          pen.fillStyle = fill;
          pen.fillRect(x(span.from), top, Math.max(1, x(span.to) - x(span.from)), body);
        }
      }
    }
    if (pod.ghosts.length > 0) this.#drawGhost(frame, pod, top, body);
  }

  #drawReady(
    { pen, x, left, right }: Frame,
    pod: Pod,
    start: number,
    stop: number,
    top: number,
    height: number,
    shades: readonly string[],
  ): void {
    const { bucket } = this.#world.trace.header;
    const { from, to } = this.#store.now;
    const { width, max } = this.#load.utilisation(pod).level(bucketsBetween(from, to, bucket), right - left);
    const { first, end, at } = levelWindow(width, max.length, bucket, Math.max(from, start), Math.min(to, stop));
    for (let i = first; i < end; ) {
      const shade = shadeOf(max[i]!);
      let next = i + 1;
      while (next < end && shadeOf(max[next]!) === shade) next++;
      const [runStart, runEnd] = [x(Math.max(start, at(i))), x(Math.min(stop, at(next)))];
      pen.fillStyle = shades[shade]!;
      pen.fillRect(runStart, top, Math.max(1, runEnd - runStart), height);
      i = next;
    }
  }

  #drawGhost({ pen, x, left, right, ink }: Frame, pod: Pod, top: number, height: number): void {
    const { bucket } = this.#world.trace.header;
    const { from, to } = this.#store.now;
    const { width, sum } = this.#load.ghostHits(pod).level(bucketsBetween(from, to, bucket), right - left);
    const { first, end, at } = levelWindow(width, sum.length, bucket, from, to);
    pen.fillStyle = stateFill(pen, 'ghost', ink);
    for (let i = first; i < end; ) {
      let next = i + 1;
      while (next < end && sum[next]! > 0 === sum[i]! > 0) next++;
      if (sum[i]! > 0) pen.fillRect(x(at(i)), top, Math.max(1, x(at(next)) - x(at(i))), height);
      i = next;
    }
  }
}
