import { digits, percentText } from '../clock-text.ts';
import { type Flow, Flows, mainGroup } from '../data/flows.ts';
import type { PodLoad } from '../data/load.ts';
import { OUTCOME_GROUPS } from '../data/outcome-groups.ts';
import type { World } from '../data/world.ts';
import { element } from '../element.ts';
import { type InkName, inks } from '../inks.ts';
import { DISCOVERY_LABELS } from '../map/draw.ts';
import type { ViewStore } from '../view-store.ts';

/** So many targets or clients are listed. */
const MOST_FLOWS = 12;
/** Redrawn at most so often while it plays, ms. */
const PAUSE_MS = 120;

/** What is known of the selected object at the instant that is shown. */
export function detailsPanel(world: World, load: PodLoad, store: ViewStore): HTMLElement {
  const root = element('div', { class: 'details' });
  const flows = new Flows(world.trace);
  let drawnAt = 0;
  store.watch(['selection', 'time', 'theme', 'playing'], () => {
    if (store.now.playing && performance.now() - drawnAt < PAUSE_MS) return;
    drawnAt = performance.now();
    root.replaceChildren(...contents());
  });
  return root;

  function contents(): HTMLElement[] {
    const { selection: id, time } = store.now;
    if (id < 0)
      return [element('p', { class: 'hint' }, 'Select a Pod, node, client or Service on the map or in the lanes.')];
    const facts = [...stateOf(id, time), ...attributesOf(id)];
    return [
      element('h3', {}, element('span', { class: 'kind' }, world.kind(id)), ' ', world.name(id)),
      element('dl', {}, ...facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
      ...flowTable(id, time),
    ];
  }

  function attributesOf(id: number): [string, string][] {
    return Object.keys(world.trace.tables.objects[id]!.attributes).flatMap((name): [string, string][] => {
      const value = world.attribute(id, name);
      if (value === null || value === undefined || value === '') return [];
      if (name === 'discovery') return [[name, DISCOVERY_LABELS[String(value)] ?? String(value)]];
      const isObject = typeof value === 'number' && ['target', 'formerPod', 'workload', 'traffic'].includes(name);
      return [[name, isObject ? world.name(value) : String(value)]];
    });
  }

  /** Every field of the object that has a value now, and for a Pod how busy it is. */
  function stateOf(id: number, time: number): [string, string][] {
    const { fields, texts } = world.trace.tables;
    const kind = world.kind(id);
    const facts = fields.flatMap(({ name, type, labels }): [string, string][] => {
      if (!name.startsWith(`${kind}.`) || world.histories.of(id, name).times.length === 0) return [];
      const value = world.histories.at(id, name, time, Number.NaN);
      if (Number.isNaN(value)) return [];
      const words =
        type === 'enum'
          ? labels[value]
          : type === 'text'
            ? texts[value]
            : type === 'object'
              ? world.name(value)
              : undefined;
      return [[name.slice(kind.length + 1), words ?? digits(value)]];
    });
    const pod = world.podOf(id);
    if (kind !== 'Pod' || pod === undefined || world.phase(pod, time) === 'gone') return facts;
    const bucket = load.bucketOf(time);
    const seconds = world.trace.header.bucket / 1e9;
    return [
      ...facts,
      ['CPU', percentText(load.utilisation(pod).levels[0]!.sum[bucket]!)],
      ['served', `${digits(load.series('pod.served', id)[bucket]! / seconds)}/s`],
      ['in flight', digits(load.series('pod.inFlight', id)[bucket]!)],
      ['queue', `${digits(load.series('pod.queue', id)[bucket]!)} at most`],
    ];
  }

  /** Who sends to it, or whom it sends to, with rates and how it mostly ends. */
  function flowTable(id: number, time: number): HTMLElement[] {
    const isClient = world.kind(id) === 'Client';
    const pod = world.podOf(id);
    const about = (flow: Flow) =>
      isClient ? flow.client === id : pod !== undefined && world.podOf(flow.target) === pod;
    const rows = flows
      .at(time, 0)
      .filter(about)
      .sort((a, b) => b.rate - a.rate);
    if (rows.length === 0) return [];
    const total = rows.reduce((sum, { rate }) => sum + rate, 0);
    const head = element(
      'tr',
      {},
      ...[isClient ? 'sends to' : 'is sent to by', 'per second', 'share', 'mostly'].map((text) =>
        element('th', { scope: 'col' }, text),
      ),
    );
    const body = rows.slice(0, MOST_FLOWS).map((flow) => {
      const { key, label } = OUTCOME_GROUPS[mainGroup(flow.rates)]!;
      const swatch = element('i', {});
      swatch.style.setProperty('--swatch', inks()[key as InkName]);
      return element(
        'tr',
        {},
        element('td', {}, isClient ? targetText(flow.target, time) : world.name(flow.client)),
        element('td', { class: 'figure' }, digits(flow.rate)),
        element('td', { class: 'figure' }, percentText(flow.rate / total)),
        element('td', {}, swatch, label),
      );
    });
    const rest = rows.length - body.length;
    const caption = element(
      'caption',
      {},
      `${rows.length} ${isClient ? 'targets' : 'clients'} now${rest > 0 ? `, the first ${MOST_FLOWS} of them` : ''}`,
    );
    return [element('table', {}, caption, element('thead', {}, head), element('tbody', {}, ...body))];
  }

  function targetText(target: number, time: number): string {
    if (target < 0) return 'nobody: none was picked';
    const pod = world.podOf(target);
    if (world.kind(target) === 'Address') return `${world.name(target)}${pod ? `, was ${pod.name}` : ', no Pod'}`;
    const isPublished = pod !== undefined && world.histories.at(pod.id, 'Pod.published', time) > 0;
    return `${world.name(target)}${isPublished ? '' : ', not published'}`;
  }
}
