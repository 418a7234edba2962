import type { Trace } from '../../sim/trace/trace.ts';
import { Histories } from './histories.ts';

/** Phases of a Pod as the trace numbers them, and the one that only the viewer sees. */
export const POD_PHASES = ['pending', 'starting', 'notReady', 'ready', 'terminating', 'gone'] as const;
export type PodPhase = (typeof POD_PHASES)[number];

export interface Pod {
  readonly id: number;
  readonly name: string;
  readonly workload: string;
  readonly createdAt: number;
  /** When it was gone, ns; Infinity when it outlived the run. */
  readonly goneAt: number;
  /** -1 when it was never scheduled. */
  readonly node: number;
  /** Addresses that clients went on using when it was gone. */
  readonly ghosts: readonly number[];
}
export interface Node {
  readonly id: number;
  readonly name: string;
  readonly zone: string;
  readonly createdAt: number;
}
export interface Client {
  readonly id: number;
  readonly name: string;
  /** Service that it wants to reach; -1: none. */
  readonly service: number;
  /** How its processes find addresses: shares add up to 1. */
  readonly discovery: readonly Discovery[];
}
export interface Discovery {
  readonly kind: string;
  readonly share: number;
}

/** The objects of a run as the viewer speaks of them, with their histories. */
export class World {
  readonly trace: Trace;
  readonly histories: Histories;
  readonly pods: readonly Pod[];
  readonly nodes: readonly Node[];
  readonly clients: readonly Client[];
  /** Ids. */
  readonly services: readonly number[];
  /** Addresses that no Pod of the run ever had. */
  readonly strangers: readonly number[];
  readonly #podOf = new Map<number, Pod>();
  readonly #namespaces: ReadonlySet<string>;

  constructor(trace: Trace) {
    this.trace = trace;
    this.histories = new Histories(trace);
    this.#namespaces = new Set(this.ofKind('Service').map((id) => this.text(id, 'namespace')));
    const ghosts = new Map<number, number[]>();
    const strangers: number[] = [];
    for (const id of this.ofKind('Address')) {
      const former = this.attribute(id, 'formerPod');
      if (typeof former === 'number' && this.kind(former) === 'Pod')
        ghosts.set(former, [...(ghosts.get(former) ?? []), id]);
      else strangers.push(id);
    }
    this.strangers = strangers;
    this.nodes = this.ofKind('Node').map((id) => ({
      id,
      name: this.name(id),
      zone: this.text(id, 'zone'),
      createdAt: trace.tables.objects[id]!.createdAt,
    }));
    this.pods = this.ofKind('Pod').map((id) => this.#pod(id, ghosts.get(id) ?? []));
    for (const pod of this.pods) for (const id of [pod.id, ...pod.ghosts]) this.#podOf.set(id, pod);
    this.services = this.ofKind('Service');
    this.clients = this.ofKind('Client').map((id) => {
      const target = this.attribute(id, 'target');
      return {
        id,
        name: this.label(id),
        service: typeof target === 'number' && this.kind(target) === 'Service' ? target : -1,
        discovery: this.#discovery(id),
      };
    });
  }

  name(id: number): string {
    return this.trace.tables.objects[id]?.name ?? '';
  }

  /** The name without the namespace, when all that the run has is in one. */
  label(id: number): string {
    return this.#namespaces.size === 1 ? this.name(id).replaceAll(`${[...this.#namespaces][0]}/`, '') : this.name(id);
  }

  kind(id: number): string {
    return this.trace.tables.objects[id]?.kind ?? '';
  }

  attribute(id: number, name: string): string | number | boolean | null | undefined {
    return this.trace.tables.objects[id]?.attributes[name];
  }

  ofKind(kind: string): number[] {
    return this.trace.tables.objects.flatMap((object, id) => (object.kind === kind ? [id] : []));
  }

  /** The Pod of this id, or the one that had this dead address. */
  podOf(id: number): Pod | undefined {
    return this.#podOf.get(id);
  }

  phase(pod: Pod, time: number): PodPhase | 'absent' {
    if (time < pod.createdAt) return 'absent';
    return POD_PHASES[this.histories.at(pod.id, 'Pod.phase', time)] ?? 'pending';
  }

  /** When any fault was on: from, to, ns. */
  faultSpans(): [number, number][] {
    return this.ofKind('Fault').flatMap((id) => {
      const { times, values } = this.histories.of(id, 'Fault.active');
      return Array.from(times, (from, i): [number, number] => [from, times[i + 1] ?? this.trace.tables.endedAt]).filter(
        (_, i) => values[i]! > 0,
      );
    });
  }

  /** An attribute in words; that of an object is its name. '' when there is none. */
  text(id: number, name: string): string {
    const value = this.attribute(id, name);
    if (value === undefined || value === null) return '';
    if (typeof value === 'number' && (name === 'workload' || name === 'traffic')) return this.name(value);
    return String(value);
  }

  /** A client whose processes differ has a `discoveryShares`: JSON, share by kind. */
  #discovery(id: number): Discovery[] {
    const shares = this.attribute(id, 'discoveryShares');
    if (typeof shares === 'string' && this.text(id, 'discovery').includes('+')) {
      try {
        const parsed = Object.entries(JSON.parse(shares) as object);
        if (parsed.every(([, share]) => share >= 0 && share <= 1))
          return parsed.map(([kind, share]) => ({ kind, share }));
      } catch {} // shown as one kind, under the name that it has
    }
    return [{ kind: this.text(id, 'discovery') || 'dns', share: 1 }];
  }

  #pod(id: number, ghosts: readonly number[]): Pod {
    const { times, values } = this.histories.of(id, 'Pod.phase');
    const gone = values.lastIndexOf(POD_PHASES.indexOf('gone'));
    const nodes = this.histories.of(id, 'Pod.node').values;
    return {
      id,
      name: this.name(id),
      workload: this.text(id, 'workload'),
      createdAt: this.trace.tables.objects[id]!.createdAt,
      goneAt: gone < 0 ? Number.POSITIVE_INFINITY : times[gone]!,
      node: nodes.at(-1) ?? -1,
      ghosts,
    };
  }
}
