import type { Node } from '../../cluster/api/node.ts';
import type { Pod, PodAffinityTerm, TopologySpreadConstraint } from '../../cluster/api/pod.ts';
import type { ClusterIndex } from '../../cluster/cluster-index.ts';
import { isActive } from '../../cluster/pod-state.ts';
import { selectorMatches } from '../../cluster/selector.ts';
import type { ObjectStore } from '../../cluster/store.ts';

/** Where a Pod may go for the sake of other Pods: a judge of nodes, made once for a Pod that is to be placed. */
export interface SpreadJudge {
  /** Empty: it may; else the scheduler's words. */
  reasonAgainst(node: Node): string;
  /** How much a node is preferred, more is better. */
  score(node: Node): number;
}

/**
 * @param guards the Pods that keep others away @param leaving name of a node that is thought away, with its Pods
 * @returns undefined where nothing of the Pod, nor of those that are there, asks about other Pods
 */
export function spreadJudge(
  pod: Pod,
  store: ObjectStore,
  index: ClusterIndex,
  guards: ReadonlySet<Pod>,
  leaving = '',
): SpreadJudge | undefined {
  const { topologySpreadConstraints = [], affinity } = pod.spec;
  const asks = topologySpreadConstraints.length > 0 || affinity?.podAffinity || affinity?.podAntiAffinity;
  if (!asks && guards.size === 0) return undefined;
  const others = new Others(store, index, leaving);
  const spreads = topologySpreadConstraints.map((constraint) => new Spread(constraint, pod, others));
  const near = requiredTerms(pod, 'podAffinity').map((term) => others.domains(term, pod));
  const apart = requiredTerms(pod, 'podAntiAffinity').map((term) => others.domains(term, pod));
  const preferred = preferredTerms(pod).map(({ weight, term }) => ({ weight, domains: others.domains(term, pod) }));
  const forbidden = others.guardedDomains(pod, guards);
  const inDomain = (node: Node, { key, counts }: Domains) => (counts.get(node.metadata.labels[key] ?? '') ?? 0) > 0;
  return {
    reasonAgainst(node) {
      for (const spread of spreads) {
        const reason = spread.reasonAgainst(node);
        if (reason !== '') return reason;
      }
      // The first Pod of a group that wants to be together may go anywhere. @source interpodaffinity/filtering.go
      if (near.some((domains) => (domains.counts.size > 0 ? !inDomain(node, domains) : !domains.matchesSelf))) {
        return "node(s) didn't match pod affinity rules";
      }
      if (apart.some((domains) => inDomain(node, domains))) return "node(s) didn't match pod anti-affinity rules";
      if (forbidden.some((domains) => inDomain(node, domains))) {
        return "node(s) didn't satisfy existing pods anti-affinity rules";
      }
      return '';
    },
    score(node) {
      let score = 0;
      for (const { weight, domains } of preferred) {
        score += (weight * (domains.counts.get(node.metadata.labels[domains.key] ?? '') ?? 0)) / 100;
      }
      for (const spread of spreads) score -= spread.crowd(node) / 10;
      return score;
    },
  };
}

