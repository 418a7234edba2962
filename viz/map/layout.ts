import type { Client, Pod, World } from '../data/world.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
export interface Placed<T> {
  readonly item: T;
  readonly box: Box;
}

/** Where everything of the run stands, computed once over all objects, so that nothing moves while time does. CSS pixels. */
export interface MapLayout {
  /** Do requests go from left to right, or from top to bottom (narrow pages)? */
  readonly across: boolean;
  readonly clients: readonly Placed<Client>[];
  /** By kind of discovery that clients use. */
  readonly discoveries: readonly Placed<string>[];
  /** Ids. */
  readonly services: readonly Placed<number>[];
  /** Where clients pass by the Services that know the Pods' addresses themselves; undefined when none does. */
  readonly bypass: Box | undefined;
  readonly zones: readonly Placed<string>[];
  readonly nodes: readonly Placed<{ readonly id: number; readonly name: string }>[];
  readonly pods: ReadonlyMap<number, Placed<Pod>>;
  /** Edge of a Pod's square. */
  readonly podSize: number;
  /** Where attempts go whose target has no place. */
  readonly nowhere: Box;
  readonly height: number;
}

/** Kinds of discovery whose clients talk to Pods without the Service's virtual IP in between. */
export const DIRECT: ReadonlySet<string> = new Set(['podIP', 'headless']);

const PAD = 10;
const NODE_PAD = 6;
const NODE_LABEL = 18;
const ZONE_LABEL = 17;
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
  const area = { x: podsX, y: 2, w: width - podsX - PAD, h: height - 4 };
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
    ...podsIn(world, area),
    nowhere: { x: PAD + clientWidth, y: height - 14, w: 0, h: 0 },
    height,
  };
}

function layoutDown(world: World, width: number): MapLayout {
  const inner = { x: PAD, w: width - 2 * PAD };
  const clients = rows(clientsInOrder(world), { ...inner, y: 16 }, 2, 36);
  const discoveries = rows(discoveriesOf(world), { ...inner, y: bottomOf(clients) + 34 }, 3, 28);
  const stations = rows([...servicesOf(world), ...bypassOf(world)], { ...inner, y: bottomOf(discoveries) + 34 }, 3, 34);
  const y = bottomOf(stations) + 30;
  const pods = podsIn(world, { ...inner, y, h: 420 });
  const height = Math.max(y + 60, bottomOf(pods.zones)) + 8;
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

function bottomOf(placed: readonly Placed<unknown>[]): number {
  return Math.max(0, ...placed.map(({ box }) => box.y + box.h));
}

type PodArea = Pick<MapLayout, 'zones' | 'nodes' | 'pods' | 'podSize'>;

/** Pods side by side in a node for each one under each other; tried in this order. */
const ASPECTS = [2.5, 1.2, 0.6, 5];

/** Zones as bands, nodes as boxes in them, Pods as squares in those: as large as the area allows. */
function podsIn(world: World, area: Box): PodArea {
  for (let size = 26; size > 4; size--) {
    for (const aspect of ASPECTS) {
      const fitting = packed(world, area, size, aspect);
      const spare = area.y + area.h - bottomOf(fitting.zones);
      if (spare >= 0) return spread(fitting, spare);
    }
  }
  return packed(world, area, 4, ASPECTS[0]!);
}

function packed(world: World, area: Box, podSize: number, aspect: number): PodArea {
  const gap = podSize < 8 ? 3 : podSize < 16 ? 7 : 8; // the dotted outlines of two neighbours must not touch
  const zones: Placed<string>[] = [];
  const nodes: Placed<{ id: number; name: string }>[] = [];
  const pods = new Map<number, Placed<Pod>>();
  let y = area.y;
  const homes = homesOf(world);
  for (const zone of [...new Set(homes.map((home) => home.zone))].sort()) {
    const top = y;
    y += ZONE_LABEL;
    let x = area.x + NODE_PAD;
    let rowHeight = 0;
    for (const home of homes.filter((its) => its.zone === zone)) {
      const perRow = Math.max(1, Math.min(home.places.length, Math.ceil(Math.sqrt(home.places.length * aspect))));
      const lines = Math.max(1, Math.ceil(home.places.length / perRow));
      const w = Math.max(Math.min(96, home.name.length * 6.5 + 14), perRow * (podSize + gap) - gap + 2 * NODE_PAD);
      const h = NODE_LABEL + lines * (podSize + gap) - gap + NODE_PAD;
      if (x + w > area.x + area.w && rowHeight > 0) {
        x = area.x + NODE_PAD;
        y += rowHeight + GAP;
        rowHeight = 0;
      }
      nodes.push({ item: home, box: { x, y, w, h } });
      home.places.forEach((sharers, i) => {
        const left = x + NODE_PAD + (i % perRow) * (podSize + gap);
        const down = y + NODE_LABEL + Math.floor(i / perRow) * (podSize + gap);
        for (const pod of sharers) pods.set(pod.id, { item: pod, box: { x: left, y: down, w: podSize, h: podSize } });
      });
      x += w + GAP;
      rowHeight = Math.max(rowHeight, h);
    }
    y += rowHeight + NODE_PAD;
    zones.push({ item: zone, box: { x: area.x, y: top, w: area.w, h: y - top } });
    y += 4;
  }
  return { zones, nodes, pods, podSize };
}

/** Shares out height that is left between the zones, so that they reach as far down as the rest of the map. */
function spread(area: PodArea, spare: number): PodArea {
  const share = Math.min(26, spare / Math.max(1, area.zones.length));
  const shift = (box: Box, by: number): Box => ({ ...box, y: box.y + by });
  const zoneAt = (y: number) => area.zones.findLastIndex(({ box }) => box.y <= y);
  const inZone = <T>({ item, box }: Placed<T>): Placed<T> => {
    return { item, box: shift(box, share * zoneAt(box.y) + share / 2) };
  };
  return {
    ...area,
    zones: area.zones.map(({ item, box }, i) => ({ item, box: { ...shift(box, share * i), h: box.h + share } })),
    nodes: area.nodes.map(inZone),
    pods: new Map([...area.pods].map(([id, place]) => [id, inZone(place)])),
  };
}

interface Home {
  readonly id: number;
  readonly name: string;
  readonly zone: string;
  /** Pods by place: one may take the place of one of its workload that is gone, and that nobody sends to any more. */
  readonly places: readonly (readonly Pod[])[];
}

/** Nodes with their Pods of all times; Pods that were never scheduled live nowhere. */
function homesOf(world: World): Home[] {
  const byWorkload = world.pods.toSorted(
    (a, b) => a.workload.localeCompare(b.workload) || a.createdAt - b.createdAt || a.id - b.id,
  );
  const homes: Home[] = world.nodes.map(({ id, name, zone }) => ({
    id,
    name,
    zone,
    places: placesFor(byWorkload.filter((pod) => pod.node === id)),
  }));
  const homeless = byWorkload.filter((pod) => world.kind(pod.node) !== 'Node');
  return homeless.length > 0
    ? [...homes, { id: -1, name: 'unscheduled', zone: '', places: placesFor(homeless) }]
    : homes;
}

function placesFor(pods: readonly Pod[]): Pod[][] {
  const places: Pod[][] = [];
  for (const pod of pods) {
    const free = places.find((sharers) => {
      const last = sharers.at(-1)!;
      return last.workload === pod.workload && last.goneAt <= pod.createdAt && last.ghosts.length === 0;
    });
    if (free === undefined) places.push([pod]);
    else free.push(pod);
  }
  return places;
}
