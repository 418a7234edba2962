import { API_VERSIONS, type Kind } from '../cluster/api/kinds.ts';

/** What the API server calls a kind. */
export interface Resource {
  kind: Kind;
  plural: string;
  singular: string;
  shortNames: readonly string[];
  /** '' for the core group. */
  group: string;
  version: string;
  namespaced: boolean;
}

/** Plural, then short names; those with `!` are cluster-scoped. @source kubectl api-resources, Kubernetes 1.35 */
const NAMES: Readonly<Record<Kind, string>> = {
  Pod: 'pods po',
  Service: 'services svc',
  DaemonSet: 'daemonsets ds',
  Deployment: 'deployments deploy',
  ReplicaSet: 'replicasets rs',
  StatefulSet: 'statefulsets sts',
  HorizontalPodAutoscaler: 'horizontalpodautoscalers hpa',
  Job: 'jobs',
  EndpointSlice: 'endpointslices',
  Endpoints: 'endpoints ep',
  Node: 'nodes no !',
  Namespace: 'namespaces ns !',
  ConfigMap: 'configmaps cm',
  PodDisruptionBudget: 'poddisruptionbudgets pdb',
  NetworkPolicy: 'networkpolicies netpol',
  Ingress: 'ingresses ing',
  IngressClass: 'ingressclasses !',
  Gateway: 'gateways gtw',
  HTTPRoute: 'httproutes',
};

export const RESOURCES: readonly Resource[] = Object.entries(NAMES).map(([kind, names]) => {
  const [plural, ...others] = names.split(' ') as [string, ...string[]];
  const [version, group = ''] = API_VERSIONS[kind as Kind].split('/').reverse() as [string, string?];
  const shortNames = others.filter((name) => name !== '!');
  const namespaced = !others.includes('!');
  return { kind: kind as Kind, plural, singular: kind.toLowerCase(), shortNames, group, version, namespaced };
});

/** The category `all`, in the order in which kubectl prints it. */
export const ALL: readonly Resource[] = RESOURCES.slice(0, 8);

/**
 * What `pods`, `po`, `Pod`, `deployments.apps` or `deploy.v1.apps` name.
 * @returns undefined: the server has no such resource type
 */
export function resourceNamed(text: string): Resource | undefined {
  const [name, ...rest] = text.toLowerCase().split('.') as [string, ...string[]];
  return RESOURCES.find(({ plural, singular, shortNames, group, version }) => {
    if (name !== plural && name !== singular && !shortNames.includes(name)) return false;
    const qualifier = rest.join('.');
    return qualifier === '' || qualifier === group || qualifier === `${version}.${group}`;
  });
}

/** `deployments.apps`, as errors have it. */
export function qualifiedPlural({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `deployment.apps/web`, as `-o name` has it. */
export function qualifiedName({ singular, group }: Resource, name: string): string {
  return `${group === '' ? singular : `${singular}.${group}`}/${name}`;
}