/** Does the Pod keep others away? Where no Pod does, nobody need look. */
export function keepsOthersAway({ spec }: Pod): boolean {
  return (spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0;
}

interface Domains {
  key: string;
  /** Matching Pods by the value of the topology key. */
  counts: ReadonlyMap<string, number>;
  matchesSelf: boolean;
}

/** The Pods that are there, by what a term asks of them. */
class Others {
  readonly #store: ObjectStore;
  readonly #index: ClusterIndex;
  readonly #leaving: string;

  constructor(store: ObjectStore, index: ClusterIndex, leaving: string) {
    this.#store = store;
    this.#index = index;
    this.#leaving = leaving;
  }

  /** Of a topology key, on the nodes. */
  *valuesOf(key: string): Generator<string> {
    for (const { metadata } of this.#store.list('Node')) {
      const value = metadata.labels[key];
      if (value !== undefined && metadata.name !== this.#leaving) yield value;
    }
  }

  /** Where it is, and is to stay. */
  #nodeOf({ spec: { nodeName } }: Pod): Node | undefined {
    return nodeName === undefined || nodeName === this.#leaving ? undefined : this.#store.get('Node', '', nodeName);
  }

  domains(term: PodAffinityTerm, pod: Pod): Domains {
    const fits = (other: Pod) =>
      this.#inNamespaces(term, pod, other) && selectorMatches(term.labelSelector, other.metadata.labels);
    const namespaces = term.namespaces ?? (term.namespaceSelector === undefined ? [pod.metadata.namespace] : undefined);
    return { key: term.topologyKey, counts: this.count(term.topologyKey, fits, namespaces), matchesSelf: fits(pod) };
  }

  /** Of Pods that keep this one away, where they are. */
  guardedDomains(pod: Pod, guards: ReadonlySet<Pod>): Domains[] {
    const found: Domains[] = [];
    for (const guard of guards) {
      if (!isActive(guard)) continue;
      for (const term of requiredTerms(guard, 'podAntiAffinity')) {
        if (!this.#inNamespaces(term, guard, pod) || !selectorMatches(term.labelSelector, pod.metadata.labels))
          continue;
        const value = this.#nodeOf(guard)?.metadata.labels[term.topologyKey];
        if (value !== undefined)
          found.push({ key: term.topologyKey, counts: new Map([[value, 1]]), matchesSelf: false });
      }
    }
    return found;
  }

  count(key: string, fits: (pod: Pod) => boolean, namespaces: readonly string[] | undefined): Map<string, number> {
    const counts = new Map<string, number>();
    const pods =
      namespaces === undefined
        ? [this.#store.list('Pod')]
        : namespaces.map((name) => this.#index.podsByNamespace.get(name));
    for (const group of pods) {
      for (const pod of group) {
        if (pod.spec.nodeName === undefined || !isActive(pod) || !fits(pod)) continue;
        const value = this.#nodeOf(pod)?.metadata.labels[key];
        if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
    return counts;
  }

  #inNamespaces({ namespaces, namespaceSelector }: PodAffinityTerm, pod: Pod, other: Pod): boolean {
    const { namespace } = other.metadata;
    if (namespaces === undefined && namespaceSelector === undefined) return namespace === pod.metadata.namespace;
    if (namespaces?.includes(namespace)) return true;
    return selectorMatches(namespaceSelector, this.#store.get('Namespace', '', namespace)?.metadata.labels ?? {});
  }
}

/** One topology spread constraint. @source pkg/scheduler/framework/plugins/podtopologyspread/filtering.go */
class Spread {
  readonly #constraint: TopologySpreadConstraint;
  readonly #counts: Map<string, number>;
  readonly #least: number;
  readonly #self: number;

  constructor(constraint: TopologySpreadConstraint, pod: Pod, others: Others) {
    const { topologyKey, labelSelector, minDomains = 1 } = constraint;
    this.#constraint = constraint;
    const fits = (other: Pod) => selectorMatches(labelSelector, other.metadata.labels);
    this.#counts = others.count(topologyKey, fits, [pod.metadata.namespace]);
    for (const value of others.valuesOf(topologyKey)) if (!this.#counts.has(value)) this.#counts.set(value, 0);
    this.#least = this.#counts.size < minDomains ? 0 : Math.min(...this.#counts.values());
    this.#self = fits(pod) ? 1 : 0;
  }

  reasonAgainst({ metadata }: Node): string {
    const { topologyKey, maxSkew, whenUnsatisfiable } = this.#constraint;
    if (whenUnsatisfiable !== 'DoNotSchedule') return '';
    const text = "node(s) didn't match pod topology spread constraints";
    const value = metadata.labels[topologyKey];
    if (value === undefined) return `${text} (missing required label)`;
    return (this.#counts.get(value) ?? 0) + this.#self - this.#least > maxSkew ? text : '';
  }

  crowd({ metadata }: Node): number {
    return this.#counts.get(metadata.labels[this.#constraint.topologyKey] ?? '') ?? 0;
  }
}

function requiredTerms({ spec }: Pod, kind: 'podAffinity' | 'podAntiAffinity'): PodAffinityTerm[] {
  return spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

function preferredTerms({ spec }: Pod): { weight: number; term: PodAffinityTerm }[] {
  const of = (kind: 'podAffinity' | 'podAntiAffinity', sign: number) =>
    (spec.affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ weight, podAffinityTerm }) => ({
        weight: sign * weight,
        term: podAffinityTerm,
      }),
    );
  return [...of('podAffinity', 1), ...of('podAntiAffinity', -1)];
}
