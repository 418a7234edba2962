import type { Service } from '../cluster/api/service.ts';
import { WORKLOAD_KINDS, type Workload } from '../cluster/api/workloads.ts';
import { matches } from '../cluster/selector.ts';
import { keyOfObject, type ObjectStore } from '../cluster/store.ts';
import { type DataPlane, FROM_POD } from '../dataplane/data-plane.ts';
import type { Call, Scenario } from '../input/scenario.ts';
import { backendsNamedBy } from '../routing/backends.ts';
import { requestOf } from '../routing/http-request.ts';
import { Edge, type Target } from '../traffic/edge.ts';
import type { ServiceTargets } from '../traffic/service-targets.ts';

/** Who calls whom in a scenario. */
export interface Edges {
  all: Edge[];
  /** What the Pods of a workload call, their own calls first. */
  byWorkload: Map<string, Edge[]>;
  /** Of the workloads whose Pods route HTTP: their backends, which are behind their own calls in `byWorkload`. */
  byRouter: Map<string, Edge[]>;
}

/** The edges of a scenario, each aimed at its Service whenever there is one of the name. @param store with the objects loaded */
export function makeEdges(
  scenario: Scenario,
  store: ObjectStore,
  targets: ServiceTargets,
  dataPlane: DataPlane,
): Edges {
  const edges: Edges = { all: [], byWorkload: new Map(), byRouter: new Map() };
  const add = (edge: Edge): Edge => {
    edges.all.push(edge);
    targets.follow(edge);
    return edge;
  };
  for (const { workload, calls } of scenario.workloads) {
    const own = calls.map((call) =>
      add(
        new Edge(
          edges.all.length,
          { name: workload, isUser: false },
          targetOf(call, dataPlane.originOf(null, call.entry)),
          {
            share: call.share,
            optional: call.optional,
            policy: scenario.clients[call.client]!,
            discovery: call.discovery,
          },
        ),
      ),
    );
    edges.byWorkload.set(workload, own);
  }
  for (const router of routersOf(scenario)) {
    const { client, to } = scenario.workloads.find(({ workload }) => workload === router)!.routes;
    const backends = backendsOf(scenario, store).map((backend) =>
      add(
        new Edge(edges.all.length, { name: router, isUser: false }, targetOf(backend, FROM_POD), {
          share: 1,
          policy: scenario.clients[client]!,
          discovery: { [to === 'endpoints' ? 'endpoints' : 'dns']: 1 },
        }),
      ),
    );
    edges.byRouter.set(router, backends);
    edges.byWorkload.set(router, [...(edges.byWorkload.get(router) ?? []), ...backends]);
  }
  for (const source of scenario.traffic) {
    const { name, from, client, discovery, http } = source;
    const origin = dataPlane.originOf(from === null ? source.addresses.split('/')[0]! : null, source.entry);
    const edge = add(
      new Edge(edges.all.length, { name, isUser: true }, targetOf(source, origin), {
        share: 1,
        policy: scenario.clients[client]!,
        discovery,
        request: http && requestOf(http.url, http.method, http.headers),
      }),
    );
    if (from !== null) edges.byWorkload.set(from, [...(edges.byWorkload.get(from) ?? []), edge]);
  }
  return edges;
}

type Asked = Pick<Call, 'service' | 'port' | 'host' | 'protocol' | 'family' | 'entry'>;

function targetOf({ service, port, host, protocol, family, entry }: Asked, origin: number): Target {
  // A load balancer's address is picked up by the sender's own node, as kube-proxy does.
  const entersByNode = entry === 'nodePort';
  return { service, host, slot: -1, port, portIndex: 0, targetPort: port, origin, protocol, family, entersByNode };
}

/** The described workloads behind the Services at which HTTP requests arrive. */
export function routersOf({ traffic, workloads, objects }: Scenario): string[] {
  const fronts = new Set(traffic.flatMap(({ http, service }) => (http === null ? [] : [service])));
  const services = objects.filter(
    (object): object is Service => object.kind === 'Service' && fronts.has(keyOfObject(object)),
  );
  const kinds: readonly string[] = WORKLOAD_KINDS;
  const all = objects.filter((object): object is Workload => kinds.includes(object.kind));
  const behind = new Set(services.flatMap((service) => workloadsBehind(service, all)).map(keyOfObject));
  return workloads.flatMap(({ workload }) => (behind.has(workload) ? [workload] : []));
}

/** Every Service that some rule names, now or after a later `apply`. */
function backendsOf({ objects, timeline }: Scenario, store: ObjectStore): Asked[] {
  const later = timeline.flatMap((entry) => (entry.action === 'apply' ? entry.objects : []));
  const services = [...store.list('Service'), ...later.filter(({ kind }) => kind === 'Service')] as Service[];
  return backendsNamedBy([...objects, ...later]).flatMap(({ namespace, name, port }) => {
    const service = services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    const found = service?.spec.ports?.find((each) => each.port === port || each.name === port);
    return found === undefined
      ? []
      : [
          {
            service: `${namespace}/${name}`,
            port: found.port,
            host: `${name}.${namespace}`,
            protocol: 'TCP',
            family: 'IPv4',
            entry: null,
          },
        ];
  });
}

function workloadsBehind({ metadata, spec: { selector = {} } }: Service, workloads: Iterable<Workload>): Workload[] {
  return [...workloads].filter(
    (workload) =>
      workload.metadata.namespace === metadata.namespace &&
      Object.keys(selector).length > 0 &&
      matches(selector, workload.spec.template.metadata.labels),
  );
}

/** The number behind a Service port; a name is what the containers of the workload that it selects call so. */
export function targetPortOf(store: ObjectStore, service: Service, port: number): number {
  const targetPort = service.spec.ports?.find((each) => each.port === port)?.targetPort ?? port;
  if (typeof targetPort === 'number') return targetPort;
  const workloads = WORKLOAD_KINDS.flatMap((kind) => [...store.list(kind)]);
  for (const { spec } of workloadsBehind(service, workloads)) {
    const named = spec.template.spec.containers
      .flatMap(({ ports }) => ports ?? [])
      .find(({ name }) => name === targetPort);
    if (named) return named.containerPort;
  }
  return port;
}
