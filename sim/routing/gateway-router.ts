import { RE2JS } from 're2js';
import type { LabelSelector } from '../cluster/api/meta.ts';
import type { Gateway, HTTPBackendRef, HTTPRoute, HTTPRouteMatch, ParentReference } from '../cluster/api/networking.ts';
import { selectorMatches } from '../cluster/selector.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { type HTTPRequest, isUnder } from './http-request.ts';
import { answered, type RoutedBackend, type Router, type Verdict } from './router.ts';

type Listener = Gateway['spec']['listeners'][number];
type HTTPRule = HTTPRoute['spec']['rules'][number];

interface Candidate {
  route: HTTPRoute;
  rule: HTTPRule;
  /** Of the rule in its route. */
  place: number;
  match: HTTPRouteMatch;
  /** That of the route which has the request's host under it, or the listener's; empty: any. */
  hostname: string;
}

const NAME_LABEL = 'gateway.networking.k8s.io/gateway-name';

/**
 * One Gateway with the HTTPRoutes that are attached to it: the listener with the most specific host, then the rule with the
 * most specific host, an exact path, the longest prefix, a method, the most headers, the most query parameters, the oldest
 * route, the first by name, the first rule.
 * @source gateway-api v1 httproute_types.go (HTTPRouteRule.Matches: precedence; BackendRefs: 500 for invalid ones and
 *   weights), gateway_types.go (Listener.Hostname, AllowedRoutes)
 * @simplifies filters other than RequestRedirect are left out; ReferenceGrant is not known, so backends in other namespaces
 *   are refused
 */
export class GatewayRouter implements Router {
  readonly name: string;
  readonly service: string | null;
  readonly #store: ObjectStore;
  readonly #gateway: Gateway;

  constructor(store: ObjectStore, gateway: Gateway) {
    this.#store = store;
    this.#gateway = gateway;
    const { namespace, name } = gateway.metadata;
    this.name = `Gateway ${namespace}/${name}`;
    const service = [...store.list('Service')].find(
      ({ metadata }) => metadata.namespace === namespace && metadata.labels[NAME_LABEL] === name,
    );
    this.service = service === undefined ? null : `${namespace}/${service.metadata.name}`;
  }

  knows(request: HTTPRequest): boolean {
    const listener = this.#listenerOf(request);
    return listener !== undefined && this.#candidates(listener, request).length > 0;
  }

  route(request: HTTPRequest): Verdict {
    const listener = this.#listenerOf(request);
    if (listener === undefined) {
      const known = this.#gateway.spec.listeners.map(
        ({ name, protocol, port, hostname }) => `${name} (${protocol} ${port}${hostname ? `, ${hostname}` : ''})`,
      );
      const asked = `${request.scheme} on port ${request.port} for ${request.host}`;
      return answered([`listeners: ${known.join(', ')}`], 404, `no listener takes ${asked}`);
    }
    const steps = [
      `listener ${listener.name}: ${listener.protocol} ${listener.port}, ${listener.hostname ?? 'any host'}`,
    ];
    const candidates = this.#candidates(listener, request);
    if (candidates.length === 0) steps.push(`no HTTPRoute of this listener is for the host ${request.host}`);
    const taken = candidates.filter(({ match }) => takes(match, request)).sort(byPrecedence);
    for (const each of candidates) if (!taken.includes(each)) steps.push(`${textOf(each)}: no match`);
    for (const each of taken.slice(1)) steps.push(`${textOf(each)}: matches, but a more specific rule is there`);
    const [best] = taken;
    if (best === undefined) return answered(steps, 404, 'no rule matches');
    return this.#to(best, steps);
  }

  #to({ route, rule, ...rest }: Candidate, steps: string[]): Verdict {
    const text = textOf({ route, rule, ...rest });
    const redirect = redirectOf(rule);
    if (redirect !== null) return answered(steps, redirect, 'the rule redirects', text);
    const refs = (rule.backendRefs ?? []).filter(({ weight }) => weight > 0);
    const total = refs.reduce((sum, { weight }) => sum + weight, 0);
    if (total === 0) return answered(steps, 500, 'the rule has no backend with a weight above 0', text);
    const backends = refs.map((ref) => this.#backendOf(ref, route, ref.weight / total));
    const problems = backends.flatMap(({ problem }) => problem ?? []);
    if (problems.length === backends.length) return answered(steps, 500, problems.join('; '), text);
    return { steps, rule: text, backends, status: null, because: '' };
  }

  #backendOf({ group = '', kind = 'Service', ...ref }: HTTPBackendRef, route: HTTPRoute, share: number): RoutedBackend {
    const { namespace = route.metadata.namespace, name, port = 0 } = ref;
    const service = this.#store.get('Service', namespace, name);
    let problem: string | null = null;
    if (group !== '' || kind !== 'Service') problem = `${kind} ${name} is no Service`;
    else if (namespace !== route.metadata.namespace) {
      problem = `${namespace}/${name} lies in another namespace than the route (a ReferenceGrant would be needed)`;
    } else if (service === undefined) problem = `there is no Service ${namespace}/${name}`;
    else if (!service.spec.ports?.some((own) => own.port === port)) {
      problem = `Service ${namespace}/${name} has no port ${port}`;
    }
    return { namespace, name, port, share, problem };
  }

  #listenerOf({ scheme, port, host }: HTTPRequest): Listener | undefined {
    const protocol = scheme.toUpperCase();
    return this.#gateway.spec.listeners
      .filter((each) => each.protocol === protocol && each.port === port && isFor(each.hostname ?? '', host))
      .sort((a, b) => specificity(b.hostname ?? '') - specificity(a.hostname ?? ''))[0];
  }

  #candidates(listener: Listener, { host }: HTTPRequest): Candidate[] {
    const candidates: Candidate[] = [];
    for (const route of this.#store.list('HTTPRoute')) {
      if (!this.#isAttached(route, listener)) continue;
      const { hostnames = [], rules } = route.spec;
      const hostname = (hostnames.length > 0 ? hostnames : [listener.hostname ?? ''])
        .filter((each) => isFor(each, host))
        .sort((a, b) => specificity(b) - specificity(a))[0];
      if (hostname === undefined) continue;
      rules.forEach((rule, place) => {
        for (const match of rule.matches ?? [{}]) candidates.push({ route, rule, place, match, hostname });
      });
    }
    return candidates;
  }

  #isAttached({ metadata, spec: { parentRefs = [] } }: HTTPRoute, listener: Listener): boolean {
    const { namespace, name } = this.#gateway.metadata;
    const isParent = (ref: ParentReference) =>
      (ref.kind ?? 'Gateway') === 'Gateway' &&
      ref.name === name &&
      (ref.namespace ?? metadata.namespace) === namespace &&
      (ref.sectionName === undefined || ref.sectionName === listener.name) &&
      (ref.port === undefined || ref.port === listener.port);
    return parentRefs.some(isParent) && this.#allows(listener, metadata.namespace);
  }

  /** Routes of the Gateway's own namespace, unless the listener says otherwise. */
  #allows({ allowedRoutes }: Listener, namespace: string): boolean {
    const { from = 'Same', selector = {} } = (allowedRoutes as AllowedRoutes | undefined)?.namespaces ?? {};
    if (from === 'All') return true;
    if (from === 'Same') return namespace === this.#gateway.metadata.namespace;
    const labels = this.#store.get('Namespace', '', namespace)?.metadata.labels ?? {};
    return from === 'Selector' && selectorMatches(selector, labels);
  }
}

