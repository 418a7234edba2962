import { parseCIDR } from '../cluster/address.ts';
import { clone } from '../cluster/clone.ts';
import { ClusterIndex } from '../cluster/cluster-index.ts';
import { Registry } from '../cluster/registry.ts';
import { ObjectStore } from '../cluster/store.ts';
import { ClusterFaults } from '../control/cluster-faults.ts';
import type { ControlContext } from '../control/context.ts';
import { ControlPlane } from '../control/control-plane.ts';
import { Disturbances } from '../control/disturbances.ts';
import { Mends } from '../control/mends.ts';
import { drawRandomEntries } from '../control/random-faults.ts';
import { Timeline } from '../control/timeline.ts';
import { TrafficFaults } from '../control/traffic-faults.ts';
import { DataPlane } from '../dataplane/data-plane.ts';
import type { Engine } from '../engine/engine.ts';
import { Streams } from '../engine/random.ts';
import type { Scenario } from '../input/scenario.ts';
import type { TraceWriter } from '../trace/writer.ts';
import { Calls } from '../traffic/calls.ts';
import { ClosedLoops } from '../traffic/closed/closed-loops.ts';
import { ScrapedCpu } from '../traffic/cpu-meter.ts';
import { clusterLookups } from '../traffic/dns/cluster-dns.ts';
import type { Lookups } from '../traffic/dns/lookups.ts';
import { QueryCaller } from '../traffic/dns/query-caller.ts';
import { EntryNodes } from '../traffic/entry-nodes.ts';
import { HTTPRoutes } from '../traffic/http-routes.ts';
import { Ledger } from '../traffic/ledger.ts';
import { Links } from '../traffic/links.ts';
import { Network } from '../traffic/network.ts';
import { PolicyGate } from '../traffic/policy-gate.ts';
import { Resolver } from '../traffic/resolver.ts';
import { RightBackend } from '../traffic/right-backend.ts';
import { Senders } from '../traffic/senders.ts';
import { PodFaults } from '../traffic/server/pod-faults.ts';
import { Servers } from '../traffic/servers.ts';
import { ServiceEnvironment } from '../traffic/service-environment.ts';
import { ServiceTargets } from '../traffic/service-targets.ts';
import { Sources } from '../traffic/sources.ts';
import { TrackedFlows } from '../traffic/tracked-flows.ts';
import { type Edges, makeEdges, routersOf, targetPortOf } from './edges.ts';
import { Gauges } from './gauges.ts';
import { ObjectHistory } from './object-history.ts';
import { Propagation } from './propagation.ts';
import { Recorder } from './recorder.ts';
import { ServiceHealth } from './service-health.ts';

