import type { KubernetesObject } from '../../cluster/objects.ts';
import { type Faults, knownNames } from '../faults.ts';
import { child, placeOf, type Tree, textAt } from '../tree.ts';
import { decode } from './decode.ts';
import { readDeployment } from './deployment.ts';
import { readAutoscaler } from './horizontal-pod-autoscaler.ts';
import type { ManifestReader } from './metadata.ts';
import { readNamespace } from './namespace.ts';
import { readNode } from './node.ts';
import { readPod } from './pod.ts';
import { readService } from './service.ts';
import { Validation } from './validation.ts';

/** By kind: the API type of each version, and the reader. */
const READERS: Record<string, { types: Readonly<Record<string, string>>; read: ManifestReader }> = {
  Namespace: { types: { v1: 'Namespace' }, read: readNamespace },
  Node: { types: { v1: 'Node' }, read: readNode },
  Pod: { types: { v1: 'Pod' }, read: readPod },
  Service: { types: { v1: 'Service' }, read: readService },
  Deployment: { types: { 'apps/v1': 'Deployment' }, read: readDeployment },
  HorizontalPodAutoscaler: {
    types: { 'autoscaling/v2': 'HorizontalPodAutoscaler', 'autoscaling/v1': 'HorizontalPodAutoscalerV1' },
    read: readAutoscaler,
  },
};

/** Kinds that models read. */
export const SIMULATED_KINDS: readonly string[] = Object.keys(READERS);

/** Kinds that no model reads yet: each object of them is a warning. */
export const ACCEPTED_KINDS: ReadonlySet<string> = new Set(
  `ReplicaSet StatefulSet DaemonSet Job CronJob ReplicationController ConfigMap Secret ServiceAccount PersistentVolume
  PersistentVolumeClaim StorageClass PodDisruptionBudget Ingress IngressClass NetworkPolicy Endpoints EndpointSlice Role
  RoleBinding ClusterRole ClusterRoleBinding LimitRange ResourceQuota PriorityClass Event Lease CustomResourceDefinition
  Gateway GatewayClass HTTPRoute GRPCRoute ReferenceGrant`.split(/\s+/),
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

/**
 * Reads one document: an object, or a `List` of them.
 * @param namespace of objects that name none
 */
export function readManifests(tree: Tree, namespace: string, faults: Faults): Manifest[] {
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
    return items.items.flatMap((item) => readManifests(item, namespace, faults));
  const manifest: Manifest = {
    kind,
    namespace: textAt(tree, 'metadata', 'namespace') ?? namespace,
    name: textAt(tree, 'metadata', 'name') ?? '',
    tree,
    object: null,
  };
  const reader = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  if (reader === undefined) {
    notRead(tree, kind, faults);
    return [manifest];
  }
  const type = Object.hasOwn(reader.types, apiVersion) ? reader.types[apiVersion] : undefined;
  if (type === undefined) {
    const text = `no matches for kind "${kind}" in version "${apiVersion}"`;
    faults.error(placeOf(tree, ['apiVersion']), ['apiVersion'], text, {
      expected: Object.keys(reader.types).join(' or '),
    });
    return [manifest];
  }
  const raw = decode(tree, type, faults);
  if (raw === undefined) return [manifest];
  const before = faults.count;
  const object = reader.read(raw as never, new Validation(tree, faults), namespace);
  return [{ ...manifest, object: faults.count > before ? null : object }];
}

function notRead(tree: Tree, kind: string, faults: Faults): void {
  const place = placeOf(tree, ['kind']);
  if (ACCEPTED_KINDS.has(kind)) faults.warning(place, ['kind'], `${kind}: accepted; not simulated yet`);
  else
    faults.error(
      place,
      ['kind'],
      `unknown kind "${kind}"`,
      knownNames(kind, [...SIMULATED_KINDS, ...ACCEPTED_KINDS], 'one of'),
    );
}
