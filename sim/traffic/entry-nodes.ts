import { isNodeReady } from '../cluster/pod-state.ts';
import type { Registry } from '../cluster/registry.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { DataPlane } from '../dataplane/data-plane.ts';
import type { PublishedPort } from '../dataplane/published-service.ts';
import { mix } from '../engine/hash.ts';
import type { LoadBalancerSettings } from '../input/scenario.ts';
import type { Edge } from './edge.ts';

/** Purpose of a draw. */
const ENTRY = 0x40;

/**
 * By which node what comes from outside enters. A cloud's load balancer takes any that is ready, at random; MetalLB announces a
 * Service's address from one of them. Under externalTrafficPolicy Local they take only nodes with ready endpoints, as their
 * health checks found them a while ago; if none has any, all, as clouds do: the nodes then tell or drop.
 * @simplifies a node that stops being ready is left out at once; MetalLB in layer 2 mode alone, and its failover takes no time
 */
export class EntryNodes {
  readonly #store: ObjectStore;
  readonly #nodes: Registry<'Node'>;
  readonly #dataPlane: DataPlane;
  readonly #isAnnounced: boolean;
  readonly #healthCheck: number;
  #ready: readonly number[] = [];
  /** By published port, while the nodes stay as they are: those that pass its health check. */
  #healthy = new Map<PublishedPort, readonly number[]>();

  constructor(
    store: ObjectStore,
    nodes: Registry<'Node'>,
    dataPlane: DataPlane,
    settings: LoadBalancerSettings | null,
  ) {
    this.#store = store;
    this.#nodes = nodes;
    this.#dataPlane = dataPlane;
    this.#isAnnounced = settings?.provider === 'metallb';
    this.#healthCheck = settings?.healthCheck ?? 0;
    this.#look();
    store.watch('Node', () => this.#look());
  }

  /** @param hash of the connection @returns a node slot */
  pick(edge: Edge, hash: number): number {
    const port = this.#dataPlane.publishedPort(edge.serviceSlot, edge.portIndex, this.#healthCheck);
    const nodes = port?.port.externalPolicyLocal ? this.#healthyFor(port) : this.#ready;
    const draw = this.#isAnnounced ? edge.serviceSlot : hash;
    return nodes[(mix(draw, ENTRY) >>> 0) % nodes.length] ?? 0;
  }

  #healthyFor(port: PublishedPort): readonly number[] {
    let nodes = this.#healthy.get(port);
    if (nodes === undefined) {
      const healthy = this.#ready.filter((slot) => port.healthyNodes.has(this.#nodes.at(slot).metadata.name));
      nodes = healthy.length > 0 ? healthy : this.#ready;
      this.#healthy.set(port, nodes);
    }
    return nodes;
  }

  #look(): void {
    const ready = [...this.#store.list('Node')].filter((node) => isNodeReady(node));
    this.#ready = ready.map((node) => this.#nodes.slotOf(node));
    this.#healthy = new Map();
  }
}
