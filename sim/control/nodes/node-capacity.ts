import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import { isNodeReady, isTerminal } from '../../cluster/pod-state.ts';
import { type Resources, requestOf, roomOf } from '../../cluster/resources.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import { zoneOf } from '../../cluster/zone.ts';
import { grown } from '../../engine/slots.ts';

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
  /**
   * By slot, for who looks at very many nodes: what is free (thousandths of a core, bytes, Pods), one over what there is,
   * and 1 where a Pod needs nothing but room (the node is ready, schedulable, without taints).
   */
  freeCpu = new Float64Array(64);
  freeMemory = new Float64Array(64);
  freePods = new Float64Array(64);
  perCpu = new Float64Array(64);
  perMemory = new Float64Array(64);
  open = new Uint8Array(64);
  zoneOfSlot = new Int32Array(64);
  readonly #zones = new Map<string, number>();
  readonly #byName = new Map<string, NodeState>();
  readonly #counted = new Set<string>();

  constructor(store: ObjectStore) {
    store.watch('Node', (change, node) => {
      const { name } = node.metadata;
      if (change === 'deleted') {
        // Its Pods may outlive it: what they hold is kept by name.
        this.states = this.states.filter((state) => state.node !== node);
        for (const [slot, state] of this.states.entries()) {
          state.slot = slot;
          this.#fillColumns(state);
        }
        return;
      }
      const state = this.#stateOf(name);
      Object.assign(state, { node, ready: isNodeReady(node), room: roomOf(node), zone: this.#zone(zoneOf(node)) });
      if (change === 'added') state.slot = this.states.push(state) - 1;
      this.#fillColumns(state);
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
    const state = this.#stateOf(spec.nodeName!);
    const { used } = state;
    const asked = requestOf(spec);
    used.cpuMilli += sign * asked.cpuMilli;
    used.memoryBytes += sign * asked.memoryBytes;
    used.pods += sign;
    if (this.states[state.slot] === state) this.#fillColumns(state);
  }

  #fillColumns({ slot, node, zone, ready, room, used }: NodeState): void {
    if (slot >= this.open.length) this.#grow();
    this.freeCpu[slot] = room.cpuMilli - used.cpuMilli;
    this.freeMemory[slot] = room.memoryBytes - used.memoryBytes;
    this.freePods[slot] = room.pods - used.pods;
    this.perCpu[slot] = 1 / room.cpuMilli;
    this.perMemory[slot] = 1 / room.memoryBytes;
    this.zoneOfSlot[slot] = zone;
    this.open[slot] = ready && !node.spec.unschedulable && !node.spec.taints?.length ? 1 : 0;
  }

  #grow(): void {
    const length = 2 * this.open.length;
    this.freeCpu = grown(this.freeCpu, length);
    this.freeMemory = grown(this.freeMemory, length);
    this.freePods = grown(this.freePods, length);
    this.perCpu = grown(this.perCpu, length);
    this.perMemory = grown(this.perMemory, length);
    this.open = grown(this.open, length);
    this.zoneOfSlot = grown(this.zoneOfSlot, length);
  }
}
