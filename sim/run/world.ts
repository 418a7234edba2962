import { parseCIDR } from '../cluster/address.ts';
import type { Service } from '../cluster/api/service.ts';
import { WORKLOAD_KINDS } from '../cluster/api/workloads.ts';
import { clone } from '../cluster/clone.ts';
import { ClusterIndex } from '../cluster/cluster-index.ts';
import { Registry } from '../cluster/registry.ts';
import { matches } from '../cluster/selector.ts';
import { ObjectStore } from '../cluster/store.ts';
import type { ControlContext } from '../control/context.ts';
import { ControlPlane } from '../control/control-plane.ts';
import { Timeline } from '../control/timeline.ts';
import { DataPlane, FROM_POD } from '../dataplane/data-plane.ts';
import type { Engine } from '../engine/engine.ts';
import { Streams } from '../engine/random.ts';
import type { Call, Scenario } from '../input/scenario.ts';
import type { TraceWriter } from '../trace/writer.ts';
import { Calls } from '../traffic/calls.ts';
import { ScrapedCpu } from '../traffic/cpu-meter.ts';
import { clusterLookups } from '../traffic/dns/cluster-dns.ts';
import type { Lookups } from '../traffic/dns/lookups.ts';
import { QueryCaller } from '../traffic/dns/query-caller.ts';
import { Edge, type Target } from '../traffic/edge.ts';
import { EntryNodes } from '../traffic/entry-nodes.ts';
import { Ledger } from '../traffic/ledger.ts';
import { Network } from '../traffic/network.ts';
import { PolicyGate } from '../traffic/policy-gate.ts';
import { Resolver } from '../traffic/resolver.ts';
import { RightBackend } from '../traffic/right-backend.ts';
import { Servers } from '../traffic/servers.ts';
import { ServiceEnvironment } from '../traffic/service-environment.ts';
import { ServiceTargets } from '../traffic/service-targets.ts';
import { Sources } from '../traffic/sources.ts';
import { TrackedFlows } from '../traffic/tracked-flows.ts';
import { Gauges } from './gauges.ts';
import { ObjectHistory } from './object-history.ts';
import { Propagation } from './propagation.ts';
import { Recorder } from './recorder.ts';

/** One simulated cluster with its load, wired and settled at time 0. */
export interface World {
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly calls: Calls;
  readonly servers: Servers;
  readonly ledger: Ledger;
  readonly flows: TrackedFlows;
  readonly gauges: Gauges;
  /** null: names are resolved without a server. */
  readonly lookups: Lookups | null;
  readonly propagation: Propagation;
  readonly trace: TraceWriter;
}

/**
 * Wires one world from checked input. When it returns, time is 0 and the cluster has settled: every Pod that has room
 * runs and is ready, every Service is published and programmed, and clients have read their addresses.
 */
