import { groupedBy } from '../data/grouped.ts';
import type { Pod, World } from '../data/world.ts';

/** Pods that are drawn together: those of a node, or of a workload. */
export interface LaneGroup {
  readonly label: string;
  /** Of the node; -1 when the group is none. */
  readonly node: number;
  readonly pods: readonly Pod[];
}

/** No more lanes are drawn: canvases cannot be higher. */
const MOST_LANES = 2_000;

/** The Pods that get a lane: all, or of too many those that changed most. */
export function lanePods(world: World): Pod[] {
  if (world.pods.length <= MOST_LANES) return [...world.pods];
  const changes = (pod: Pod) => world.histories.of(pod.id, 'Pod.phase').times.length;
  return world.pods.toSorted((a, b) => changes(b) - changes(a) || a.id - b.id).slice(0, MOST_LANES);
}

/** The Pods in groups: nodes by zone and name, or workloads with most Pods first. In a group by creation. */
export function laneGroups(world: World, pods: readonly Pod[], by: 'node' | 'workload'): LaneGroup[] {
  const byAge = pods.toSorted(
    (a, b) => a.workload.localeCompare(b.workload) || a.createdAt - b.createdAt || a.id - b.id,
  );
  if (by === 'node') {
    const byNode = groupedBy(byAge, ({ node }) => node);
    const nodes = world.nodes.toSorted((a, b) => a.zone.localeCompare(b.zone) || a.id - b.id);
    const placed = nodes.map(({ id, name, zone }) => ({
      label: zone ? `${name} · ${zone}` : name,
      node: id,
      pods: byNode.get(id) ?? [],
    }));
    const unplaced = { label: 'unscheduled', node: -1, pods: byAge.filter((pod) => world.kind(pod.node) !== 'Node') };
    return [...placed, unplaced].filter(({ pods }) => pods.length > 0);
  }
  return [...groupedBy(byAge, ({ workload }) => workload)]
    .map(([workload, pods]) => ({ label: workload || 'no workload', node: -1, pods }))
    .sort((a, b) => b.pods.length - a.pods.length);
}

/** A lane and where it stands, CSS pixels. */
export interface LanePlace {
  readonly pod: Pod;
  readonly top: number;
  readonly height: number;
}

export interface LaneLayout {
  readonly groups: readonly (LaneGroup & { readonly top: number; readonly bottom: number })[];
  readonly lanes: readonly LanePlace[];
  readonly height: number;
}

const GROUP_GAP = 4;
/** A group is at least high enough for its label. */
const LABEL_HEIGHT = 13;

/** Gives each Pod a lane, as high as `wanted` CSS pixels in all allow: 3 to 10. */
export function laneLayout(groups: readonly LaneGroup[], wanted: number): LaneLayout {
  const podCount = groups.reduce((sum, { pods }) => sum + pods.length, 0);
  const lane = Math.min(10, Math.max(3, Math.floor((wanted - groups.length * GROUP_GAP) / Math.max(1, podCount))));
  const lanes: LanePlace[] = [];
  let top = 0;
  const placed = groups.map((group) => {
    const start = top;
    for (const pod of group.pods) {
      lanes.push({ pod, top, height: lane });
      top += lane;
    }
    const bottom = Math.max(top, start + LABEL_HEIGHT);
    top = bottom + GROUP_GAP;
    return { ...group, top: start, bottom };
  });
  return { groups: placed, lanes, height: Math.max(LABEL_HEIGHT, top - GROUP_GAP) };
}
