import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { isNodeReady, isTerminal } from '../../cluster/pod-state.ts';
import { type Resources, requestOf, roomOf } from '../../cluster/resources.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import { zoneOf } from '../../cluster/zone.ts';

/** A node as the scheduler sees it: what it has, and what its Pods have requested. */
export interface NodeState {
  node: Node;
  /** Number in `NodeCapacity.states` and, over all zones, of its zone: what scratch columns are indexed by. */
  slot: number;
  zone: number;
  ready: boolean;
  room: Resources;
  used: Resources;
}

/** The nodes with what is taken of them, kept by watching; Pods that terminate count until they are gone. */
export class NodeCapacity {
  /** Of the nodes that are there, in the order in which they came. */
  states: NodeState[] = [];
  zoneCount = 0;
  readonly #zones = new Map<string, number>();
  readonly #byName = new Map<string, NodeState>();
  readonly #counted = new Set<string>();

  constructor(store: ObjectStore) {
    store.watch('Node', (change, node) => {
      const { name } = node.metadata;
      if (change === 'deleted') {
        // Its Pods may outlive it: what they hold is kept by name.
        this.states = this.states.filter((state) => state.node !== node);
        for (const [slot, state] of this.states.entries()) state.slot = slot;
        return;
      }
      const state = this.#stateOf(name);
      Object.assign(state, { node, ready: isNodeReady(node), room: roomOf(node), zone: this.#zone(zoneOf(node)) });
      if (change === 'added') state.slot = this.states.push(state) - 1;
    });
    store.watch('Pod', (change, pod) => {
      const { uid } = pod.metadata;
      if (pod.spec.nodeName === undefined) return;
      if (change === 'deleted' || isTerminal(pod)) {
        if (this.#counted.delete(uid)) this.#add(pod, -1);
      } else if (!this.#counted.has(uid)) {
        this.#counted.add(uid);
        this.#add(pod, 1);
      }
    });
  }

  /** Of a node that is or was there. */
  of(name: string): NodeState | undefined {
    return this.#byName.get(name);
  }

  #stateOf(name: string): NodeState {
    let state = this.#byName.get(name);
    if (state === undefined) {
      const none = { cpuMilli: 0, memoryBytes: 0, pods: 0 };
      state = { node: undefined as never, slot: -1, zone: 0, ready: false, room: none, used: { ...none } };
      this.#byName.set(name, state);
    }
    return state;
  }

  #zone(name: string): number {
    let number = this.#zones.get(name);
    if (number === undefined) {
      number = this.zoneCount++;
      this.#zones.set(name, number);
    }
    return number;
  }

  #add({ spec }: Pod, sign: number): void {
    const { used } = this.#stateOf(spec.nodeName!);
    const asked = requestOf(spec);
    used.cpuMilli += sign * asked.cpuMilli;
    used.memoryBytes += sign * asked.memoryBytes;
    used.pods += sign;
  }
}
