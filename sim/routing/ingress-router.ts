import type { Ingress, IngressBackend } from '../cluster/api/networking.ts';
import type { Service } from '../cluster/api/service.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { type HTTPRequest, isUnder } from './http-request.ts';
import { answered, type RoutedBackend, type Router, type Verdict } from './router.ts';

const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';
const LEGACY_CLASS = 'kubernetes.io/ingress.class';

interface Rule {
  ingress: Ingress;
  host: string;
  path: string;
  pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific';
  backend: IngressBackend;
}

/**
 * The Ingresses of one class: the most specific host first (exact, wildcard of one label, any), in it Exact before the
 * longest prefix, of equal ones the oldest Ingress; what no rule takes goes to a default backend, or is answered with 404.
 * @source networking.k8s.io/v1 Ingress: pathType, host; kubernetes.io docs, "Multiple matches" and "DefaultBackend"
 * @source ingress-nginx: of conflicting rules the oldest wins; a host that has rules falls back to no other host's
 * @simplifies ImplementationSpecific is as Prefix; annotations (rewrites, canaries) are left out
 */
export class IngressRouter implements Router {
  readonly name: string;
  readonly service: string | null;
  readonly #store: ObjectStore;
  readonly #rules: readonly Rule[];
  readonly #fallback: { ingress: Ingress; backend: IngressBackend } | undefined;

  constructor(store: ObjectStore, className: string, ingresses: readonly Ingress[]) {
    this.#store = store;
    this.name = className === '' ? 'Ingresses without a class' : `IngressClass ${className}`;
    const aged = ingresses.toSorted((a, b) => a.metadata.creationTimestamp - b.metadata.creationTimestamp);
    this.#rules = aged.flatMap((ingress) => rulesOf(ingress));
    const fallback = aged.find(({ spec }) => spec.defaultBackend !== undefined);
    this.#fallback = fallback && { ingress: fallback, backend: fallback.spec.defaultBackend! };
    this.service = controllerOf(store, className, ingresses);
  }

  knows({ host }: HTTPRequest): boolean {
    return this.#fallback !== undefined || this.#rules.some((rule) => hostRank(rule.host, host) > 0);
  }

