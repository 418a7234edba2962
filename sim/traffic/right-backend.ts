import { selects } from '../cluster/cluster-index.ts';
import type { Registry } from '../cluster/registry.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { grown } from '../engine/slots.ts';
import type { Edge } from './edge.ts';
import { listensAt, targetPortOf } from './target-port.ts';

/**
 * Is this the Pod that the caller means, and does it listen at the port? An address may have been given to another workload since
 * the caller learned it; a Service may name a port that its Pods do not open. Each pair is looked at once,
 * and again when a Service changes.
 */
export class RightBackend {
  readonly #pods: Registry<'Pod'>;
  readonly #services: Registry<'Service'>;
  /** By edge, then Pod slot: 0 not looked at, YES or NO. */
  #answers: Uint8Array[] = [];

  constructor(store: ObjectStore, pods: Registry<'Pod'>, services: Registry<'Service'>) {
    this.#pods = pods;
    this.#services = services;
    store.watch('Service', () => {
      this.#answers = [];
    });
  }

  is(pod: number, edge: Edge): boolean {
    const answers = this.#answers[edge.index];
    const known = answers === undefined || pod >= answers.length ? 0 : answers[pod]!;
    return known === 0 ? this.#look(pod, edge) : known === YES;
  }

  #look(slot: number, edge: Edge): boolean {
    if (edge.serviceSlot < 0) return false;
    const service = this.#services.at(edge.serviceSlot);
    const pod = this.#pods.at(slot);
    const isMeant = Object.keys(service.spec.selector ?? {}).length === 0 || selects(service, pod);
    const answer = isMeant && listensAt(pod, targetPortOf(edge, service, pod), edge.protocol);
    const old = this.#answers[edge.index] ?? new Uint8Array(0);
    const answers = slot < old.length ? old : grown(old, 2 * (slot + 1));
    answers[slot] = answer ? YES : NO;
    this.#answers[edge.index] = answers;
    return answer;
  }
}

const YES = 1;
const NO = 2;
