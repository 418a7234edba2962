import type { Flow } from '../data/flows.ts';
import type { Client, World } from '../data/world.ts';
import { type Box, DIRECT, type MapLayout } from './layout.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The way of a flow over the map: client, discovery, Service (where it goes through one), target. */
export interface Route {
  readonly flow: Flow;
  /** Shared by all flows of the client. */
  readonly trunk: readonly Point[];
  /** From the end of the trunk to the target; one point when no target was picked. */
  readonly branch: readonly Point[];
  /** The whole way in small steps, for what moves along it. */
  readonly path: readonly Point[];
}

const STEPS_PER_LEG = 14;

/** Finds and remembers the routes of a layout. */
export class Routes {
  readonly #world: World;
  readonly #layout: MapLayout;
  readonly #clients: ReadonlyMap<number, Client>;
  readonly #known = new Map<Flow, Route | undefined>();

  constructor(world: World, layout: MapLayout) {
    this.#world = world;
    this.#layout = layout;
    this.#clients = new Map(world.clients.map((client) => [client.id, client]));
  }

  /** @returns undefined for a client that has no place on the map */
  of(flow: Flow): Route | undefined {
    if (!this.#known.has(flow)) this.#known.set(flow, this.#find(flow));
    return this.#known.get(flow);
  }

  /** Exit points of a client's boxes up to where its flows part. */
  #trunkOf(client: Client): readonly Point[] {
    const { across } = this.#layout;
    const legs: Box[] = [];
    const own = this.#layout.clients.find(({ item }) => item.id === client.id);
    if (own !== undefined) legs.push(own.box);
    const discovery = this.#layout.discoveries.find(({ item }) => item === client.discovery);
    if (discovery !== undefined) legs.push(discovery.box);
    const service = this.#layout.services.find(({ item }) => item === client.service)?.box;
    const station = DIRECT.has(client.discovery) ? this.#layout.bypass : service;
    if (station !== undefined) legs.push(station);
    return legs.flatMap((box, i) => (i === 0 ? [exit(box, across)] : [entry(box, across), exit(box, across)]));
  }

  #find(flow: Flow): Route | undefined {
    const client = this.#clients.get(flow.client);
    if (client === undefined) return undefined;
    const trunk = this.#trunkOf(client);
    const last = trunk.at(-1);
    if (last === undefined) return undefined;
    if (flow.target < 0) return { flow, trunk, branch: [trunk[0]!], path: curve([trunk[0]!, this.#dropOf(trunk[0]!)]) };
    const pod = this.#world.podOf(flow.target);
    const box = (pod && this.#layout.pods.get(pod.id)?.box) ?? this.#layout.nowhere;
    const target = { x: box.x + box.w / 2, y: box.y + box.h / 2 };
    return { flow, trunk, branch: [last, target], path: curve([...trunk, target], this.#layout.across) };
  }

  /** Where a request falls that never left its client. */
  #dropOf({ x, y }: Point): Point {
    return this.#layout.across ? { x: x + 26, y: y + 16 } : { x: x + 14, y: y + 18 };
  }
}

function exit(box: Box, across: boolean): Point {
  return across ? { x: box.x + box.w, y: box.y + box.h / 2 } : { x: box.x + box.w / 2, y: box.y + box.h };
}

function entry(box: Box, across: boolean): Point {
  return across ? { x: box.x, y: box.y + box.h / 2 } : { x: box.x + box.w / 2, y: box.y };
}

/** Points along smooth legs between the given ones. */
function curve(points: readonly Point[], across = true): Point[] {
  const path: Point[] = [points[0]!];
  for (let leg = 1; leg < points.length; leg++) {
    const [from, to] = [points[leg - 1]!, points[leg]!];
    for (let i = 1; i <= STEPS_PER_LEG; i++) {
      const t = i / STEPS_PER_LEG;
      const eased = t * t * (3 - 2 * t);
      const [along, aside] = across ? [t, eased] : [eased, t];
      path.push({ x: from.x + (to.x - from.x) * along, y: from.y + (to.y - from.y) * aside });
    }
  }
  return path;
}
