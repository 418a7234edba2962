import type { Kind } from '../cluster/api/kinds.ts';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { Service } from '../cluster/api/service.ts';
import { WORKLOAD_KINDS, type Workload } from '../cluster/api/workloads.ts';
import { clone } from '../cluster/clone.ts';
import { matches } from '../cluster/selector.ts';
import { ObjectStore } from '../cluster/store.ts';
import { ROUTING_KINDS } from '../routing/routers.ts';
import type { AccessLog } from './access-log.ts';
import type { Manifest } from './manifests/read.ts';
import { child, type Tree, textAt } from './tree.ts';

export const CLUSTER_SCOPED: ReadonlySet<string> = new Set(['Namespace', 'Node', 'IngressClass']);

/** The names that a scenario may refer to, gathered before it is checked, so that one pass finds every fault. */
export interface World {
  /** Where a name without namespace is looked for. */
  namespace: string;
  /** By `namespace/name`; null: the manifest has faults of its own, so that no more is known of it. */
  services: ReadonlyMap<string, Service | null>;
  /** Deployments, StatefulSets and DaemonSets. */
  workloads: ReadonlyMap<string, Workload | null>;
  nodes: ReadonlySet<string>;
  /** By kind: the `namespace/name` of all objects, those too that the timeline applies. */
  objects: ReadonlyMap<string, ReadonlySet<string>>;
  /** By entry of the timeline: the objects that it applies. */
  applied: readonly (readonly KubernetesObject[])[];
  /** The Ingresses, Gateways and what they refer to, those too that the timeline applies. */
  routing: ObjectStore;
  /** By the name that the scenario gives: the access logs that traffic replays. */
  logs: ReadonlyMap<string, AccessLog>;
  clients: ReadonlySet<string>;
  traffic: ReadonlySet<string>;
}

/**
 * A world of a scenario's tree, before it is checked, and of its manifests.
 * @param logs by name, what could be read of the access logs that it replays
 * @param applied by entry of the timeline: what it applies. A Service or workload that only comes then may be referred to
 */
export function worldOf(
  tree: Tree,
  manifests: readonly Manifest[],
  applied: readonly (readonly Manifest[])[],
  namespace: string,
  logs: ReadonlyMap<string, AccessLog>,
): World {
  const services = new Map<string, Service | null>();
  const workloads = new Map<string, Workload | null>();
  const nodes = new Set<string>();
  const objects = new Map<string, Set<string>>();
  for (const { kind, namespace, name, object } of [...applied.flat(), ...manifests]) {
    const known = objects.get(kind) ?? new Set();
    objects.set(kind, known.add(`${CLUSTER_SCOPED.has(kind) ? '' : namespace}/${name}`));
    if (kind === 'Service') services.set(`${namespace}/${name}`, object as Service | null);
    if ((WORKLOAD_KINDS as readonly string[]).includes(kind))
      workloads.set(`${namespace}/${name}`, object as Workload | null);
    if (kind === 'Node') nodes.add(name);
  }
  const clients = child(tree, 'clients');
  const traffic = child(tree, 'traffic');
  return {
    namespace,
    services,
    workloads,
    objects,
    routing: routingOf([...manifests, ...applied.flat()]),
    logs,
    applied: applied.map((entry) => entry.flatMap(({ object }) => (object === null ? [] : [object]))),
    nodes: new Set([...nodes, ...nodesOfGroups(tree)]),
    clients: new Set(clients?.type === 'mapping' ? clients.entries.keys() : []),
    traffic: new Set(traffic?.type === 'list' ? traffic.items.map((item) => textAt(item, 'name') ?? '') : []),
  };
}

function routingOf(manifests: readonly Manifest[]): ObjectStore {
  const store = new ObjectStore(new Float64Array(1));
  for (const { kind, object } of manifests) {
    if (object === null || !(ROUTING_KINDS as readonly string[]).includes(kind)) continue;
    if (store.get(kind as Kind, object.metadata.namespace, object.metadata.name) === undefined)
      store.add(clone(object) as never);
  }
  return store;
}

/** Which workloads' Pods does a Service select? */
export function workloadsBehind(service: string, { services, workloads }: World): string[] {
  const { metadata, spec } = services.get(service) ?? {};
  if (metadata === undefined || spec === undefined || Object.keys(spec.selector ?? {}).length === 0) return [];
  return [...workloads].flatMap(([name, workload]) => {
    const isNear = workload?.metadata.namespace === metadata.namespace;
    return isNear && matches(spec.selector!, workload.spec.template.metadata.labels) ? [name] : [];
  });
}

/** `<group>-0` and so on, up to the largest number that a group may come to have. */
function nodesOfGroups(tree: Tree): string[] {
  const cluster = child(tree, 'cluster');
  const groups = child(cluster, 'nodeGroups');
  const single = child(cluster, 'nodes');
  const all = [...(groups?.type === 'list' ? groups.items : []), ...(single === undefined ? [] : [single])];
  return all.flatMap((group) => {
    const counts = ['count', 'maxCount'].map((field) => child(group, field));
    const sizes = counts.map((size) =>
      size?.type === 'scalar' && Number.isSafeInteger(size.value) ? Number(size.value) : 0,
    );
    const name = textAt(group, 'name') ?? 'node';
    return Array.from({ length: Math.min(Math.max(0, ...sizes), 5000) }, (_, i) => `${name}-${i}`);
  });
}