/** One simulated cluster with its load, wired and settled at time 0. */
export interface World {
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly pods: Registry<'Pod'>;
  readonly nodes: Registry<'Node'>;
  readonly network: Network;
  readonly links: Links;
  readonly calls: Calls;
  readonly servers: Servers;
  readonly ledger: Ledger;
  readonly flows: TrackedFlows;
  readonly gauges: Gauges;
  readonly health: ServiceHealth;
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
  const disturbances = new Disturbances();
  const context: ControlContext = {
    engine,
    store,
    index,
    settings,
    settling: true,
    disturbances,
    record: recorder.record,
  };
  const dataPlane = new DataPlane({ store, index, services, nodes, clock: engine.clock }, settings, scenario.seed);
  recorder.attach(dataPlane.addresses);
  const network = new Network(engine, nodes, settings.network);
  const servers = new Servers(
    { engine, store, pods, nodes, addresses: dataPlane.addresses },
    scenario.workloads,
    scenario.seed,
    [...scenario.traffic, ...scenario.workloads.flatMap(({ calls }) => calls)].some(({ family }) => family === 'IPv6'),
  );
  const ledger = new Ledger(trace, engine.clock, recorder, scenario.trace.requests);
  // Pods that come running call at once, and by then all Services are there.
  let known: Edges | undefined;
  const targets = new ServiceTargets({ store, services }, (service, port) => targetPortOf(store, service, port));
  const edges = () => (known ??= makeEdges(scenario, store, targets, dataPlane));
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
  const links = new Links(engine.clock, nodes);
  const calls = new Calls(
    {
      engine,
      dataPlane,
      network,
      links,
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
  const routers = routersOf(scenario);
  const routes =
    routers.length === 0 ? null : new HTTPRoutes(store, routers, (workload) => edges().byRouter.get(workload) ?? []);
  lookups?.attach(calls);
  servers.attach(lookups === null ? calls : new QueryCaller(calls, lookups), control.watcher, routes);
  // A run never changes its input: another run may share it.
  control.load(scenario.objects.map(clone));
  const mends = new Mends(engine);
  const podFaults = new PodFaults(servers, { store, nodes }, (pod, reason) => control.watcher.crashed(pod, reason));
  new Timeline(context, drawRandomEntries(scenario.timeline, scenario.duration, new Streams(scenario.seed)), control, {
    traffic: new TrafficFaults(context, mends, {
      breakDNS: (fault) => lookups?.breaks(fault),
      degrade: (fault) => podFaults.degrade(fault),
      disturb: (fault, duration) => links.disturb(fault, duration),
      kill: (workload, pods) => podFaults.kill(workload, pods),
      flush: (workload) => podFaults.flush(workload),
    }),
    cluster: new ClusterFaults(context, mends, control.failures, {
      stick: (node, from, to) => dataPlane.disturbances.stick(nodes.slotOf(node), from, to),
      lag: (from, to, added) => dataPlane.disturbances.lag(from, to, added),
      setExpired: (workload, expired) => calls.expired[expired ? 'add' : 'delete'](workload),
    }),
  });
  engine.run(0);
  context.settling = false;
  history.begin();
  const propagation = new Propagation(trace, store, dataPlane, nodes);

  resolver.settled();
  const senders = new Senders(calls);
  const sources = new Sources(engine, senders, new Streams(scenario.seed), scenario.duration);
  const closed = new ClosedLoops(engine, senders, scenario.seed, scenario.duration);
  calls.closed = closed;
  const sourceOf = (name: string) => scenario.traffic.find((source) => source.name === name)?.from ?? null;
  for (const edge of edges().all) {
    const traffic = edge.isUser
      ? trace.object('Traffic', edge.from, { from: sourceOf(edge.from) ?? 'external', to: edge.service })
      : -1;
    const service = recorder.serviceNamed(edge.service);
    const { timeout, readTimeout, retries, pool, connectTimeout } = edge.policy;
    const client = trace.object('Client', `${edge.from} → ${edge.service}`, {
      [edge.isUser ? 'traffic' : 'workload']: edge.from,
      target: service,
      discovery: edge.isUser && sourceOf(edge.from) === null ? 'external' : Object.keys(edge.discovery).join('+'),
      discoveryShares: JSON.stringify(edge.discovery),
      timeout: finite(Math.min(timeout, readTimeout)),
      connectTimeout: finite(connectTimeout),
      retries: retries.max === 'addresses' ? retries.max : finite(retries.max),
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
    if (source.arrivals.kind === 'users' || source.arrivals.kind === 'batch')
      closed.add(source.name, source.arrivals, edge);
    else sources.add(source.name, source.arrivals, edge);
  }
  const health = new ServiceHealth(
    store,
    index,
    recorder.record,
    edges().all.map(({ service }) => service),
    scenario,
  );
  return {
    engine,
    store,
    pods,
    nodes,
    network,
    links,
    calls,
    servers,
    ledger,
    flows,
    gauges,
    health,
    propagation,
    lookups,
    trace,
  };
}

/** JSON has no Infinity. */
function finite(value: number): number | null {
  return value < Infinity ? value : null;
}
