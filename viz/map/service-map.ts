import { prepared } from '../canvas.ts';
import { digits, percentText } from '../clock-text.ts';
import { Flows } from '../data/flows.ts';
import type { PodLoad } from '../data/load.ts';
import type { Pod, World } from '../data/world.ts';
import { element } from '../element.ts';
import { inks, reducedMotion } from '../inks.ts';
import { STATE_LABELS } from '../lanes/pod-ink.ts';
import type { ViewStore } from '../view-store.ts';
import type { Box } from './box.ts';
import { drawGround } from './draw-ground.ts';
import { drawStations } from './draw-station.ts';
import { type MapLayout, mapLayout } from './layout.ts';
import { mapLegend } from './legend.ts';
import { Particles } from './particles.ts';
import { type Route, Routes } from './routes.ts';
import type { MapScene } from './scene.ts';

/** So much of the clock on the wall is averaged into what the map shows, s: at high speeds it would flicker otherwise. */
const AVERAGED_SECONDS = 0.5;
/** Under a frame that takes longer, particles are left out, ms. */
const SLOW_FRAME_MS = 12;
/** So many slow frames in a row, and they stay out. */
const PATIENCE = 30;

/** The run as a map: clients, discovery, Services and Pods on their nodes, and what flows between them now. */
export class ServiceMap {
  readonly root: HTMLElement;
  readonly #world: World;
  readonly #load: PodLoad;
  readonly #store: ViewStore;
  readonly #flows: Flows;
  readonly #particles = new Particles();
  readonly #canvas = element('canvas', { role: 'img', 'aria-label': 'Map of clients, Services and Pods' });
  readonly #caption = element('p', { class: 'caption' });
  readonly #tip = element('div', { class: 'tip', hidden: true });
  readonly #legend = mapLegend();
  #layout: MapLayout | undefined;
  #size = { width: 0, height: 0 };
  #routes: Routes | undefined;
  #shown: readonly Route[] = [];
  #lastFrame = 0;
  #slowFrames = 0;

