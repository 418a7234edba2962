import { Engine } from '../../sim/engine/engine.ts';
import { loadScenario } from '../../sim/input/load.ts';
import type { Scenario } from '../../sim/input/scenario.ts';
import { createWorld, type World } from '../../sim/run/world.ts';
import { OUTCOMES } from '../../sim/trace/outcomes.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { TraceWriter } from '../../sim/trace/writer.ts';

export const MS = 1e6;
export const SECOND = 1e9;

type Fields = Record<string, unknown>;

/** One Deployment of a small world, its Service of the same name on port 80, and how its Pods behave. */
export interface App {
  name: string;
  replicas?: number;
  /** Fields of the container and of the Pod's spec. */
  container?: Fields;
  pod?: Fields;
  /** Fields of the Deployment's and of the Service's spec. */
  deployment?: Fields;
  service?: Fields;
  /** Fields of the `workloads:` entry. */
  behaviour?: Fields;
}

/** A small world in the scenario format: apps, one traffic source to the first of them, and whatever else is set. */
export interface SmallWorld {
  apps: App[];
  duration: string;
  rate: number | Record<string, number>;
  seed?: number;
  cluster?: Fields;
  /** Policies by name; the traffic uses `web`. */
  clients?: Record<string, Fields>;
  timeline?: Fields[];
  /** Fields of the `traffic:` entry. */
  traffic?: Fields;
  /** Further sources. */
  moreTraffic?: Fields[];
  /** Further manifests, and `workloads:` entries of them. */
  manifests?: Fields[];
  workloads?: Fields[];
  trace?: Fields;
}

/** A network so fast that it does not blur the laws. */
export const FAST = { sameNode: '1us', sameZone: '1us', crossZone: '1us', external: '1us' };

/** The scenario of a small world, through the same door as files on a disk. Every attempt is in its trace. */
export function scenarioOf(world: SmallWorld): Scenario {
  const { apps, duration, rate, seed = 1, clients = {}, timeline = [], cluster = {}, trace = {} } = world;
  const document = {
    apiVersion: 'svclab.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'small' },
    duration,
    seed,
    manifests: [...apps.flatMap(manifestsOf), ...(world.manifests ?? [])],
    cluster: { nodes: { count: 3, cpu: 64, memory: '64Gi' }, ...cluster },
    clients: { web: {}, ...clients },
    workloads: [
      ...apps.map(({ name, behaviour }) => ({
        for: `deployment/${name}`,
        serviceTime: '10ms',
        startup: '2s',
        ...behaviour,
      })),
      ...(world.workloads ?? []),
    ],
    traffic: [
      {
        name: 'users',
        to: `http://${apps[0]!.name}`,
        client: 'web',
        arrivals: { poisson: { rate } },
        ...world.traffic,
      },
      ...(world.moreTraffic ?? []),
    ],
    timeline,
    trace: { requests: 1, buckets: '1s', ...trace },
  };
  return loadScenario('scenario.yaml', { read: () => JSON.stringify(document) }).base;
}

function manifestsOf({ name, replicas = 1, container, pod, deployment, service }: App): Fields[] {
  const labels = { app: name };
  const containers = [
    {
      name,
      image: `example/${name}`,
      ports: [{ name: 'http', containerPort: 8080 }],
      resources: { requests: { cpu: '1', memory: '1Gi' } },
      ...container,
    },
  ];
  const template = { metadata: { labels }, spec: { containers, ...pod } };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: { replicas, selector: { matchLabels: labels }, template, ...deployment },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name },
      spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 80, targetPort: 'http' }], ...service },
    },
  ];
}

export interface Attempt {
  request: number;
  attempt: number;
  /** `users → default/app` */
  client: string;
  /** Name of the Pod or address that it went to; empty: nowhere. */
  target: string;
  /** ns; -1: not reached. */
  startedAt: number;
  connectedAt: number;
  servedAt: number;
  endedAt: number;
  outcome: string;
}

/** Every attempt of a traced run, in the order in which they ended. */
export function attemptsOf({ tables }: Trace): Attempt[] {
  const { attempts: rows, objects } = tables;
  return Array.from(rows.request, (request, i) => ({
    request,
    attempt: rows.attempt[i]!,
    client: objects[rows.client[i]!]!.name,
    target: objects[rows.target[i]!]?.name ?? '',
    startedAt: rows.startedAt[i]!,
    connectedAt: rows.connectedAt[i]!,
    servedAt: rows.servedAt[i]!,
    endedAt: rows.endedAt[i]!,
    outcome: OUTCOMES[rows.outcome[i]!]!,
  }));
}

/** How often each outcome came. */
export function countOutcomes(attempts: readonly Attempt[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of attempts) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** What kubectl would show as events: time (ns), reason and object. */
export function eventsOf({ tables }: Trace): { time: number; reason: string; object: string; message: string }[] {
  const { events, texts, objects } = tables;
  return Array.from(events.time, (time, i) => ({
    time,
    reason: texts[events.reason[i]!]!,
    object: objects[events.object[i]!]?.name ?? '',
    message: texts[events.message[i]!]!,
  }));
}

/** A world that a test drives itself and looks into. @param sink takes its trace, which goes nowhere by default */
export function liveWorld(scenario: Scenario, sink: (chunk: Uint8Array) => void = () => {}): World {
  const engine = new Engine();
  const { name, description, variant, seed, duration, representing } = scenario;
  const header = { scenario: name, description, variant, seed, duration, bucket: duration, representing };
  const trace = new TraceWriter(sink, engine.clock, { ...header, svclab: 'test', settings: {} });
  return createWorld(scenario, trace, engine);
}
