import type { Container, EnvVar, Pod } from '../cluster/api/pod.ts';
import type { Service } from '../cluster/api/service.ts';
import { joinHostPort } from '../cluster/ip.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import { expandReferences, fieldOfPod } from './environment-values.ts';

/** Every Pod is told of this Service, wherever it runs and whatever it asked for. */
const API_SERVER = { namespace: 'default', name: 'kubernetes' };

/**
 * The variables that a container is started with: its own in their order, then those of Services that they leave over.
 * They are made at the start of the container and never again: a Service that comes later is not in them.
 * @source kubelet pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables
 * @simplifies Secrets and `resourceFieldRef` give no variable; the kubelet's order of Service variables is that of a Go map,
 *   ours is that of the Services
 */
export function containerEnvironment(pod: Pod, { env = [] }: Container, objects: ClusterObjects): EnvVar[] {
  const services = new Map(serviceVariables(pod, objects).map(({ name, value = '' }) => [name, value]));
  const own = new Map<string, string>();
  for (const variable of env) {
    const value = resolvedValue(variable, pod, objects, (name) => own.get(name) ?? services.get(name));
    if (value !== undefined) own.set(variable.name, value);
  }
  const left = [...services].filter(([name]) => !own.has(name));
  return [...own, ...left].map(([name, value]) => ({ name, value }));
}

/**
 * The Services that a Pod is told of: those of its namespace unless it has `enableServiceLinks: false`, and
 * default/kubernetes unless its namespace has a Service of that name.
 * @source kubelet pkg/kubelet/kubelet_pods.go, getServiceEnvVarMap
 */
export function serviceVariables({ metadata, spec }: Pod, objects: ClusterObjects): EnvVar[] {
  const seen = new Map<string, Service>();
  for (const service of objects.list('Service')) {
    const { namespace, name } = service.metadata;
    if (!hasClusterIP(service)) continue;
    if (namespace === API_SERVER.namespace && name === API_SERVER.name) {
      if (!seen.has(name)) seen.set(name, service);
    } else if (namespace === metadata.namespace && spec.enableServiceLinks !== false) seen.set(name, service);
  }
  return [...seen.values()].flatMap(variablesOfService);
}

/**
 * `WEB_SERVICE_HOST`, `WEB_SERVICE_PORT` of the first port, one more for each named port, and the variables that Docker
 * made for links. Addresses and ports are the Service's own; the first cluster IP counts, also in dual stack.
 * @source kubelet pkg/kubelet/envvars/envvars.go, FromServices
 */
export function variablesOfService({ metadata, spec }: Service): EnvVar[] {
  const prefix = variableName(metadata.name);
  const host = spec.clusterIP!;
  const ports = spec.ports ?? [];
  const url = ({ protocol, port }: (typeof ports)[number]) => `${protocol.toLowerCase()}://${joinHostPort(host, port)}`;
  const [first] = ports;
  if (first === undefined) return [];
  return [
    [`${prefix}_SERVICE_HOST`, host],
    [`${prefix}_SERVICE_PORT`, `${first.port}`],
    ...ports.flatMap(({ name, port }) => (name ? [[`${prefix}_SERVICE_PORT_${variableName(name)}`, `${port}`]] : [])),
    [`${prefix}_PORT`, url(first)],
    ...ports.flatMap((port) => {
      const link = `${prefix}_PORT_${port.port}_${port.protocol}`;
      return [
        [link, url(port)],
        [`${link}_PROTO`, port.protocol.toLowerCase()],
        [`${link}_PORT`, `${port.port}`],
        [`${link}_ADDR`, host],
      ];
    }),
  ].map(([name, value]) => ({ name: name!, value: value! }));
}

/** Only dashes are rewritten: a name such as `1st` makes a variable that no shell can read. */
function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}

function hasClusterIP({ spec: { clusterIP } }: Service): boolean {
  return clusterIP !== undefined && clusterIP !== '' && clusterIP !== 'None';
}

/** @returns undefined where the variable is left out */
function resolvedValue(
  { value, valueFrom }: EnvVar,
  pod: Pod,
  objects: ClusterObjects,
  known: (name: string) => string | undefined,
): string | undefined {
  if (value !== undefined || valueFrom === undefined) return expandReferences(value ?? '', known);
  const { fieldRef, configMapKeyRef } = valueFrom as {
    fieldRef?: { fieldPath: string };
    configMapKeyRef?: { name: string; key: string };
  };
  if (fieldRef !== undefined) return fieldOfPod(pod, fieldRef.fieldPath);
  if (configMapKeyRef === undefined) return undefined;
  return objects.get('ConfigMap', pod.metadata.namespace, configMapKeyRef.name)?.data?.[configMapKeyRef.key];
}
