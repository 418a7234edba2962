import type { LatencyFigures } from '../stats/latency-figures.ts';
import { ATTEMPT_OUTCOME_COUNT, OUTCOMES } from '../trace/outcomes.ts';
import type { Trace } from '../trace/trace.ts';
import { type Buckets, peakWithin, sumOf, sumWithin, totalOf, totalsBy } from './buckets.ts';
import { capacityOf, edgesOf, peakRetries, poolOf, wholeRun } from './evidence.ts';
import { History } from './history.ts';
import { badBuckets, incidentsOf, userSeries } from './incident.ts';
import { type PropagationSummary, propagationOf } from './propagation.ts';

/** `sent`, and the count of each outcome; these sum to `sent`. */
export type Counts = { sent: number } & Record<string, number>;

export interface TrafficSummary {
  requests: Counts;
  attempts: Counts;
  latency: LatencyFigures;
  /** Good answers per second. */
  goodput: number;
  /** Share of the requests that ended, or waited for more than ten seconds when the run did, which got a good answer. */
  success: number;
  /** Requests that waited for more than ten seconds when the run ended, and the longest wait (seconds). */
  unanswered: { overdue: number; oldest: number };
}

export interface ClientSummary {
  calls: Counts;
  attempts: Counts;
  /** Retries per call, in the worst minute. */
  peakRetriesPerCall: number;
  pool: { size: number; peakInUse: number; peakWaiting: number /** seconds */; waitP99: number | null };
}

export interface LoadSummary {
  requests: number;
  busySeconds: number;
  utilisation: number;
  peakQueue: number;
}

export interface ThresholdSummary {
  text: string;
  value: number;
  held: boolean;
}

export interface Summary {
  version: 1;
  svclab: string;
  scenario: string;
  variant: string;
  seed: number;
  /** Simulated seconds. */
  duration: number;
  complete: boolean;
  requests: Counts;
  attempts: Counts;
  traffic: Record<string, TrafficSummary>;
  clients: Record<string, ClientSummary>;
  services: Record<string, LoadSummary>;
  pods: Record<string, LoadSummary>;
  nodes: Record<string, LoadSummary>;
  propagation: PropagationSummary;
  availability: { minutesBelow99: number; outageSeconds: number; peakErrorShare: number };
  /** In the worst incident: ready Pods that came after the start, and how idle they were. Null without an incident. */
  freshCapacity: null | { pods: number; idle: number };
  business: null | { failedOrders: number; lost: number; revenue: number; currency: string };
  thresholds: ThresholdSummary[];
}

/** Of one traffic source, exact: the trace's own bins are off by up to 3 %, and know no single request. */
export interface TrafficFigures {
  latency: LatencyFigures;
  overdue: number;
  oldest: number;
}

/**
 * The figures of one run, from its trace.
 * @param figures of each traffic source
 * @throws Error when the books do not balance: the simulator is wrong
 */