  route(request: HTTPRequest): Verdict {
    const best = Math.max(0, ...this.#rules.map(({ host }) => hostRank(host, request.host)));
    const ofHost = best === 0 ? [] : this.#rules.filter(({ host }) => hostRank(host, request.host) === best);
    const steps = [
      ofHost.length === 0
        ? `no rule is for the host ${request.host}`
        : `host ${request.host}: ${ofHost.length} ${ofHost.length === 1 ? 'path' : 'paths'} of ${ofHost[0]!.host || 'any host'}`,
    ];
    const taken = ofHost.filter((rule) => takes(rule, request.path)).sort(byPath);
    for (const rule of ofHost) if (!taken.includes(rule)) steps.push(`${textOf(rule)}: no match`);
    const [rule] = taken;
    if (rule !== undefined) {
      for (const other of taken.slice(1)) steps.push(`${textOf(other)}: matches, but a longer or exact path is there`);
      return this.#to(rule.ingress, rule.backend, textOf(rule), steps);
    }
    if (this.#fallback === undefined) return answered(steps, 404, 'no rule matches, and there is no default backend');
    const { ingress, backend } = this.#fallback;
    return this.#to(ingress, backend, `${titleOf(ingress)}: default backend`, steps);
  }

  #to({ metadata: { namespace } }: Ingress, { service: ref }: IngressBackend, rule: string, steps: string[]): Verdict {
    if (ref === undefined) return answered(steps, 503, 'the backend is no Service', rule);
    const port = ref.port.name ?? ref.port.number!;
    const service = this.#store.get('Service', namespace, ref.name);
    const problem = problemOf(service, `${namespace}/${ref.name}`, port);
    if (problem !== null) return answered(steps, 503, problem, rule);
    const backend: RoutedBackend = { namespace, name: ref.name, port, share: 1, problem: null };
    return { steps, rule, backends: [backend], status: null, because: '' };
  }
}

/** A router for each class that Ingresses name; those that name none belong to the default class. */
export function ingressRouters(store: ObjectStore): Router[] {
  const defaultClass = [...store.list('IngressClass')].find(
    ({ metadata }) => metadata.annotations[DEFAULT_CLASS] === 'true',
  );
  const byClass = new Map<string, Ingress[]>();
  for (const ingress of store.list('Ingress')) {
    const { spec, metadata } = ingress;
    const name = spec.ingressClassName ?? metadata.annotations[LEGACY_CLASS] ?? defaultClass?.metadata.name ?? '';
    byClass.set(name, [...(byClass.get(name) ?? []), ingress]);
  }
  return [...byClass].map(([name, ingresses]) => new IngressRouter(store, name, ingresses));
}

function rulesOf(ingress: Ingress): Rule[] {
  return (ingress.spec.rules ?? []).flatMap(({ host = '', http }) =>
    (http?.paths ?? []).map(({ path = '/', pathType, backend }) => ({
      ingress,
      host: host.toLowerCase(),
      path,
      pathType,
      backend,
    })),
  );
}

/** @returns 0: the pattern is for other hosts; the more, the more specific */
function hostRank(pattern: string, host: string): number {
  if (pattern === '') return 1;
  if (pattern === host) return 3;
  if (!pattern.startsWith('*.')) return 0;
  return host.slice(host.indexOf('.')) === pattern.slice(1) && !host.startsWith('.') ? 2 : 0;
}

function takes({ path, pathType }: Rule, asked: string): boolean {
  return pathType === 'Exact' ? path === asked : isUnder(asked, path);
}

/** Exact before others, then the longest; a sort is stable, so the oldest Ingress stays first. */
function byPath(a: Rule, b: Rule): number {
  return Number(b.pathType === 'Exact') - Number(a.pathType === 'Exact') || b.path.length - a.path.length;
}

/** @returns null: the Service is there, with this port */
function problemOf(service: Service | undefined, key: string, port: string | number): string | null {
  if (service === undefined) return `there is no Service ${key}`;
  const ports = service.spec.ports ?? [];
  if (ports.some((own) => own.port === port || own.name === port)) return null;
  const known = ports.map((own) => (own.name ? `${own.name} (${own.port})` : own.port)).join(', ');
  return `Service ${key} has no port ${port}, only ${known || 'none'}`;
}

/**
 * The Service in front of a class' controller: the one whose address the Ingresses have in their status, else the load
 * balancer whose application the class' controller is named after, as `k8s.io/ingress-nginx`.
 */
function controllerOf(store: ObjectStore, className: string, ingresses: readonly Ingress[]): string | null {
  const balancers = [...store.list('Service')].filter(
    ({ spec }) => spec.type === 'LoadBalancer' || spec.type === 'NodePort',
  );
  const told = new Set(
    ingresses.flatMap(({ status }) => (status.loadBalancer.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname)),
  );
  const controller = store.get('IngressClass', '', className)?.spec.controller ?? className;
  const found =
    balancers.find(({ status }) => status.loadBalancer.ingress?.some(({ ip, hostname }) => told.has(ip ?? hostname))) ??
    balancers.find(({ metadata: { name, labels } }) => {
      const application = labels['app.kubernetes.io/name'] ?? name;
      return controller !== '' && controller.includes(application);
    });
  return found === undefined ? null : `${found.metadata.namespace}/${found.metadata.name}`;
}

function titleOf({ metadata: { namespace, name } }: Ingress): string {
  return `Ingress ${namespace}/${name}`;
}

function textOf(rule: Rule): string {
  return `${titleOf(rule.ingress)}: ${rule.host || 'any host'} ${rule.path} (${rule.pathType})`;
}
