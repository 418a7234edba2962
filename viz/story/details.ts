import { digits, durationText, percentText } from '../clock-text.ts';
import { Flows } from '../data/flows.ts';
import type { PodLoad } from '../data/load.ts';
import type { World } from '../data/world.ts';
import { element } from '../element.ts';
import { DISCOVERY_LABELS } from '../map/draw-station.ts';
import type { ViewStore } from '../view-store.ts';
import { finder } from './finder.ts';
import { flowTable } from './flow-table.ts';

/** Redrawn at most so often while it plays, ms. */
const PAUSE_MS = 120;

/** What is known of the selected object at the instant that is shown. */
export function detailsPanel(world: World, load: PodLoad, store: ViewStore): HTMLElement {
  const facts = element('div', {});
  const root = element('div', { class: 'details' }, finder(world, store), facts);
  const flows = new Flows(world.trace);
  let drawnAt = 0;
  store.watch(['selection', 'time', 'theme', 'playing'], () => {
    if (store.now.playing && performance.now() - drawnAt < PAUSE_MS) return;
    drawnAt = performance.now();
    facts.replaceChildren(...contents());
  });
  return root;

  function contents(): HTMLElement[] {
    const { selection: id, time } = store.now;
    if (id < 0) return [];
    const facts = [...stateOf(id, time), ...attributesOf(id)];
    return [
      element('h3', {}, element('span', { class: 'kind' }, world.kind(id)), ' ', world.label(id)),
      element('dl', {}, ...facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
      ...flowTable(world, flows.at(time, 0), id, time),
    ];
  }

  function attributesOf(id: number): [string, string][] {
    return Object.keys(world.trace.tables.objects[id]!.attributes).flatMap((name): [string, string][] => {
      const value = world.attribute(id, name);
      if (value === null || value === undefined || value === '') return [];
      if (name === 'discovery') return [[name, discoveryText(id)]];
      if (name === 'discoveryShares') return []; // told by discovery
      if (typeof value === 'number' && name.toLowerCase().endsWith('timeout')) return [[name, durationText(value)]];
      const isObject = typeof value === 'number' && ['target', 'formerPod', 'workload', 'traffic'].includes(name);
      return [[name, isObject ? world.name(value) : String(value)]];
    });
  }

  function discoveryText(id: number): string {
    const kinds = world.clients.find((client) => client.id === id)?.discovery ?? [];
    const named = kinds.map(({ kind, share }) => [DISCOVERY_LABELS[kind] ?? kind, share] as const);
    return named.map(([label, share]) => (share < 1 ? `${label} ${percentText(share)}` : label)).join(', ');
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
}
