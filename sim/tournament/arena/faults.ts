import type { Engine } from '../../engine/engine.ts';
import type { Stream, Streams } from '../../engine/random.ts';
import type { Fault, Which, Workload } from '../workload/workload.ts';
import type { Fleet } from './fleet.ts';

/**
 * What a workload does to its Pods. Which and when is drawn from streams of its own, so that every strategy meets the same.
 */
export class Faults {
  readonly #engine: Engine;
  readonly #fleet: Fleet;
  readonly #faults: readonly Fault[];
  /** Of each fault: the places that it struck. */
  readonly #struck: number[][];
  readonly #neighbours: Neighbours[] = [];
  readonly #kinds: { readonly begin: number; readonly end: number; readonly step: number; readonly neighbour: number };

  constructor(engine: Engine, fleet: Fleet, { faults }: Workload, streams: Streams) {
    this.#engine = engine;
    this.#fleet = fleet;
    this.#faults = faults;
    this.#struck = faults.map(() => []);
    this.#kinds = engine.define(this as Faults, {
      begin: { a: 'fault', b: '-', run: (layer, fault) => layer.#begin(fault) },
      end: { a: 'fault', b: '-', run: (layer, fault) => layer.#end(fault) },
      step: { a: 'fault', b: 'how many were before', run: (layer, fault, step) => layer.#step(fault, step) },
      neighbour: { a: 'group', b: '-', run: (layer, group) => layer.#neighbour(group) },
    });
    faults.forEach((fault, i) => {
      if (fault.kind === 'antagonist') this.#settleIn(fault, streams);
      else this.#at(fault.at, this.#kinds.begin, i, 0);
    });
  }

  #at(time: number, kind: number, a: number, b: number): void {
    this.#engine.due[0] = Math.round(time);
    this.#engine.schedule(kind, a, b);
  }

  #begin(i: number): void {
    const fault = this.#faults[i]!;
    const fleet = this.#fleet;
    if (fault.kind === 'antagonist') return;
    const places = placesOf(fault.which, fleet);
    this.#struck[i] = places;
    if (fault.kind === 'restart') {
      this.#step(i, 0);
      return;
    }
    for (const place of places) {
      const pod = fleet.podAt(place);
      if (fault.kind === 'slow') fleet.slow(place, fault.factor);
      else if (fault.kind === 'errors') fleet.failing(pod, fault.share, fault.after);
      else fleet.kill(pod, fault.silent);
    }
    const end = this.#engine.clock[0]! + fault.lasts;
    if (end < Infinity) this.#at(end, this.#kinds.end, i, 0);
  }

  #end(i: number): void {
    const fault = this.#faults[i]!;
    for (const place of this.#struck[i]!) {
      if (fault.kind === 'slow') this.#fleet.slow(place, 1 / fault.factor);
      else if (fault.kind === 'errors') this.#fleet.failing(this.#fleet.podAt(place), 0, 0);
      else if (fault.kind === 'down') this.#fleet.begin(place);
    }
  }

  /** Replaces one Pod, and the next later. */
  #step(i: number, step: number): void {
    const fault = this.#faults[i]!;
    const place = this.#struck[i]![step];
    if (fault.kind !== 'restart' || place === undefined) return;
    const old = this.#fleet.podAt(place);
    this.#fleet.begin(place);
    this.#fleet.retire(old);
    this.#at(this.#engine.clock[0]! + fault.every, this.#kinds.step, i, step + 1);
  }

  #settleIn(fault: Extract<Fault, { kind: 'antagonist' }>, streams: Streams): void {
    const groups = Math.ceil(this.#fleet.places / fault.together);
    for (let group = 0; group < groups; group++) {
      const stream = streams.stream(`antagonist/${this.#neighbours.length}`);
      const first = group * fault.together;
      const places = Array.from({ length: fault.together }, (_, i) => first + i).filter((p) => p < this.#fleet.places);
      const away = { ...fault, places, stream, factor: 1, most: fault.factor };
      const index = this.#neighbours.push(away) - 1;
      // As if it had gone on for ever: at first it is there with the share of time that it is there.
      if (stream.uniform() < fault.on / (fault.on + fault.off)) this.#neighbour(index);
      else this.#at(exponential(stream, fault.off), this.#kinds.neighbour, index, 0);
    }
  }

  /** One begins its work beside Pods, or ends it. */
  #neighbour(index: number): void {
    const neighbour = this.#neighbours[index]!;
    const { stream, places, most, on, off } = neighbour;
    const isThere = neighbour.factor !== 1;
    const factor = isThere ? 1 : 1 + (most - 1) * stream.uniform();
    for (const place of places) this.#fleet.slow(place, factor / neighbour.factor);
    neighbour.factor = factor;
    this.#at(this.#engine.clock[0]! + exponential(stream, isThere ? off : on), this.#kinds.neighbour, index, 0);
  }
}

/** What runs beside a group of Pods. */
interface Neighbours {
  readonly places: readonly number[];
  readonly stream: Stream;
  readonly on: number;
  readonly off: number;
  readonly most: number;
  /** What it divides their speed by now; 1: it is away. */
  factor: number;
}

function exponential(stream: Stream, mean: number): number {
  return -mean * Math.log(stream.uniform());
}

function placesOf(which: Which, fleet: Fleet): number[] {
  const all = Array.from({ length: fleet.places }, (_, place) => place);
  if ('zone' in which) return all.filter((place) => fleet.zoneOf(place) === which.zone);
  const count = Math.min(which.pods, fleet.places);
  return Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * fleet.places) / count));
}
