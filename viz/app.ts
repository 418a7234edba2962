import type { Trace } from '../sim/trace/trace.ts';
import { chartsOf } from './charts/catalogue.ts';
import { chartStack } from './charts/stack.ts';
import { clockText, durationText } from './clock-text.ts';
import { demandOf } from './data/demand.ts';
import { PodLoad } from './data/load.ts';
import { World } from './data/world.ts';
import { button, element } from './element.ts';
import { helpDialog } from './help.ts';
import { icon } from './icons.ts';
import { putOn, systemTheme } from './inks.ts';
import { type KeyAction, Keyboard } from './keys.ts';
import { Lanes } from './lanes/lanes.ts';
import { EventLog } from './log/log.ts';
import { ServiceMap } from './map/service-map.ts';
import { defaultSpeed, Player } from './player.ts';
import { detailsPanel } from './story/details.ts';
import { storyOf } from './story/steps.ts';
import { goToStep, storyPanel } from './story/story.ts';
import { tabbed } from './story/tabs.ts';
import { type Commands, controls } from './timeline/controls.ts';
import { minimap } from './timeline/minimap.ts';
import { verdictOf } from './verdict.ts';
import { ViewStore } from './view-store.ts';

/** Two presses of F within so long mean: the whole run, ms. */
const DOUBLE_MS = 500;

