import type { Flow } from '../data/flows.ts';
import type { Client, World } from '../data/world.ts';
import type { Box } from './box.ts';
import { DIRECT, type MapLayout } from './layout.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A way of a flow over the map: client, discovery, Service (where it goes through one), target. */
export interface Route {
  readonly flow: Flow;
  /** Past the Services, to addresses that the client knows itself? */
  readonly isDirect: boolean;
  /** Shared by all flows of the client with this discovery. */
  readonly trunk: readonly Point[];
  /** From the end of the trunk to the target; one point when no target was picked. */
  readonly branch: readonly Point[];
  /** The whole way in small steps, for what moves along it. */
  readonly path: readonly Point[];
  /** So much of its kind (direct or not) takes this discovery. */
  readonly shareOfKind: number;
  /** So much of the flow goes this way now. */
  share: number;
}

const STEPS_PER_LEG = 14;

/** Less of a flow than this is not shown on its own way. */
const LEAST_SHARE = 0.01;

/** Finds and remembers the routes of a layout. */
export class Routes {
  readonly #world: World;
  readonly #layout: MapLayout;
  readonly #clients: ReadonlyMap<number, Client>;
  readonly #known = new Map<Flow, readonly Route[]>();
  readonly #trunks = new Map<string, readonly Point[]>();

  constructor(world: World, layout: MapLayout) {
    this.#world = world;
    this.#layout = layout;
    this.#clients = new Map(world.clients.map((client) => [client.id, client]));
  }

  /**
   * The ways of all flows, with the share that each has of its flow.
   * Where processes of a client differ in how they find addresses, the trace does not tell which of them sent an attempt. What goes to a
   * target that is not published was sent by those that keep addresses; they send the rest of their share to targets that are.
   * @simplifies an estimate, by attempts: clients that retry more seem to be more
   */
  shared(flows: readonly Flow[], isPublished: (target: number) => boolean): Route[] {
    const shown: Route[] = [];
    const stale = new Set(flows.filter(({ target }) => target >= 0 && !isPublished(target)));
    for (const [id, client] of this.#clients) {
      const its = flows.filter((flow) => flow.client === id);
      const sum = (some: readonly Flow[]) => some.reduce((total, { rate }) => total + rate, 0);
      const direct = client.discovery.reduce((total, { kind, share }) => total + (DIRECT.has(kind) ? share : 0), 0);
      const sent = sum(its.filter(({ target }) => target >= 0));
      const lost = sum(its.filter((flow) => stale.has(flow)));
      const directToPublished = Math.min(1, Math.max(0, (direct * sent - lost) / Math.max(1e-9, sent - lost)));
      for (const flow of its) {
        const directNow = direct === 0 || direct === 1 ? direct : stale.has(flow) ? 1 : directToPublished;
        for (const route of this.#of(flow, client)) {
          route.share = flow.target < 0 ? 1 : route.shareOfKind * (route.isDirect ? directNow : 1 - directNow);
          if (route.share >= LEAST_SHARE) shown.push(route);
        }
      }
    }
    return shown;
  }

  #of(flow: Flow, client: Client): readonly Route[] {
    let routes = this.#known.get(flow);
    if (routes === undefined) {
      routes = this.#find(flow, client);
      this.#known.set(flow, routes);
    }
    return routes;
  }

  #find(flow: Flow, client: Client): Route[] {
    if (flow.target < 0) {
      const start = this.#trunkOf(client, client.discovery[0]!.kind)[0];
      if (start === undefined) return [];
      const path = curve([start, this.#dropOf(start)]);
      return [{ flow, isDirect: false, trunk: [start], branch: [start], path, shareOfKind: 1, share: 1 }];
    }
    const pod = this.#world.podOf(flow.target);
    const box = (pod && this.#layout.pods.get(pod.id)?.box) ?? this.#layout.nowhere;
    const target = { x: box.x + box.w / 2, y: box.y + box.h / 2 };
    return client.discovery.flatMap(({ kind, share }): Route[] => {
      const isDirect = DIRECT.has(kind);
      const trunk = this.#trunkOf(client, kind);
      const last = trunk.at(-1);
      if (last === undefined) return [];
      const alike = client.discovery.filter((other) => DIRECT.has(other.kind) === isDirect);
      const shareOfKind = share / alike.reduce((total, other) => total + other.share, 0);
      const path = curve([...trunk, target], this.#layout.across);
      return [{ flow, isDirect, trunk, branch: [last, target], path, shareOfKind, share: 0 }];
    });
  }

  /** Entry and exit points of the boxes of a client up to where its flows part. */
  #trunkOf(client: Client, kind: string): readonly Point[] {
    const key = `${client.id} ${kind}`;
    let trunk = this.#trunks.get(key);
    if (trunk === undefined) {
      const { across } = this.#layout;
      const boxes = [
        this.#layout.clients.find(({ item }) => item.id === client.id)?.box,
        this.#layout.discoveries.find(({ item }) => item === kind)?.box,
        DIRECT.has(kind) ? this.#layout.bypass : this.#layout.services.find(({ item }) => item === client.service)?.box,
      ].filter((box) => box !== undefined);
      trunk = boxes.flatMap((box, i) => (i === 0 ? [exit(box, across)] : [entry(box, across), exit(box, across)]));
      this.#trunks.set(key, trunk);
    }
    return trunk;
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
