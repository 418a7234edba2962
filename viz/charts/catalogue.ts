import { Pyramid } from '../../sim/trace/pyramid.ts';
import { digits, percentText } from '../clock-text.ts';
import { type Demand, sumOf } from '../data/demand.ts';
import type { History } from '../data/histories.ts';
import { Latency } from '../data/latency.ts';
import type { World } from '../data/world.ts';
import type { InkName } from '../inks.ts';
import type { ViewStore } from '../view-store.ts';
import { latencyChart } from './latency.ts';
import { type Line, linesChart } from './lines.ts';
import { outcomesChart } from './outcomes.ts';
import type { TimePanel } from './time-panel.ts';

const LINE_INKS: readonly InkName[] = ['line-1', 'line-2', 'line-3', 'line-4', 'line-5'];

/** All charts of the page, from the top down. */
export function chartsOf(world: World, store: ViewStore, demand: Demand): TimePanel[] {
  const { trace } = world;
  const { bucket } = trace.header;
  const end = trace.tables.endedAt;
  const ofUsers = trace.histogramsOf('user.latency');
  const latency = new Latency(trace, ofUsers.length > 0 ? ofUsers : trace.histogramsOf('call.latency'));
  return [
    outcomesChart(store, demand, bucket, end),
    latencyChart(store, latency, bucket, end),
    linesChart(
      store,
      {
        title: 'Retries',
        unit: 'attempts per call of a client',
        height: 64,
        lines: clientLines(world, (client) => ratio(world, 'attempt.sent', 'call.sent', client)),
        bottom: 1,
        top: 2,
        empty: 'This trace counts no attempts of clients.',
        text: digits,
      },
      bucket,
      end,
    ),
    linesChart(
      store,
      {
        title: 'Connection pools',
        unit: 'share in use',
        height: 64,
        lines: clientLines(world, (client) => ratio(world, 'pool.inUse', 'pool.size', client)),
        top: 1,
        empty: 'This trace has no connection pools.',
        text: percentText,
      },
      bucket,
      end,
    ),
    linesChart(
      store,
      {
        title: 'Waiting for a connection',
        unit: 'calls',
        height: 56,
        lines: clientLines(world, (client) => sumOf(trace, trace.seriesOf('pool.waiting', { client }))),
        top: 1,
        empty: 'No call waits for a connection in this run.',
        text: digits,
      },
      bucket,
      end,
    ),
    linesChart(
      store,
      {
        title: 'Ready endpoints',
        unit: 'Pods published by the control plane',
        height: 64,
        lines: endpointLines(world),
        top: 1,
        empty: 'This trace has no Services.',
        text: digits,
      },
      bucket,
      end,
    ),
  ];
}

/** One series over another of the same client, bucket by bucket; 0 where the lower one is 0. */
function ratio(world: World, above: string, below: string, client: number): Float64Array {
  const { trace } = world;
  const lower = sumOf(trace, trace.seriesOf(below, { client }));
  return sumOf(trace, trace.seriesOf(above, { client })).map((value, i) => (lower[i]! > 0 ? value / lower[i]! : 0));
}

/** Lines of the five clients with the highest peaks. */
function clientLines(world: World, valuesOf: (client: number) => Float64Array): Line[] {
  return world.clients
    .map(({ id, name }) => ({ label: name, values: new Pyramid(valuesOf(id)) }))
    .filter(({ values }) => peak(values) > 0)
    .sort((a, b) => peak(b.values) - peak(a.values))
    .slice(0, LINE_INKS.length)
    .map((line, i) => ({ ...line, ink: LINE_INKS[i]! }));
}

/** Lines of the five Services whose endpoints change most often, and what the first one's workload should have (dashed). */
function endpointLines(world: World): Line[] {
  const { trace, histories } = world;
  const workloads = new Map(world.ofKind('Workload').map((id) => [world.name(id), id]));
  const changes = (id: number) => histories.of(id, 'Service.readyEndpoints').times.length;
  const lines = world.services
    .map((id) => ({ id, label: world.name(id), values: sampled(world, histories.of(id, 'Service.readyEndpoints')) }))
    .filter(({ values }) => peak(values) > 0)
    .sort((a, b) => changes(b.id) - changes(a.id) || peak(b.values) - peak(a.values))
    .slice(0, LINE_INKS.length)
    .map(({ label, values }, i): Line => ({ label, values, ink: LINE_INKS[i]! }));
  const first = lines[0];
  const workload = first && workloads.get(first.label);
  if (first === undefined || workload === undefined || trace.field('Workload.desired') < 0) return lines;
  const desired = sampled(world, histories.of(workload, 'Workload.desired'));
  return [...lines, { label: `${first.label} desired`, values: desired, ink: first.ink, dashed: true }];
}

function peak(values: Pyramid): number {
  return values.levels.at(-1)!.max[0]!;
}

/** The value that a history has at the end of each bucket. */
function sampled(world: World, { times, values }: History): Pyramid {
  const { bucket } = world.trace.header;
  const dense = new Float64Array(world.trace.bucketCount);
  let at = -1;
  for (let b = 0; b < dense.length; b++) {
    while (at + 1 < times.length && times[at + 1]! <= (b + 1) * bucket) at++;
    dense[b] = at < 0 ? 0 : values[at]!;
  }
  return new Pyramid(dense);
}
