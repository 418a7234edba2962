import type { Endpoint, EndpointSlice } from '../../cluster/api/endpoint-slice.ts';
import type { Labels } from '../../cluster/api/meta.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import type { Service } from '../../cluster/api/service.ts';
import { podSummary } from '../../cluster/pod-reason.ts';
import { unschedulableReason } from '../../cluster/pod-state.ts';
import { matches } from '../../cluster/selector.ts';
import { nearest } from '../../input/nearest.ts';

/** What must be looked up of a cluster. */
export interface ServiceSurroundings {
  podsOf(service: Service): readonly Pod[];
  podsIn(namespace: string): readonly Pod[];
  list(kind: 'Pod'): Iterable<Pod>;
  slicesOf(service: Service): readonly EndpointSlice[];
}

export interface EndpointsExplained {
  /** Endpoints that are ready and have a port, of all that are published. */
  ready: number;
  total: number;
  /** Why there is none, or none for one of the ports; absent: nothing is wrong. */
  why?: string;
}

/** How many endpoints has a Service, and if there is none, why? In the words of one who knows the cluster. */
export function explainEndpoints(service: Service, around: ServiceSurroundings): EndpointsExplained {
  if (service.spec.type === 'ExternalName') return { ready: 0, total: 0 };
  const slices = around.slicesOf(service);
  const needsPorts = (service.spec.ports ?? []).length > 0;
  const [total, ready] = [new Set<string>(), new Set<string>()];
  for (const { endpoints, ports } of slices) {
    for (const endpoint of endpoints) {
      total.add(idOf(endpoint));
      if ((endpoint.conditions.ready ?? true) && (ports.length > 0 || !needsPorts)) ready.add(idOf(endpoint));
    }
  }
  const counts = { ready: ready.size, total: total.size };
  const why = ready.size === 0 ? whyNone(service, around) : whyNoPort(service, around);
  return why === undefined ? counts : { ...counts, why };
}

/** A dual-stack Pod has an endpoint in two slices. */
function idOf({ targetRef, addresses }: Endpoint): string {
  return targetRef?.uid ?? targetRef?.name ?? addresses[0] ?? '';
}

function whyNone(service: Service, around: ServiceSurroundings): string {
  const { selector = {} } = service.spec;
  const slices = around.slicesOf(service);
  if (Object.keys(selector).length === 0) {
    return slices.length === 0
      ? 'no selector, and no EndpointSlice made by hand'
      : 'no selector, and no ready endpoint';
  }
  const pods = around.podsOf(service);
  if (pods.length === 0) return `selector ${text(selector)} matches no Pod${nearestPods(service, around)}`;
  const isReady = slices.some(({ endpoints }) => endpoints.some(({ conditions }) => conditions.ready ?? true));
  if (isReady) return whyNoPort(service, around) ?? 'no port';
  return `${countOf(pods.length, 'Pod')} selected, none ready: ${states(pods)}`;
}

/** A named target port that no container of the selected Pods has. */
function whyNoPort(service: Service, around: ServiceSurroundings): string | undefined {
  const published = new Set(around.slicesOf(service).flatMap(({ ports }) => ports.map(({ name = '' }) => name)));
  const missing = (service.spec.ports ?? []).filter(({ name = '' }) => !published.has(name));
  if (!missing.some(({ targetPort }) => typeof targetPort === 'string')) return undefined;
  const pods = around.podsOf(service);
  if (pods.length === 0) return undefined;
  const names = new Set(
    pods.flatMap(({ spec }) =>
      [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ ports = [] }) =>
        ports.map(({ name = '' }) => name),
      ),
    ),
  );
  names.delete('');
  for (const { targetPort } of missing) {
    if (typeof targetPort !== 'string' || names.has(targetPort)) continue;
    const near = nearest(targetPort, names);
    const known = names.size === 0 ? 'they name none' : `they name ${[...names].join(', ')}`;
    const hint = near === undefined ? known : `did you mean "${near}"?`;
    return `no container of the selected Pods names a port "${targetPort}": ${hint}`;
  }
  return undefined;
}

/** What is nearly what was meant: the same labels in another namespace, a label with another value. */
function nearestPods(service: Service, around: ServiceSurroundings): string {
  const { selector = {} } = service.spec;
  let best: { labels: Labels; fits: number } | undefined;
  let count = 0;
  for (const { metadata } of around.podsIn(service.metadata.namespace)) {
    const fits = fitness(selector, metadata.labels);
    if (fits === 0 || fits < (best?.fits ?? 0)) continue;
    const labels = asSelector(selector, metadata.labels);
    if (best === undefined || fits > best.fits) [best, count] = [{ labels, fits }, 0];
    if (text(labels) === text(best.labels)) count++;
  }
  if (best !== undefined) {
    const missing = Object.keys(selector).filter((key) => best.labels[key] === undefined);
    const without = missing.length > 0 ? ` without ${missing.join(', ')}` : '';
    const what = Object.keys(best.labels).length === 0 ? '' : ` ${text(best.labels)}`;
    return `; nearest:${what}${without} (${countOf(count, 'Pod')})`;
  }
  for (const { metadata } of around.list('Pod')) {
    if (matches(selector, metadata.labels)) {
      return `; Pods of namespace ${metadata.namespace} match, but a Service selects in its own alone`;
    }
  }
  const inNamespace = around.podsIn(service.metadata.namespace).length;
  return inNamespace === 0 ? `; there is no Pod in namespace ${service.metadata.namespace}` : '';
}

/** How near labels are to a selector: 2 for each that fits, 1 for a value that may be a slip. */
function fitness(selector: Labels, labels: Labels): number {
  let sum = 0;
  for (const [key, value] of Object.entries(selector)) {
    if (labels[key] === value) sum += 2;
    else if (labels[key] !== undefined && nearest(value, [labels[key]]) !== undefined) sum += 1;
    else if (Object.keys(labels).some((other) => labels[other] === value && nearest(key, [other]) !== undefined))
      sum += 1;
  }
  return sum;
}

/** What of the labels answers to the selector. */
function asSelector(selector: Labels, labels: Labels): Labels {
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(selector)) {
    if (labels[key] !== undefined) found[key] = labels[key];
    else {
      const other = Object.keys(labels).find((each) => labels[each] === value && nearest(key, [each]) !== undefined);
      if (other !== undefined) found[other] = value;
    }
  }
  return found;
}

/** `CrashLoopBackOff (2), Pending (1): 0/3 nodes are available…` */
function states(pods: readonly Pod[]): string {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const { reason } = podSummary(pod);
    const state = reason === 'Running' ? 'readiness probe fails or has not passed yet' : reason;
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  const texts = [...counts].sort(([, a], [, b]) => b - a).map(([state, count]) => `${state} (${count})`);
  const unschedulable = pods.map(unschedulableReason).find((why) => why !== undefined && why !== '');
  return texts.join(', ') + (unschedulable === undefined ? '' : `: ${unschedulable}`);
}

function text(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
