import type { Labels } from '../../cluster/api/meta.ts';
import type { Pod } from '../../cluster/api/pod.ts';

/** One end of a connection as a network policy sees it. */
export interface Party {
  /** Canonical. */
  ip: string;
  /** Absent: a node, or somebody outside of the cluster. */
  pod?: Pod;
  /** The node that it is, or that its Pod runs on. */
  nodeName?: string | undefined;
}

/** The labels of namespaces by name. The API server gives each the label of its name. */
export type NamespaceLabels = ReadonlyMap<string, Labels>;

export function labelsOfNamespace(namespaces: NamespaceLabels, name: string): Labels {
  return { ...namespaces.get(name), 'kubernetes.io/metadata.name': name };
}

/** The Pod, where policies can see that it is one: a Pod in its node's network has the node's address. */
export function visiblePod({ pod }: Party): Pod | undefined {
  return pod?.spec.hostNetwork === true ? undefined : pod;
}

/** `ns/name` of a Pod, else the address. */
export function partyName({ pod, ip }: Party): string {
  return pod === undefined ? ip : `${pod.metadata.namespace}/${pod.metadata.name}`;
}
