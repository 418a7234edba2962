import type { Client, World } from '../data/world.ts';
import { type Box, bottomOf, type Placed } from './box.ts';
import { type PodArea, podsIn } from './pod-layout.ts';

/** Where everything of the run stands, computed once over all objects, so that nothing moves while time does. CSS pixels. */
export interface MapLayout extends PodArea {
  /** Do requests go from left to right, or from top to bottom (narrow pages)? */
  readonly across: boolean;
  readonly clients: readonly Placed<Client>[];
  /** By kind of discovery that clients use. */
  readonly discoveries: readonly Placed<string>[];
  /** Ids. */
  readonly services: readonly Placed<number>[];
  /** Where clients pass by the Services that know the Pods' addresses themselves; undefined when none does. */
  readonly bypass: Box | undefined;
  /** Where attempts go whose target has no place. */
  readonly nowhere: Box;
  readonly height: number;
}

/** Kinds of discovery whose clients talk to Pods without the Service's virtual IP in between. */
export const DIRECT: ReadonlySet<string> = new Set(['podIP', 'headless']);

/** No map is higher: more than some 5,000 Pods are not all on it. */
const MOST_PX = 6_000;

const PAD = 10;
const GAP = 6;

/**
 * @param width of the map
 * @param height that it should have; narrow maps become higher
 */
export function mapLayout(world: World, width: number, height: number): MapLayout {
  return width >= 640 ? layoutAcross(world, width, height) : layoutDown(world, width);
}

function layoutAcross(world: World, width: number, height: number): MapLayout {
  const clientWidth = Math.min(200, width * 0.175);
  const discoveryX = PAD + clientWidth + width * 0.035;
  const discoveryWidth = Math.min(100, width * 0.1);
  const serviceX = discoveryX + discoveryWidth + width * 0.035;
  const serviceWidth = Math.min(118, width * 0.12);
  const podsX = serviceX + serviceWidth + width * 0.05;
  const top = 20;
  const pods = podsIn(world, { x: podsX, y: 2, w: width - podsX - PAD, h: height - 4 });
  return {
    across: true,
    clients: column(clientsInOrder(world), { x: PAD, y: top, w: clientWidth, h: height - top - 4 }, 34),
    discoveries: column(discoveriesOf(world), { x: discoveryX, y: top, w: discoveryWidth, h: height - top - 4 }, 30),
    ...besides(
      column(
        [...servicesOf(world), ...bypassOf(world)],
        { x: serviceX, y: top, w: serviceWidth, h: height - top - 4 },
        34,
      ),
    ),
    ...pods,
    nowhere: { x: PAD + clientWidth, y: height - 14, w: 0, h: 0 },
    height: Math.min(MOST_PX, Math.max(height, bottomOf(pods.zones) + 4)),
  };
}

function layoutDown(world: World, width: number): MapLayout {
  const inner = { x: PAD, w: width - 2 * PAD };
  const clients = rows(clientsInOrder(world), { ...inner, y: 16 }, 2, 36);
  const discoveries = rows(discoveriesOf(world), { ...inner, y: bottomOf(clients) + 34 }, 3, 28);
  const stations = rows([...servicesOf(world), ...bypassOf(world)], { ...inner, y: bottomOf(discoveries) + 34 }, 3, 34);
  const y = bottomOf(stations) + 30;
  const pods = podsIn(world, { ...inner, y, h: 420 });
  const height = Math.min(MOST_PX, Math.max(y + 60, bottomOf(pods.zones)) + 8);
  return {
    across: false,
    clients,
    discoveries,
    ...besides(stations),
    ...pods,
    nowhere: { x: width / 2, y: height - 6, w: 0, h: 0 },
    height,
  };
}

/** Stands among the Services for the way past them. */
const BYPASS = -1;

function bypassOf(world: World): number[] {
  return discoveriesOf(world).some((kind) => DIRECT.has(kind)) ? [BYPASS] : [];
}

function besides(stations: readonly Placed<number>[]): Pick<MapLayout, 'services' | 'bypass'> {
  return {
    services: stations.filter(({ item }) => item !== BYPASS),
    bypass: stations.find(({ item }) => item === BYPASS)?.box,
  };
}

/** In the order of the clients that use them, so that lines cross little; those that pass by the Services last. */
function discoveriesOf(world: World): string[] {
  const kinds = new Set(world.clients.flatMap(({ discovery }) => discovery.map(({ kind }) => kind)));
  const sorted = sortedByMean([...kinds], (kind) =>
    clientsInOrder(world).flatMap(({ discovery }, i) => (discovery.some((its) => its.kind === kind) ? [i] : [])),
  );
  return [...sorted.filter((kind) => !DIRECT.has(kind)), ...sorted.filter((kind) => DIRECT.has(kind))];
}

/** Those that pass by the Services last, otherwise as the run has them. */
function clientsInOrder(world: World): Client[] {
  const direct = ({ discovery }: Client) =>
    discovery.reduce((sum, { kind, share }) => sum + (DIRECT.has(kind) ? share : 0), 0);
  return world.clients.toSorted((a, b) => direct(a) - direct(b));
}

/** Services that clients want to reach, in the order of those, then others: at most 12 in all. */
function servicesOf(world: World): number[] {
  const byClients = sortedByMean(world.services, (id) =>
    world.clients.flatMap(({ service }, i) => (service === id ? [i] : [])),
  );
  return byClients.slice(0, 12);
}

/** By the mean of the places of their neighbours; those without any last. */
function sortedByMean<T>(items: readonly T[], placesOf: (item: T) => readonly number[]): T[] {
  const mean = (item: T) => {
    const places = placesOf(item);
    return places.length === 0 ? 1e9 : places.reduce((sum, place) => sum + place, 0) / places.length;
  };
  return items.toSorted((a, b) => mean(a) - mean(b));
}

/** Boxes under each other, spread over the area, none higher than `most`. */
function column<T>(items: readonly T[], area: Box, most: number): Placed<T>[] {
  const pitch = area.h / Math.max(1, items.length);
  const h = Math.min(most, pitch - 4);
  return items.map((item, i) => ({ item, box: { x: area.x, y: area.y + pitch * i + (pitch - h) / 2, w: area.w, h } }));
}

/** Boxes side by side in rows of `perRow`. */
function rows<T>(items: readonly T[], area: Omit<Box, 'h'>, perRow: number, h: number): Placed<T>[] {
  const count = Math.min(perRow, Math.max(1, items.length));
  const w = (area.w - GAP * (count - 1)) / count;
  return items.map((item, i) => ({
    item,
    box: { x: area.x + (i % count) * (w + GAP), y: area.y + Math.floor(i / count) * (h + GAP), w, h },
  }));
}
