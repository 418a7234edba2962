import type { Labels } from '../cluster/api/meta.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { Registry } from '../cluster/registry.ts';
import { matches } from '../cluster/selector.ts';
import { keyOfObject, type ObjectStore } from '../cluster/store.ts';
import { declaredPorts } from '../dataplane/policy/peer-match.ts';
import { grown } from '../engine/slots.ts';
import { OK, REFUSED, WRONG_BACKEND } from '../trace/outcomes.ts';
import type { Edge } from './edge.ts';
import { listensAt, targetPortOf } from './target-port.ts';

/**
 * What a Pod makes of a connection: does it listen at the port, and is it one that the caller or the rules may mean? That are those
 * which the Service selects, or ever selected: rules and clients that have not heard of another selector still send to them, and they
 * answer as before. An address that was given to another workload's Pod leads to one that the Service never selected.
 * Each pair is looked at once, and again when a Service changes.
 */
export class RightBackend {
  readonly #pods: Registry<'Pod'>;
  readonly #services: Registry<'Service'>;
  /** By `namespace/name` of a Service: each selector that one of the name has had. */
  readonly #selectors = new Map<string, Labels[]>();
  /** By edge, then Pod slot: an outcome, or NOT_LOOKED. */
  #outcomes: Uint8Array[] = [];

  constructor(store: ObjectStore, pods: Registry<'Pod'>, services: Registry<'Service'>) {
    this.#pods = pods;
    this.#services = services;
    store.watch('Service', (_, service) => {
      this.#outcomes = [];
      const { selector = {} } = service.spec;
      const known = this.#selectors.get(keyOfObject(service)) ?? [];
      if (!known.some((each) => isSame(each, selector))) {
        this.#selectors.set(keyOfObject(service), [...known, selector]);
      }
    });
  }

  /** Does it serve what it is asked? */
  is(pod: number, edge: Edge): boolean {
    return this.outcome(pod, edge) === OK;
  }

  /** @returns OK; REFUSED: nothing listens there; WRONG_BACKEND: another workload answers */
  outcome(pod: number, edge: Edge): number {
    const outcomes = this.#outcomes[edge.index];
    const known = outcomes === undefined || pod >= outcomes.length ? NOT_LOOKED : outcomes[pod]!;
    return known === NOT_LOOKED ? this.#look(pod, edge) : known;
  }

  #look(slot: number, edge: Edge): number {
    const outcome = this.#outcomeOf(this.#pods.at(slot), edge);
    const old = this.#outcomes[edge.index] ?? new Uint8Array(0);
    const outcomes = slot < old.length ? old : grown(old, 2 * (slot + 1)).fill(NOT_LOOKED, old.length);
    outcomes[slot] = outcome;
    this.#outcomes[edge.index] = outcomes;
    return outcome;
  }

  #outcomeOf(pod: Pod, edge: Edge): number {
    if (this.#isMeant(pod, edge)) {
      const port = targetPortOf(edge, this.#services.at(edge.serviceSlot), pod);
      return listensAt(pod, port, edge.protocol) ? OK : REFUSED;
    }
    // Who comes by an old address comes to the old Pod's port. A stranger that declares none is not known to listen.
    const listens = declaredPorts(pod).length > 0 && listensAt(pod, edge.targetPort, edge.protocol);
    return listens ? WRONG_BACKEND : REFUSED;
  }

  #isMeant({ metadata }: Pod, { service, serviceSlot }: Edge): boolean {
    if (serviceSlot < 0) return false;
    const selectors = this.#selectors.get(service)!;
    // What stands behind a Service without a selector somebody wrote down.
    if (selectors.some((selector) => Object.keys(selector).length === 0)) return true;
    return (
      service.startsWith(`${metadata.namespace}/`) && selectors.some((selector) => matches(selector, metadata.labels))
    );
  }
}

const NOT_LOOKED = 255;

function isSame(a: Labels, b: Labels): boolean {
  return matches(a, b) && matches(b, a);
}
