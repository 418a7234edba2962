import type { ObjectStore } from '../cluster/store.ts';
import { uniform } from '../engine/hash.ts';
import { ROUTING_KINDS, routersFor } from '../routing/routers.ts';
import type { Edge } from './edge.ts';

/** What `HTTPRoutes.pick` says in place of an edge: no rule matches, or there is no backend to send it to. */
export const NO_RULE = -1;
export const NO_BACKEND = -2;

/** Where a router sends the requests of one traffic: edges with the shares up to and including each. */
interface Routes {
  readonly edges: readonly number[];
  readonly upTo: readonly number[];
}

/**
 * What the Pods of Ingress controllers and Gateways do with a request: the rule that takes it, and of its backends one
 * by weight, drawn for each request.
 * @simplifies a router knows a changed rule at once; a redirect is an error, since clients do not follow it
 */
export class HTTPRoutes {
  readonly #store: ObjectStore;
  /** By `namespace/name` of the router's workload: `namespace/name:port` of a Service → the place of the edge to it. */
  readonly #places = new Map<string, ReadonlyMap<string, number>>();
  readonly #routers: ReadonlySet<string>;
  readonly #backends: (workload: string) => readonly Edge[];
  /** By traffic's edge; empty after a rule has changed. */
  #routes: (Routes | undefined)[] = [];

  /**
   * @param routers `namespace/name` of the workloads whose Pods route
   * @param backends their edges, in the order of their Pods' clients; asked when a Pod has begun to listen
   */
  constructor(store: ObjectStore, routers: Iterable<string>, backends: (workload: string) => readonly Edge[]) {
    this.#store = store;
    this.#routers = new Set(routers);
    this.#backends = backends;
    for (const kind of ROUTING_KINDS) {
      store.watch(kind, () => {
        this.#routes = [];
      });
    }
  }

  isRouter(workload: string): boolean {
    return this.#routers.has(workload);
  }

  /** @param edge by which the request came @param hash 32 bits of the request @returns a place among the router's backends, `NO_RULE` or `NO_BACKEND` */
  pick(workload: string, edge: Edge, hash: number): number {
    let routes = this.#routes[edge.index];
    if (routes === undefined) {
      routes = this.#look(workload, edge);
      this.#routes[edge.index] = routes;
    }
    const { edges, upTo } = routes;
    const draw = uniform(hash);
    for (let i = 0; i < edges.length; i++) if (draw < upTo[i]!) return edges[i]!;
    return NO_RULE;
  }

  #look(workload: string, edge: Edge): Routes {
    if (edge.request === null) return NOWHERE;
    const [router] = routersFor(this.#store, edge.request, edge.service);
    const verdict = router?.route(edge.request);
    if (verdict === undefined || verdict.status !== null) return NOWHERE;
    const places = this.#placesOf(workload);
    const [edges, upTo]: [number[], number[]] = [[], []];
    let sum = 0;
    for (const { namespace, name, port, share, problem } of verdict.backends) {
      sum += share;
      const { ports = [] } = this.#store.get('Service', namespace, name)?.spec ?? {};
      const number = ports.find((each) => each.port === port || each.name === port)?.port;
      edges.push(problem === null ? (places.get(`${namespace}/${name}:${number}`) ?? NO_BACKEND) : NO_BACKEND);
      upTo.push(sum);
    }
    if (upTo.length > 0) upTo[upTo.length - 1] = Infinity; // shares that sum to a little less than 1
    return { edges, upTo };
  }

  #placesOf(workload: string): ReadonlyMap<string, number> {
    let places = this.#places.get(workload);
    if (places === undefined) {
      places = new Map(this.#backends(workload).map(({ service, port }, place) => [`${service}:${port}`, place]));
      this.#places.set(workload, places);
    }
    return places;
  }
}

const NOWHERE: Routes = { edges: [], upTo: [] };
