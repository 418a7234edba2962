import type { Registry } from '../../cluster/registry.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import { zoneOf } from '../../cluster/zone.ts';
import type { PodCount, PodFault } from '../../input/scenario.ts';
import { LISTENING } from '../server.ts';
import type { Servers } from '../servers.ts';

/** What people and fate do to Pods at work: they fall ill and get well, processes are killed, caches are emptied. */
export class PodFaults {
  readonly #servers: Servers;
  readonly #store: ObjectStore;
  readonly #nodes: Registry<'Node'>;
  readonly #crashed: (pod: number, reason: string) => void;

  /** @param crashed hears of a process that was killed, and why */
  constructor(
    servers: Servers,
    { store, nodes }: { store: ObjectStore; nodes: Registry<'Node'> },
    crashed: (pod: number, reason: string) => void,
  ) {
    this.#servers = servers;
    this.#store = store;
    this.#nodes = nodes;
    this.#crashed = crashed;
  }

  /** Makes Pods ill. @returns how many, and what makes them well again */
  degrade(fault: PodFault): { pods: number; mend: () => void } {
    const servers = this.#servers;
    const { conditions } = servers;
    const nodes: number[] = [];
    const pods: number[] = [];
    if ('workload' in fault) {
      pods.push(...this.#choose(fault.workload, fault.pods));
      for (const pod of pods) conditions.ails(pod, fault.degradation);
    } else {
      for (const node of this.#store.list('Node')) {
        const isMeant = 'node' in fault ? node.metadata.name === fault.node : zoneOf(node) === fault.zone;
        if (isMeant) nodes.push(this.#nodes.slotOf(node));
      }
      for (const node of nodes) conditions.nodeIs(node, fault.slower);
      pods.push(...this.#on(nodes));
    }
    servers.conditionsChanged(pods);
    const mend = () => {
      for (const node of nodes) conditions.nodeIs(node, 1);
      if ('workload' in fault) for (const pod of pods) conditions.ails(pod, undefined);
      servers.conditionsChanged('workload' in fault ? pods : this.#on(nodes));
    };
    return { pods: pods.length, mend };
  }

  /** Empties the caches in front of a workload's calls. */
  flush(workload: string): void {
    this.#servers.conditions.flush(workload);
  }

  /** Kills processes of the workload's Pods, as `kill -9` in the container does. @returns how many */
  kill(workload: string, pods: PodCount): number {
    const chosen = this.#choose(workload, pods);
    for (const pod of chosen) this.#crashed(pod, 'Error');
    return chosen.length;
  }

  /** All that ever ran on these Nodes. */
  #on(nodes: readonly number[]): number[] {
    return this.#servers.all.flatMap((server) => (server && nodes.includes(server.node) ? [server.pod] : []));
  }

  /** Of the workload's Pods that listen, in the order in which they came. */
  #choose(workload: string, pods: PodCount): number[] {
    const all = this.#servers.all.flatMap((server) =>
      server?.workload === workload && server.state === LISTENING ? [server.pod] : [],
    );
    return all.slice(0, 'count' in pods ? pods.count : Math.ceil(pods.share * all.length));
  }
}