export function summarise(trace: Trace, figures: Readonly<Record<string, TrafficFigures>>): Summary {
  const whole = wholeRun(trace);
  const history = new History(trace);
  const users = userSeries(trace);
  const { header, objects } = { header: trace.header, objects: trace.tables.objects };
  const traffic: Record<string, TrafficSummary> = {};
  const clients: Record<string, ClientSummary> = {};
  const edges = edgesOf(trace, whole);
  const seconds = trace.tables.endedAt / 1e9;
  objects.forEach((object, id) => {
    if (object.kind === 'Traffic') {
      const client = edges.find((edge) => edge.isUser && edge.from === object.name)!.client;
      const requests = countsOf(trace, 'user', { traffic: id }, OUTCOMES, whole);
      const good = requests.ok! + requests.okAfterRetry!;
      const { latency, overdue, oldest } = figures[object.name]!;
      traffic[object.name] = {
        requests,
        attempts: countsOf(trace, 'attempt', { client }, OUTCOMES.slice(0, ATTEMPT_OUTCOME_COUNT), whole),
        latency,
        goodput: good / seconds,
        success: good / Math.max(1, requests.sent - requests.inFlight! + overdue),
        unanswered: { overdue, oldest },
      };
    }
    if (object.kind === 'Client' && object.attributes.workload !== undefined) {
      const pool = poolOf(trace, id, whole);
      clients[object.name] = {
        calls: countsOf(trace, 'call', { client: id }, OUTCOMES, whole),
        attempts: countsOf(trace, 'attempt', { client: id }, OUTCOMES.slice(0, ATTEMPT_OUTCOME_COUNT), whole),
        peakRetriesPerCall: peakRetries(trace, id, whole).value,
        pool: {
          size: pool.size,
          peakInUse: pool.peakInUse,
          peakWaiting: pool.peakWaiting,
          waitP99: Number.isNaN(pool.waitP99) ? null : pool.waitP99 / 1e9,
        },
      };
    }
  });
  const incidents = incidentsOf(trace, users);
  const bad = badBuckets(users).filter(Boolean).length;
  const worst = incidents[0];
  const root =
    worst &&
    edgesOf(trace, worst)
      .filter((edge) => !edge.isUser)
      .toSorted((a, b) => b.failed - a.failed)[0];
  const capacity =
    worst && root && capacityOf(trace, history, workloadBehind(trace, root.service), root.service, worst);
  return {
    version: 1,
    svclab: header.svclab,
    scenario: header.scenario,
    variant: header.variant,
    seed: header.seed,
    duration: seconds,
    complete: trace.tables.endedAt >= header.duration,
    requests: total(Object.values(traffic).map((t) => t.requests)),
    attempts: total([...Object.values(traffic), ...Object.values(clients)].map((t) => t.attempts)),
    traffic,
    clients,
    ...loads(trace, history, seconds),
    propagation: propagationOf(trace),
    availability: {
      minutesBelow99: (bad * header.bucket) / 60e9,
      outageSeconds: worst ? ((worst.to - worst.from) * header.bucket) / 1e9 : 0,
      peakErrorShare: peakErrors(trace, users),
    },
    freshCapacity: capacity ? { pods: capacity.freshPods, idle: capacity.freshIdle } : null,
    business: businessOf(trace),
    thresholds: thresholdsOf(trace, traffic),
  };
}

function countsOf(
  trace: Trace,
  of: string,
  labels: Record<string, number>,
  outcomes: readonly string[],
  within: Buckets,
): Counts {
  const ended = totalsBy<string>(trace, `${of}.ended`, labels, 'outcome', within);
  const counts: Counts = { sent: totalOf(trace, `${of}.sent`, labels, within) };
  let sum = 0;
  for (const outcome of outcomes) {
    counts[outcome] = ended.get(outcome) ?? 0;
    sum += counts[outcome];
  }
  if (sum !== counts.sent && trace.tables.complete) {
    throw new Error(`${of} of ${JSON.stringify(labels)}: ${counts.sent} sent, but outcomes sum to ${sum}`);
  }
  return counts;
}

function total(all: Counts[]): Counts {
  const sum: Counts = { sent: 0 };
  for (const counts of all) for (const [key, n] of Object.entries(counts)) sum[key] = (sum[key] ?? 0) + n;
  return sum;
}

/** The workload whose Pods a Service's clients reached, by the Pods that served it; its own name when none did. */
export function workloadBehind(trace: Trace, service: number): string {
  const { objects } = trace.tables;
  const served = new Map<string, number>();
  objects.forEach((object, client) => {
    if (object.kind !== 'Client' || object.attributes.target !== service) return;
    for (const [target, n] of totalsBy<number>(
      trace,
      'attempt.ended',
      { client, outcome: 'ok' },
      'target',
      wholeRun(trace),
    )) {
      const workload = String(objects[target]?.attributes.workload);
      served.set(workload, (served.get(workload) ?? 0) + n);
    }
  });
  const most = [...served].toSorted((a, b) => b[1] - a[1])[0];
  return most?.[0] ?? objects[service]!.name;
}