export function createWorld(scenario: Scenario, trace: TraceWriter, engine: Engine): World {
  const settings = scenario.cluster;
  const store = new ObjectStore(engine.clock);
  const history = new ObjectHistory(trace, store);
  const index = new ClusterIndex(store);
  const pods = new Registry(store, 'Pod');
  const nodes = new Registry(store, 'Node');
  const services = new Registry(store, 'Service');
  const recorder = new Recorder(trace, store, pods);
  const context: ControlContext = { engine, store, index, settings, settling: true, record: recorder.record };
  const dataPlane = new DataPlane({ store, index, services, nodes, clock: engine.clock }, settings, scenario.seed);
  recorder.attach(dataPlane.addresses);
  const network = new Network(engine, nodes, settings.network);
  const servers = new Servers(
    { engine, store, pods, nodes, addresses: dataPlane.addresses },
    scenario.workloads,
    scenario.seed,
  );
  const ledger = new Ledger(trace, engine.clock, recorder, scenario.trace.requests);
  // Pods that come running call at once, and by then all Services are there.
  let known: Edges | undefined;
  const targets = new ServiceTargets({ store, services, addresses: dataPlane.addresses }, (service, port) =>
    targetPortOf(store, service, port),
  );
  const edges = () => (known ??= makeEdges(scenario, targets, dataPlane));
  const edgesOf = (workload: string) => edges().byWorkload.get(workload) ?? [];
  const environment = new ServiceEnvironment({ store, pods, targets }, edgesOf);
  const gate = new PolicyGate({ store, pods, nodes, services, dataPlane }, (pod, message) =>
    recorder.record('warning', pod, 'NetworkPolicyDenied', message),
  );
  const lookups =
    settings.dns.server === null
      ? null
      : clusterLookups(
          { engine, store, pods, dataPlane, network, servers, gate, targets },
          settings,
          scenario.seed,
          trace,
          recorder,
        );
  const resolver = new Resolver(engine, { dataPlane, targets, environment, lookups }, settings.dns);
  const flows = new TrackedFlows({ engine, nodes, pods, dataPlane }, settings, (object, reason, message) =>
    recorder.record('warning', object, reason, message),
  );
  const calls = new Calls(
    {
      engine,
      dataPlane,
      network,
      servers,
      resolver,
      ledger,
      rightBackend: new RightBackend(store, pods, services),
      gate,
      flows,
      entryNodes: new EntryNodes(store, nodes, dataPlane, settings.loadBalancer),
    },
    settings,
    edgesOf,
  );
  targets.attach(calls.clients);
  const gauges = new Gauges(trace, recorder, { calls, servers, nodes, dataPlane, flows });
  const control = new ControlPlane(context, pods, {
    runtime: servers,
    metrics: new ScrapedCpu(engine, servers, pods, settings.hpa),
    setDown: (node, down) => network.setDown(nodes.slotOf(node), down),
    onStart: (pod) => environment.onStart(pod),
  });
  lookups?.attach(calls);
  servers.attach(lookups === null ? calls : new QueryCaller(calls, lookups), control.watcher);
  // A run never changes its input: another run may share it.
  control.load(scenario.objects.map(clone));
  new Timeline(context, scenario.timeline, control, (fault) => lookups?.breaks(fault));
  engine.run(0);
  context.settling = false;
  history.begin();
  const propagation = new Propagation(trace, store, dataPlane, nodes);

  resolver.settled();
  const sources = new Sources(engine, calls, new Streams(scenario.seed));
  const sourceOf = (name: string) => scenario.traffic.find((source) => source.name === name)?.from ?? null;
  for (const edge of edges().all) {
    const traffic = edge.isUser
      ? trace.object('Traffic', edge.from, { from: sourceOf(edge.from) ?? 'external', to: edge.service })
      : -1;
    const service = recorder.serviceNamed(edge.service);
    const { timeout, retries, pool, connectTimeout } = edge.policy;
    const client = trace.object('Client', `${edge.from} → ${edge.service}`, {
      [edge.isUser ? 'traffic' : 'workload']: edge.from,
      target: service,
      discovery: edge.isUser && sourceOf(edge.from) === null ? 'external' : Object.keys(edge.discovery).join('+'),
      discoveryShares: JSON.stringify(edge.discovery),
      timeout: finite(timeout),
      connectTimeout: finite(connectTimeout),
      retries: retries.max,
      pool: finite(pool),
    });
    ledger.open(edge, client, traffic);
    if (!edge.isUser) gauges.addPool(edge.index, client);
  }
  for (const source of scenario.traffic) {
    const edge = edges().all.find((edge) => edge.isUser && edge.from === source.name)!;
    if (source.from === null) {
      const { base, bits } = parseCIDR(source.addresses);
      calls.addClient(resolver.newClient(edge, { pod: -1, node: -1, address: base, addressCount: 2 ** (32 - bits) }));
    }
    sources.add(source, edge);
  }
  return { engine, store, calls, servers, ledger, flows, gauges, propagation, lookups, trace };
}

/** JSON has no Infinity. */
function finite(value: number): number | null {
  return value < Infinity ? value : null;
}

/** The number behind a Service port; a name is what the containers of the workload that it selects call so. */
function targetPortOf(store: ObjectStore, service: Service, port: number): number {
  const targetPort = service.spec.ports?.find((each) => each.port === port)?.targetPort ?? port;
  if (typeof targetPort === 'number') return targetPort;
  const workloads = WORKLOAD_KINDS.flatMap((kind) => [...store.list(kind)]);
  for (const { metadata, spec } of workloads) {
    const {
      metadata: { labels },
      spec: pod,
    } = spec.template;
    if (metadata.namespace !== service.metadata.namespace || !matches(service.spec.selector ?? {}, labels)) continue;
    const named = pod.containers.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === targetPort);
    if (named) return named.containerPort;
  }
  return port;
}

interface Edges {
  all: Edge[];
  byWorkload: Map<string, Edge[]>;
}

function makeEdges(scenario: Scenario, targets: ServiceTargets, dataPlane: DataPlane): Edges {
  const edges: Edges = { all: [], byWorkload: new Map() };
  const targetOf = ({ service, port, host }: Pick<Call, 'service' | 'port' | 'host'>, origin: number): Target => ({
    service,
    host,
    slot: -1,
    port,
    portIndex: 0,
    targetPort: port,
    origin,
  });
  for (const { workload, calls } of scenario.workloads) {
    const own = calls.map((call) => {
      const edge = new Edge(edges.all.length, { name: workload, isUser: false }, targetOf(call, FROM_POD), {
        share: call.share,
        policy: scenario.clients[call.client]!,
        discovery: call.discovery,
      });
      edges.all.push(edge);
      targets.follow(edge);
      return edge;
    });
    edges.byWorkload.set(workload, own);
  }
  for (const source of scenario.traffic) {
    const { name, from, client, discovery } = source;
    const origin = from === null ? dataPlane.originOutside(source.addresses.split('/')[0]!) : FROM_POD;
    const edge = new Edge(edges.all.length, { name, isUser: true }, targetOf(source, origin), {
      share: 1,
      policy: scenario.clients[client]!,
      discovery,
    });
    edges.all.push(edge);
    targets.follow(edge);
    if (from !== null) edges.byWorkload.set(from, [...(edges.byWorkload.get(from) ?? []), edge]);
  }
  return edges;
}
