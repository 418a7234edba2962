import { selects } from '../cluster/cluster-index.ts';
import type { Registry } from '../cluster/registry.ts';
import { grown } from '../engine/slots.ts';
import type { Edge } from './edge.ts';

/**
 * Is this the Pod that the caller means? An address may have been given to another workload since the caller learned it.
 * A Pod's labels and a Service's selector are looked at once.
 */
export class RightBackend {
  readonly #pods: Registry<'Pod'>;
  readonly #services: Registry<'Service'>;
  /** By Service slot, then Pod slot: 0 not looked at, YES or NO. */
  readonly #answers: Uint8Array[] = [];

  constructor(pods: Registry<'Pod'>, services: Registry<'Service'>) {
    this.#pods = pods;
    this.#services = services;
  }

  is(pod: number, edge: Edge): boolean {
    const answers = this.#answers[edge.serviceSlot];
    const known = answers === undefined || pod >= answers.length ? 0 : answers[pod]!;
    return known === 0 ? this.#look(pod, edge.serviceSlot) : known === YES;
  }

  #look(pod: number, serviceSlot: number): boolean {
    if (serviceSlot < 0) return false;
    const service = this.#services.at(serviceSlot);
    const answer = Object.keys(service.spec.selector ?? {}).length === 0 || selects(service, this.#pods.at(pod));
    const old = this.#answers[serviceSlot] ?? new Uint8Array(0);
    const answers = pod < old.length ? old : grown(old, 2 * (pod + 1));
    answers[pod] = answer ? YES : NO;
    this.#answers[serviceSlot] = answers;
    return answer;
  }
}

const YES = 1;
const NO = 2;