function loads(trace: Trace, history: History, seconds: number): Pick<Summary, 'services' | 'pods' | 'nodes'> {
  const { objects } = trace.tables;
  const whole = wholeRun(trace);
  const pods: Record<string, LoadSummary> = {};
  const nodes: Record<string, LoadSummary & { coreSeconds: number }> = {};
  const byWorkload = new Map<string, LoadSummary & { coreSeconds: number }>();
  objects.forEach((object, pod) => {
    if (object.kind !== 'Pod') return;
    const requests = totalOf(trace, 'pod.served', { pod }, whole);
    const busySeconds = totalOf(trace, 'pod.busy', { pod }, whole) / 1e9;
    const cores = sumOf(trace, trace.seriesOf('pod.cores', { pod }));
    const coreSeconds = (sumWithin(cores, whole) / 1000) * (trace.header.bucket / 1e9);
    const peakQueue = peakWithin(sumOf(trace, trace.seriesOf('pod.queue', { pod })), whole).value;
    const utilisation = coreSeconds > 0 ? busySeconds / coreSeconds : 0;
    pods[object.name] = { requests, busySeconds, utilisation, peakQueue };
    const add = (sum: (LoadSummary & { coreSeconds: number }) | undefined) => ({
      requests: (sum?.requests ?? 0) + requests,
      busySeconds: (sum?.busySeconds ?? 0) + busySeconds,
      coreSeconds: (sum?.coreSeconds ?? 0) + coreSeconds,
      utilisation: 0,
      peakQueue: Math.max(sum?.peakQueue ?? 0, peakQueue),
    });
    const node = objects[history.at('Pod.node', pod, seconds * 1e9) ?? -1]?.name;
    if (node !== undefined) nodes[node] = add(nodes[node]);
    const workload = String(object.attributes.workload);
    byWorkload.set(workload, add(byWorkload.get(workload)));
  });
  const services: Record<string, LoadSummary> = {};
  objects.forEach((object, id) => {
    if (object.kind !== 'Service') return;
    const load = byWorkload.get(workloadBehind(trace, id));
    if (load) services[`${object.attributes.namespace}/${object.name}`] = finished(load);
  });
  return {
    services,
    pods,
    nodes: Object.fromEntries(Object.entries(nodes).map(([name, load]) => [name, finished(load)])),
  };
}

function finished({
  requests,
  busySeconds,
  coreSeconds,
  peakQueue,
}: LoadSummary & { coreSeconds: number }): LoadSummary {
  return { requests, busySeconds, utilisation: coreSeconds > 0 ? busySeconds / coreSeconds : 0, peakQueue };
}

/** The share of users that failed, in the worst minute. */
function peakErrors(trace: Trace, users: ReturnType<typeof userSeries>): number {
  const width = Math.max(1, Math.round(60e9 / trace.header.bucket));
  let peak = 0;
  for (let from = 0; from < trace.bucketCount; from += width) {
    const minute = { from, to: Math.min(trace.bucketCount, from + width) };
    const ended = sumWithin(users.ended, minute);
    if (ended > 0) peak = Math.max(peak, 1 - sumWithin(users.good, minute) / ended);
  }
  return peak;
}

interface BusinessSettings {
  traffic: string;
  orderValue: number;
  requestsPerOrder: number;
  returnShare: number;
  currency: string;
}

/** Lost: failed user requests (not attempts), as orders, less those that come back, times their value. */
function businessOf(trace: Trace): Summary['business'] {
  const settings = trace.header.settings.business as BusinessSettings | null;
  if (!settings) return null;
  const traffic = trace.tables.objects.findIndex(
    (object) => object.kind === 'Traffic' && object.name === settings.traffic,
  );
  const users = userSeries(trace, traffic);
  const whole = wholeRun(trace);
  const ended = sumWithin(users.ended, whole);
  const good = sumWithin(users.good, whole);
  const perRequest = trace.header.representing / settings.requestsPerOrder;
  const failedOrders = (ended - good) * perRequest;
  return {
    failedOrders,
    lost: failedOrders * (1 - settings.returnShare) * settings.orderValue,
    revenue: good * perRequest * settings.orderValue,
    currency: settings.currency,
  };
}

interface ThresholdSettings {
  text: string;
  traffic: string;
  metric: 'success' | keyof LatencyFigures;
  operator: '<' | '<=' | '>' | '>=';
  bound: number;
}

function thresholdsOf(trace: Trace, traffic: Record<string, TrafficSummary>): ThresholdSummary[] {
  const thresholds = (trace.header.settings.thresholds ?? []) as ThresholdSettings[];
  return thresholds.map(({ text, traffic: name, metric, operator, bound }) => {
    const of = traffic[name]!;
    const value = metric === 'success' ? of.success : of.latency[metric];
    const limit = metric === 'success' ? bound : bound / 1e9;
    const held =
      operator === '<'
        ? value < limit
        : operator === '<='
          ? value <= limit
          : operator === '>'
            ? value > limit
            : value >= limit;
    return { text, value, held };
  });
}
