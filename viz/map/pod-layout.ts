import { groupedBy } from '../data/grouped.ts';
import type { Pod, World } from '../data/world.ts';
import { type Box, bottomOf, type Placed } from './box.ts';

const NODE_PAD = 6;
const NODE_LABEL = 18;
const ZONE_LABEL = 17;
const GAP = 6;

/** Where zones, nodes and Pods stand. */
export interface PodArea {
  readonly zones: readonly Placed<string>[];
  readonly nodes: readonly Placed<{ readonly id: number; readonly name: string }>[];
  readonly pods: ReadonlyMap<number, Placed<Pod>>;
  /** Edge of a Pod's square. */
  readonly podSize: number;
}

/** Pods side by side in a node for each one under each other; tried in this order. */
const ASPECTS = [2.5, 1.2, 0.6, 5];

/** Zones as bands, nodes as boxes in them, Pods as squares in those: as large as the area allows. */
export function podsIn(world: World, area: Box): PodArea {
  const homes = homesOf(world);
  for (let size = 26; size > 4; size--) {
    for (const aspect of ASPECTS) {
      const fitting = packed(homes, area, size, aspect);
      const spare = area.y + area.h - bottomOf(fitting.zones);
      if (spare >= 0) return spread(fitting, spare);
    }
  }
  return packed(homes, area, 4, ASPECTS[0]!);
}

function packed(homes: readonly Home[], area: Box, podSize: number, aspect: number): PodArea {
  const gap = podSize < 8 ? 3 : podSize < 16 ? 7 : 8; // the dotted outlines of two neighbours must not touch
  const zones: Placed<string>[] = [];
  const nodes: Placed<{ id: number; name: string }>[] = [];
  const pods = new Map<number, Placed<Pod>>();
  let y = area.y;
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
  const byNode = groupedBy(byWorkload, ({ node }) => node);
  const homes: Home[] = world.nodes.map(({ id, name, zone }) => ({
    id,
    name,
    zone,
    places: placesFor(byNode.get(id) ?? []),
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