  constructor(world: World, load: PodLoad, store: ViewStore) {
    this.#world = world;
    this.#load = load;
    this.#store = store;
    this.#flows = new Flows(world.trace);
    const frame = element('div', { class: 'map-frame' }, this.#canvas, this.#tip);
    this.root = element(
      'section',
      { class: 'map', 'aria-label': 'Service map' },
      this.#caption,
      frame,
      this.#legend.root,
    );
    store.watch(['layout'], () => {
      const { clientWidth: width, clientHeight: height } = frame;
      if (width !== this.#size.width || height !== this.#size.height) this.#layout = undefined;
      this.#size = { width, height };
    });
    store.watch(['time', 'layout', 'theme', 'selection', 'speed'], () => this.#draw(0));
    store.watch(['playing'], () => {
      if (!store.now.playing) {
        this.#particles.clear();
        this.#draw(0);
        return;
      }
      this.#lastFrame = performance.now();
      requestAnimationFrame((now) => this.#animate(now));
    });
    this.#canvas.addEventListener('pointermove', (event) => this.#point(event));
    this.#canvas.addEventListener('pointerleave', () => {
      this.#tip.hidden = true;
    });
    this.#canvas.addEventListener('click', (event) => {
      store.set({ selection: this.#objectAt(event.offsetX, event.offsetY) });
    });
  }

  #animate(now: number): void {
    if (!this.#store.now.playing) return;
    this.#draw(Math.min(100, now - this.#lastFrame));
    this.#lastFrame = now;
    requestAnimationFrame((next) => this.#animate(next));
  }

  /** @param elapsed ms since the frame before; 0: nothing moves */
  #draw(elapsed: number): void {
    if (elapsed === 0 && this.#store.now.playing) return; // the animation draws anyway
    const started = performance.now();
    const layout = this.#layoutNow();
    const { pen } = prepared(this.#canvas);
    const { time, speed, playing, selection } = this.#store.now;
    const flows = this.#flows.at(time, playing ? speed * AVERAGED_SECONDS * 1e9 : 0);
    this.#shown = this.#routes?.shared(flows, (target) => this.#isPublished(target)) ?? [];
    const swallowed = new Map<Pod, number>();
    let [all, lost] = [0, 0];
    for (const flow of flows) {
      all += flow.rate;
      if (this.#world.kind(flow.target) !== 'Address') continue;
      lost += flow.rate;
      const pod = this.#world.podOf(flow.target);
      if (pod !== undefined) swallowed.set(pod, (swallowed.get(pod) ?? 0) + flow.rate);
    }
    const ink = inks();
    const scene: MapScene = {
      world: this.#world,
      load: this.#load,
      layout,
      time,
      routes: this.#shown,
      swallowed,
      selection,
      ink,
    };
    drawGround(pen, scene);
    if (elapsed > 0 && this.#slowFrames < PATIENCE && !reducedMotion()) {
      this.#particles.advance(elapsed, this.#shown, (target) => this.#world.kind(target) === 'Address');
      this.#particles.draw(pen, ink);
      this.#slowFrames = performance.now() - started > SLOW_FRAME_MS ? this.#slowFrames + 1 : 0;
    }
    drawStations(pen, scene);
    this.#legend.dot(reducedMotion() ? undefined : this.#particles.perDot);
    this.#say(all, lost, swallowed.size);
  }

  #say(all: number, lost: number, ghosts: number): void {
    const says =
      lost > 0
        ? `${ghosts} dead address${ghosts === 1 ? '' : 'es'} swallow${ghosts === 1 ? 's' : ''} ${digits(lost)} of ${digits(all)} attempts per second (${percentText(lost / all)})`
        : all > 0
          ? `${digits(all)} attempts per second, none to a dead address`
          : 'no attempts';
    this.#caption.classList.toggle('bad', lost > 0);
    if (this.#caption.textContent !== says) this.#caption.textContent = says;
  }

  #isPublished(target: number): boolean {
    return (
      this.#world.kind(target) === 'Pod' && this.#world.histories.at(target, 'Pod.published', this.#store.now.time) > 0
    );
  }

  #layoutNow(): MapLayout {
    if (this.#layout === undefined) {
      this.#layout = mapLayout(this.#world, Math.max(280, this.#size.width), Math.max(200, this.#size.height));
      this.#routes = new Routes(this.#world, this.#layout);
      this.#particles.clear();
      this.#canvas.style.height = `${this.#layout.height}px`;
    }
    return this.#layout;
  }

  #objectAt(x: number, y: number): number {
    const layout = this.#layoutNow();
    const inside = ({ box }: { box: Box }) =>
      x >= box.x - 3 && x <= box.x + box.w + 3 && y >= box.y - 3 && y <= box.y + box.h + 3;
    const isCreated = (pod: Pod) => this.#world.phase(pod, this.#store.now.time) !== 'absent';
    return (
      [...layout.pods.values()].findLast((place) => inside(place) && isCreated(place.item))?.item.id ??
      layout.clients.find(inside)?.item.id ??
      layout.services.find(inside)?.item ??
      layout.nodes.find((place) => place.item.id >= 0 && inside(place))?.item.id ??
      -1
    );
  }

  #point(event: PointerEvent): void {
    const id = this.#objectAt(event.offsetX, event.offsetY);
    this.#canvas.style.cursor = id >= 0 ? 'pointer' : '';
    this.#tip.hidden = id < 0;
    if (id < 0) return;
    const pod = this.#world.podOf(id);
    const phase = pod && this.#world.phase(pod, this.#store.now.time);
    const state = phase === undefined || phase === 'absent' ? '' : ` · ${STATE_LABELS[phase].split(',')[0]}`;
    this.#tip.textContent = `${this.#world.kind(id)} ${this.#world.label(id)}${state}`;
    const room = this.#canvas.clientWidth - this.#tip.offsetWidth - 4;
    const down = event.offsetY + 14 + this.#tip.offsetHeight;
    const y = down > this.#size.height ? event.offsetY - 12 - this.#tip.offsetHeight : event.offsetY + 14;
    this.#tip.style.transform = `translate(${Math.max(2, Math.min(room, event.offsetX + 12))}px, ${y}px)`;
  }
}