interface AllowedRoutes {
  namespaces?: { from?: 'All' | 'Same' | 'Selector' | 'None'; selector?: LabelSelector };
}

export function gatewayRouters(store: ObjectStore): Router[] {
  return [...store.list('Gateway')].map((gateway) => new GatewayRouter(store, gateway));
}

/** A wildcard stands for one label or more. */
function isFor(pattern: string, host: string): boolean {
  if (pattern === '' || pattern === host) return true;
  return pattern.startsWith('*.') && host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}

/** Exact before wildcards before none; of each, the longest. */
function specificity(pattern: string): number {
  if (pattern === '') return 0;
  return pattern.startsWith('*.') ? pattern.length : 1000 + pattern.length;
}

function takes({ path, method, headers = [], queryParams = [] }: HTTPRouteMatch, request: HTTPRequest): boolean {
  if (path !== undefined && !takesPath(path, request.path)) return false;
  if (method !== undefined && method !== request.method) return false;
  const query = new Map(request.query.toReversed());
  return (
    headers.every((each) => takesValue(each, request.headers.get(each.name.toLowerCase()))) &&
    queryParams.every((each) => takesValue(each, query.get(each.name)))
  );
}

function takesPath({ type, value }: NonNullable<HTTPRouteMatch['path']>, path: string): boolean {
  if (type === 'Exact') return path === value;
  if (type === 'PathPrefix') return isUnder(path, value);
  return isMatch(value, path);
}

function takesValue({ type, value }: { type?: string; value: string }, given: string | undefined): boolean {
  if (given === undefined) return false;
  return type === 'RegularExpression' ? isMatch(value, given) : given === value;
}

/** Of the whole text, in linear time; an expression that is none matches nothing. @source Envoy: safe_regex is RE2 */
function isMatch(expression: string, text: string): boolean {
  try {
    return RE2JS.matches(expression, text);
  } catch {
    return false;
  }
}

function byPrecedence(a: Candidate, b: Candidate): number {
  const differences = [
    specificity(b.hostname) - specificity(a.hostname),
    Number(b.match.path?.type === 'Exact') - Number(a.match.path?.type === 'Exact'),
    (b.match.path?.value.length ?? 0) - (a.match.path?.value.length ?? 0),
    Number(b.match.method !== undefined) - Number(a.match.method !== undefined),
    (b.match.headers?.length ?? 0) - (a.match.headers?.length ?? 0),
    (b.match.queryParams?.length ?? 0) - (a.match.queryParams?.length ?? 0),
    a.route.metadata.creationTimestamp - b.route.metadata.creationTimestamp,
    nameOf(a.route) < nameOf(b.route) ? -1 : Number(nameOf(a.route) > nameOf(b.route)),
    a.place - b.place,
  ];
  return differences.find((difference) => difference !== 0) ?? 0;
}

/** @returns the status of a rule that redirects; null: it does not */
function redirectOf({ filters = [] }: HTTPRule): number | null {
  const redirect = (filters as { type?: string; requestRedirect?: { statusCode?: number } }[]).find(
    ({ type }) => type === 'RequestRedirect',
  );
  return redirect === undefined ? null : (redirect.requestRedirect?.statusCode ?? 302);
}

function nameOf({ metadata: { namespace, name } }: HTTPRoute): string {
  return `${namespace}/${name}`;
}

function textOf({ route, match, hostname }: Candidate): string {
  const { path, method, headers = [], queryParams = [] } = match;
  const more = [
    ...(method === undefined ? [] : [method]),
    ...headers.map(({ name, value }) => `${name}: ${value}`),
    ...queryParams.map(({ name, value }) => `?${name}=${value}`),
  ];
  const of = path === undefined ? '/ (PathPrefix)' : `${path.value} (${path.type})`;
  return `HTTPRoute ${nameOf(route)}: ${[hostname || 'any host', of, ...more].join(' ')}`;
}
