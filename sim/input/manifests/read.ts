import { API_VERSIONS, type Kind } from '../../cluster/api/kinds.ts';
import type { KubernetesObject } from '../../cluster/api/meta.ts';
import { type Faults, knownNames } from '../faults.ts';
import { child, placeOf, type Tree, textAt } from '../tree.ts';
import { decode } from './decode.ts';
import { readEndpointSlice, readEndpoints } from './endpoint-slice.ts';
import { readAutoscaler } from './horizontal-pod-autoscaler.ts';
import type { ManifestReader } from './metadata.ts';
import { readConfigMap, readNamespace } from './namespace.ts';
import { readGateway, readHTTPRoute, readIngress, readIngressClass, readNetworkPolicy } from './networking.ts';
import { readNode } from './node.ts';
import { readPod } from './pod.ts';
import { readPodDisruptionBudget } from './pod-disruption-budget.ts';
import { readService } from './service.ts';
import { Validation } from './validation.ts';
import { readDaemonSet, readDeployment, readJob, readReplicaSet, readStatefulSet } from './workloads.ts';

const READERS: Readonly<Record<Kind, ManifestReader>> = {
  Namespace: readNamespace,
  Node: readNode,
  Pod: readPod,
  Deployment: readDeployment,
  ReplicaSet: readReplicaSet,
  StatefulSet: readStatefulSet,
  DaemonSet: readDaemonSet,
  Job: readJob,
  Service: readService,
  EndpointSlice: readEndpointSlice,
  Endpoints: readEndpoints,
  HorizontalPodAutoscaler: readAutoscaler,
  PodDisruptionBudget: readPodDisruptionBudget,
  NetworkPolicy: readNetworkPolicy,
  Ingress: readIngress,
  IngressClass: readIngressClass,
  Gateway: readGateway,
  HTTPRoute: readHTTPRoute,
  ConfigMap: readConfigMap,
};

/** Older or other versions of a kind that are read as well: the API type of each. */
const OTHER_VERSIONS: Readonly<Record<string, string>> = {
  'HorizontalPodAutoscaler autoscaling/v1': 'HorizontalPodAutoscalerV1',
  'Gateway gateway.networking.k8s.io/v1beta1': 'Gateway',
  'HTTPRoute gateway.networking.k8s.io/v1beta1': 'HTTPRoute',
};

/** Kinds that models read. */
export const SIMULATED_KINDS: readonly string[] = Object.keys(READERS);

/** Kinds that no model reads: accepted in silence where Services do not depend on them. */
export const ACCEPTED_KINDS: ReadonlySet<string> = new Set(
  `CronJob ReplicationController Secret ServiceAccount PersistentVolume PersistentVolumeClaim StorageClass Role RoleBinding
  ClusterRole ClusterRoleBinding LimitRange ResourceQuota PriorityClass Event Lease CustomResourceDefinition GatewayClass
  GRPCRoute ReferenceGrant`.split(/\s+/),
);

/** A Kubernetes object of the input with what it was read from. */
export interface Manifest {
  kind: string;
  /** Of a cluster-scoped kind the name alone. */
  namespace: string;
  name: string;
  tree: Tree;
  /** null: it has faults, or no model reads its kind. */
  object: KubernetesObject | null;
}

export interface ReadOptions {
  /** False: objects are taken as they are, as `cluster.validation: false` asks; only their shape is checked. */
  validate?: boolean;
  /** False: no node port is refused for its range, since the cluster may have another (`--service-node-port-range`). */
  ranges?: boolean;
}

/**
 * Reads one document: an object, or a `List` of them.
 * @param namespace of objects that name none
 */
export function readManifests(tree: Tree, namespace: string, faults: Faults, options: ReadOptions = {}): Manifest[] {
  const kind = textAt(tree, 'kind');
  const apiVersion = textAt(tree, 'apiVersion');
  if (tree.type !== 'mapping' || kind === undefined || apiVersion === undefined) {
    faults.error(tree.place, [], 'this is no Kubernetes object', {
      expected: 'a mapping with apiVersion, kind and metadata',
    });
    return [];
  }
  if (apiVersion.startsWith('svclab.dev/')) {
    faults.error(
      placeOf(tree, ['kind']),
      ['kind'],
      `unknown kind "${kind}" of svclab`,
      knownNames(kind, ['Scenario'], 'one of'),
    );
    return [];
  }
  const items = child(tree, 'items');
  if (kind.endsWith('List') && items?.type === 'list')
    return items.items.flatMap((item) => readManifests(item, namespace, faults, options));
  const manifest: Manifest = {
    kind,
    namespace: textAt(tree, 'metadata', 'namespace') ?? namespace,
    name: textAt(tree, 'metadata', 'name') ?? '',
    tree,
    object: null,
  };
  if (!Object.hasOwn(READERS, kind)) {
    notRead(tree, kind, faults);
    return [manifest];
  }
  const version = API_VERSIONS[kind as Kind];
  const type = apiVersion === version ? kind : OTHER_VERSIONS[`${kind} ${apiVersion}`];
  if (type === undefined) {
    const others = Object.keys(OTHER_VERSIONS).filter((key) => key.startsWith(`${kind} `));
    const expected = [version, ...others.map((key) => key.split(' ')[1]!)].join(' or ');
    const text = `no matches for kind "${kind}" in version "${apiVersion}"`;
    faults.error(placeOf(tree, ['apiVersion']), ['apiVersion'], text, { expected });
    return [manifest];
  }
  const raw = decode(tree, type, faults);
  if (raw === undefined) return [manifest];
  const before = faults.count;
  const validation = new Validation(tree, faults, options.validate ?? true, options.ranges ?? true);
  const object = READERS[kind as Kind](raw as never, validation, namespace);
  return [{ ...manifest, object: faults.count > before ? null : object }];
}

function notRead(tree: Tree, kind: string, faults: Faults): void {
  const place = placeOf(tree, ['kind']);
  if (!ACCEPTED_KINDS.has(kind))
    faults.error(
      place,
      ['kind'],
      `unknown kind "${kind}"`,
      knownNames(kind, [...SIMULATED_KINDS, ...ACCEPTED_KINDS], 'one of'),
    );
}