/** Builds the page of a trace into the element. */
export function showTrace(root: HTMLElement, trace: Trace): void {
  const { header, tables } = trace;
  const world = new World(trace);
  const demand = demandOf(trace);
  const load = new PodLoad(trace);
  const steps = storyOf(trace);
  const store = new ViewStore({
    time: steps[0]?.at ?? 0,
    from: 0,
    to: header.duration,
    hover: undefined,
    playing: false,
    speed: defaultSpeed(header.duration),
    selection: -1,
    step: -1,
    mark: undefined,
    theme: systemTheme(),
    layout: 0,
    lanesBy: 'node',
  });
  store.watch(['theme'], () => putOn(store.now.theme));
  const player = new Player(store, tables.endedAt);
  const log = new EventLog(world, store, player);
  const commands = commandsOf(world, store, player, log, (i) => goToStep(store, player, steps, i));
  const help = helpDialog(() => keyboard);
  const toggleTheme = () => store.set({ theme: store.now.theme === 'dark' ? 'light' : 'dark' });
  const keyboard = new Keyboard(keyActions(commands, store, player, log, header.duration, toggleTheme, help.toggle));

  const map = new ServiceMap(world, load, store);
  const lanes = new Lanes(world, load, store);
  const charts = chartsOf(world, store, demand);
  const tabs = tabbed({ Story: storyPanel(store, player, steps), Details: detailsPanel(world, load, store) });
  store.watch(['selection'], () => {
    tabs.show(store.now.selection >= 0 ? 'Details' : 'Story');
  });
  store.watch(['step'], () => {
    if (!store.now.playing) tabs.show('Story'); // a step that was chosen, not played into; it may select something, too
  });
  const run = {
    bucket: header.bucket,
    duration: header.duration,
    cutAt: trace.cutAt,
    steps,
    faults: world.faultSpans(),
  };
  root.replaceChildren(
    element(
      'header',
      { class: 'top' },
      element('h1', {}, header.scenario, element('span', { class: 'variant' }, header.variant || 'baseline')),
      element('p', { class: 'verdict' }, verdictOf(trace, demand)),
      element(
        'div',
        { class: 'group' },
        button('Dark or light', 'T', icon('theme'), toggleTheme),
        button('Keys', '?', icon('help'), help.toggle),
      ),
    ),
    ...noticesOf(trace),
    element(
      'main',
      {},
      element(
        'div',
        { class: 'left' },
        map.root,
        element('div', { class: 'timeline' }, controls(store, commands), minimap(store, player, demand, run)),
        element(
          'div',
          { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Charts and lanes' },
          chartStack(
            [charts[0]!.root, lanes.panel.root, ...charts.slice(1).map((chart) => chart.root)],
            store,
            player,
            header.duration,
          ),
        ),
      ),
      element('div', { class: 'right' }, tabs.root, log.root),
    ),
    help.root,
  );
  new ResizeObserver(() => store.set({ layout: store.now.layout + 1 })).observe(root);
}

/** What the reader must know about the file before believing the page. */
function noticesOf(trace: Trace): HTMLElement[] {
  const { complete, problem, endedAt } = trace.tables;
  const says: string[] = [];
  if (!complete) says.push(`This trace is cut at ${clockText(endedAt)}: ${problem}. What is before the cut is whole.`);
  else if (problem !== '') says.push(`This trace is complete, but ${problem}.`);
  else if (endedAt < trace.header.duration) {
    says.push(`The run was ended after ${clockText(endedAt)} of ${durationText(trace.header.duration)}.`);
  }
  return says.map((text) => element('p', { class: 'notice', role: 'status' }, text));
}

function commandsOf(
  world: World,
  store: ViewStore,
  player: Player,
  log: EventLog,
  goTo: (step: number) => void,
): Commands {
  const { duration } = world.trace.header;
  const end = world.trace.tables.endedAt;
  let focusedAt = Number.NEGATIVE_INFINITY;
  const whole = () => store.set({ from: 0, to: duration });
  const zoom = (factor: number) => {
    const { from, to, time } = store.now;
    const span = Math.min(duration, Math.max(1e9, (to - from) * factor));
    const centre = time >= from && time <= to ? time : (from + to) / 2;
    const start = Math.min(duration - span, Math.max(0, centre - span * ((centre - from) / (to - from))));
    store.set({ from: start, to: start + span });
  };
  const event = (direction: 1 | -1) => {
    const time = log.next(direction);
    if (time !== undefined) player.seek(time);
  };
  return {
    play: () => player.toggle(),
    slower: () => player.changeSpeed(-1),
    faster: () => player.changeSpeed(1),
    start: () => player.seek(0),
    end: () => player.seek(end),
    whole,
    zoomIn: () => zoom(0.5),
    zoomOut: () => zoom(2),
    previousEvent: () => event(-1),
    nextEvent: () => event(1),
    previousStep: () => goTo(store.now.step - 1),
    nextStep: () => goTo(store.now.step + 1),
    focus: () => {
      const isSecond = performance.now() - focusedAt < DOUBLE_MS;
      focusedAt = performance.now();
      const pod = world.podOf(store.now.selection);
      if (isSecond || pod === undefined) return whole();
      const until = Math.min(pod.goneAt, end);
      const margin = Math.max(10e9, (until - pod.createdAt) * 0.1);
      store.set({ from: Math.max(0, pod.createdAt - margin), to: Math.min(duration, until + margin) });
    },
    mark: () => store.set({ mark: store.now.mark === store.now.time ? undefined : store.now.time }),
  };
}

function keyActions(
  commands: Commands,
  store: ViewStore,
  player: Player,
  log: EventLog,
  duration: number,
  toggleTheme: () => void,
  toggleHelp: () => void,
): KeyAction[] {
  const pan = (share: number) => {
    const { from, to } = store.now;
    const start = Math.min(duration - (to - from), Math.max(0, from + share * (to - from)));
    store.set({ from: start, to: start + (to - from) });
  };
  const step = (share: number) => player.seek(store.now.time + share * (store.now.to - store.now.from));
  return [
    { keys: [' ', 'k'], shown: 'Space, K', says: 'play, pause', act: commands.play },
    { keys: ['j'], shown: 'J', says: 'slower', act: commands.slower },
    { keys: ['l'], shown: 'L', says: 'faster', act: commands.faster },
    { keys: ['ArrowLeft'], shown: '←', says: 'back by 1 % of what is in view', act: () => step(-0.01) },
    { keys: ['ArrowRight'], shown: '→', says: 'on by 1 % of what is in view', act: () => step(0.01) },
    { keys: ['Home'], shown: 'Home', says: 'to the start', act: commands.start },
    { keys: ['End'], shown: 'End', says: 'to the end', act: commands.end },
    { keys: ['w'], shown: 'W', says: 'zoom in', act: commands.zoomIn },
    { keys: ['s'], shown: 'S', says: 'zoom out', act: commands.zoomOut },
    { keys: ['a'], shown: 'A', says: 'pan left', act: () => pan(-0.2) },
    { keys: ['d'], shown: 'D', says: 'pan right', act: () => pan(0.2) },
    { keys: ['0'], shown: '0', says: 'the whole run', act: commands.whole },
    { keys: ['f'], shown: 'F, F F', says: 'focus the selection, the whole run', act: commands.focus },
    { keys: [','], shown: ',', says: 'previous event', act: commands.previousEvent },
    { keys: ['.'], shown: '.', says: 'next event', act: commands.nextEvent },
    { keys: ['['], shown: '[', says: 'previous step of the story', act: commands.previousStep },
    { keys: [']'], shown: ']', says: 'next step of the story', act: commands.nextStep },
    { keys: ['m'], shown: 'M', says: 'set a mark; the clock shows the time since', act: commands.mark },
    { keys: ['/'], shown: '/', says: 'filter events', act: () => log.filter.focus() },
    { keys: ['t'], shown: 'T', says: 'dark or light', act: toggleTheme },
    { keys: ['?'], shown: '?', says: 'this list', act: toggleHelp },
    { keys: ['Escape'], shown: 'Esc', says: 'select nothing', act: () => store.set({ selection: -1, step: -1 }) },
  ];
}
