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

const READERS: Record<string, { apiVersions: readonly string[]; read: ManifestReader }> = {
  Namespace: { apiVersions: ['v1'], read: readNamespace },
  Node: { apiVersions: ['v1'], read: readNode },
  Pod: { apiVersions: ['v1'], read: readPod },
  Service: { apiVersions: ['v1'], read: readService },
  Deployment: { apiVersions: ['apps/v1'], read: readDeployment },
  HorizontalPodAutoscaler: { apiVersions: ['autoscaling/v2'], read: readAutoscaler },
};

/** Kinds that no model reads yet. */
const ACCEPTED = new Set(
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
  const reader = READERS[kind];
  if (reader === undefined) {
    notRead(tree, kind, faults);
    return [manifest];
  }
  if (!reader.apiVersions.includes(apiVersion)) {
    const text = `no matches for kind "${kind}" in version "${apiVersion}"`;
    faults.error(placeOf(tree, ['apiVersion']), ['apiVersion'], text, { expected: reader.apiVersions.join(' or ') });
    return [manifest];
  }
  const raw = decode(tree, kind, faults);
  if (raw === undefined) return [manifest];
  const before = faults.count;
  const object = reader.read(raw as never, new Validation(tree, faults), namespace);
  return [{ ...manifest, object: faults.count > before ? null : object }];
}

function notRead(tree: Tree, kind: string, faults: Faults): void {
  const place = placeOf(tree, ['kind']);
  if (ACCEPTED.has(kind)) faults.warning(place, ['kind'], `${kind}: accepted; not simulated yet`);
  else
    faults.error(
      place,
      ['kind'],
      `unknown kind "${kind}"`,
      knownNames(kind, [...Object.keys(READERS), ...ACCEPTED], 'one of'),
    );
}
