import type { Registry } from '../cluster/registry.ts';
import { selects } from '../control/endpointslice.ts';
import type { Edge } from './edge.ts';

/**
 * Is this the Pod that the caller means? An address may have been given to another workload since the caller learned it.
 * A Pod's labels and a Service's selector are looked at once.
 */
export class RightBackend {
  readonly #pods: Registry<'Pod'>;
  readonly #services: Registry<'Service'>;
  readonly #answers: Map<number, boolean>[] = [];

  constructor(pods: Registry<'Pod'>, services: Registry<'Service'>) {
    this.#pods = pods;
    this.#services = services;
  }

  is(pod: number, edge: Edge): boolean {
    this.#answers[edge.serviceSlot] ??= new Map();
    const answers = this.#answers[edge.serviceSlot]!;
    const known = answers.get(pod);
    if (known !== undefined) return known;
    const service = this.#services.at(edge.serviceSlot);
    const answer = Object.keys(service.spec.selector).length === 0 || selects(service, this.#pods.at(pod));
    answers.set(pod, answer);
    return answer;
  }
}
