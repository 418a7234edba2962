import type { Engine } from '../../engine/engine.ts';
import type { Backends } from '../../strategies/view.ts';
import type { PodGroup, Workload } from '../workload/workload.ts';
import { Pods } from './pods.ts';

/** What the fleet tells the arena. */
export interface FleetEvents {
  /** A Pod has ended at once: what it had under way is lost. @param silent nobody says so */
  ended(pod: number, silent: boolean): void;
  /** Members are others than before, once all instances have heard of it. */
  changed(): void;
}

/**
 * The Pods of a workload and the places that they fill: a Pod that ends is followed by another in the same place, on the
 * same node, with a slot and an address of its own.
 */
export class Fleet {
  readonly pods: Pods;
  readonly backends: Backends;
  readonly places: number;
  readonly #groupOf: PodGroup[];
  readonly #engine: Engine;
  readonly #workload: Workload;
  readonly #events: FleetEvents;
  readonly #kinds: { readonly known: number };
  /** By place: its Pod now, -1 before the first; what its node's other work divides speed by. */
  readonly #podAt: Int32Array;
  readonly #slowness: Float64Array;
  #next = 0;

  constructor(engine: Engine, workload: Workload, backends: Backends, events: FleetEvents) {
    this.#engine = engine;
    this.#kinds = engine.define(this as Fleet, {
      known: { a: 'Pod', b: '-', run: (layer, pod) => layer.retire(pod) },
    });
    this.#workload = workload;
    this.#events = events;
    this.backends = backends;
    this.pods = new Pods(backends.capacity);
    this.#groupOf = workload.pods.flatMap((group) => new Array<PodGroup>(group.count).fill(group));
    this.places = this.#groupOf.length;
    this.#podAt = new Int32Array(this.places).fill(-1);
    this.#slowness = new Float64Array(this.places).fill(1);
    for (let place = 0; place < this.places; place++) this.#create(place);
  }

  podAt(place: number): number {
    return this.#podAt[place]!;
  }

  zoneOf(place: number): number {
    return place % this.#workload.zones;
  }

  /** A new Pod in this place, cold, a member once that is known. */
  begin(place: number): void {
    const pod = this.#create(place);
    const now = this.#engine.clock[0]!;
    this.pods.readyAt[pod] = now;
    this.backends.joined[pod] = now;
    this.#events.changed();
  }

  /** Ends a Pod at once. It is a member until that is known. */
  kill(pod: number, silent: boolean): void {
    this.pods.alive[pod] = 0;
    this.pods.silent[pod] = silent ? 1 : 0;
    this.#events.ended(pod, silent);
    this.#engine.due[0] = this.#engine.clock[0]! + this.#workload.propagation;
    this.#engine.schedule(this.#kinds.known, pod, 0);
  }

  /** Takes a Pod out; it ends what it has, and what is still sent to it. */
  retire(pod: number): void {
    this.backends.leave(pod);
    this.#events.changed();
  }

  /** Multiplies what divides the speed of a place's Pods. */
  slow(place: number, factor: number): void {
    this.#slowness[place] = this.#slowness[place]! * factor;
    this.pods.slowness[this.#podAt[place]!] = this.#slowness[place]!;
  }

  failing(pod: number, share: number, after: number): void {
    this.pods.errorShare[pod] = share;
    this.pods.errorAfter[pod] = after;
  }

  #create(place: number): number {
    const pod = this.#next++;
    const { cores, speed, weight } = this.#groupOf[place]!;
    const { pods, backends } = this;
    pods.cores[pod] = cores;
    pods.speed[pod] = speed;
    pods.slowness[pod] = this.#slowness[place]!;
    pods.alive[pod] = 1;
    backends.weight[pod] = weight;
    backends.zone[pod] = this.zoneOf(place);
    backends.join(pod, `10.${244 + (pod >> 15)}.${(pod >> 7) & 255}.${(pod & 127) + 1}:8080`);
    this.#podAt[place] = pod;
    return pod;
  }
}
