import type { Container, ContainerPort, Pod, PodPhase, PodSpec, PodStatus, Protocol } from '../../cluster/objects.ts';
import { knownNames } from '../faults.ts';
import type { Path } from '../tree.ts';
import { type RawObject, readMeta } from './metadata.ts';
import { checkLabels, checkName, checkPortName, DNS_1123_LABEL, DNS_1123_SUBDOMAIN } from './names.ts';
import { type RawProbe, readProbe } from './probe.ts';
import { type RawResources, readResources } from './resources.ts';
import type { Validation } from './validation.ts';

interface RawPod extends RawObject {
  spec?: RawPodSpec;
  status?: RawPodStatus;
}

export interface RawPodSpec {
  containers?: RawContainer[];
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  restartPolicy?: string;
  terminationGracePeriodSeconds?: number;
}

interface RawContainer {
  name?: string;
  image?: string;
  ports?: { name?: string; containerPort?: number; protocol?: string }[];
  resources?: RawResources;
  livenessProbe?: RawProbe;
  readinessProbe?: RawProbe;
  startupProbe?: RawProbe;
  lifecycle?: { preStop?: { sleep?: { seconds?: number }; exec?: { command?: string[] } } };
}

interface RawPodStatus {
  phase?: string;
  podIP?: string;
  conditions?: { type?: string; status?: string }[];
}

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const;
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;

/** A Pod. One with a status is in that state at time 0; one without is scheduled and started like a new one. */
export function readPod(raw: RawPod, v: Validation, namespace: string): Pod {
  return {
    kind: 'Pod',
    metadata: readMeta(raw.metadata, DNS_1123_SUBDOMAIN, namespace, v),
    spec: readPodSpec(raw.spec, ['spec'], v),
    status: readPodStatus(raw.status, v),
  };
}

/** Grace is 30 s and the restart policy Always where they are not given. */
export function readPodSpec(raw: RawPodSpec = {}, path: Path, v: Validation): PodSpec {
  const containers = raw.containers ?? [];
  if (containers.length === 0) v.required([...path, 'containers']);
  const names = new Set<string>();
  containers.forEach(({ name }, i) => {
    if (name !== undefined && names.has(name)) v.duplicate([...path, 'containers', i, 'name'], name);
    names.add(name ?? '');
  });
  checkLabels(v, [...path, 'nodeSelector'], raw.nodeSelector);
  v.atLeast([...path, 'terminationGracePeriodSeconds'], raw.terminationGracePeriodSeconds, 0);
  v.oneOf([...path, 'restartPolicy'], raw.restartPolicy, ['Always', 'OnFailure', 'Never']);
  const ports = containers
    .flatMap((container) => container.ports?.map((port) => port.name ?? '') ?? [])
    .filter((name) => name !== '');
  return {
    containers: containers.map((container, i) => readContainer(container, [...path, 'containers', i], ports, v)),
    ...(raw.nodeName && { nodeName: raw.nodeName }),
    nodeSelector: raw.nodeSelector ?? {},
    restartPolicy: (raw.restartPolicy ?? 'Always') as PodSpec['restartPolicy'],
    terminationGracePeriodSeconds: raw.terminationGracePeriodSeconds ?? 30,
  };
}

function readContainer(raw: RawContainer, path: Path, portNames: string[], v: Validation): Container {
  if (!raw.name) v.required([...path, 'name']);
  else checkName(v, [...path, 'name'], raw.name, DNS_1123_LABEL);
  if (!raw.image) v.required([...path, 'image']);
  const container: Container = {
    name: raw.name ?? '',
    image: raw.image ?? '',
    ports: readPorts(raw.ports, [...path, 'ports'], v),
    ...readResources(raw.resources, [...path, 'resources'], v),
    preStopSeconds: readPreStop(raw, path, v),
  };
  for (const role of ['startup', 'liveness', 'readiness'] as const) {
    const probe = raw[`${role}Probe`];
    if (probe === undefined) continue;
    const read = readProbe(probe, role, [...path, `${role}Probe`], v);
    container[`${role}Probe`] = read;
    if (typeof read.port === 'string' && !container.ports.some(({ name }) => name === read.port)) {
      const text = `no port of this container is named "${read.port}": the probe always fails`;
      v.warning(
        [...path, `${role}Probe`, read.kind, 'port'],
        text,
        knownNames(read.port, portNames, 'a port name of the container'),
      );
    }
  }
  return container;
}

function readPorts(raw: RawContainer['ports'] = [], path: Path, v: Validation): ContainerPort[] {
  const names = new Set<string>();
  return raw.map(({ name, containerPort, protocol }, i) => {
    if (containerPort === undefined) v.required([...path, i, 'containerPort']);
    else v.port([...path, i, 'containerPort'], containerPort);
    v.oneOf([...path, i, 'protocol'], protocol, PROTOCOLS);
    if (name) {
      checkPortName(v, [...path, i, 'name'], name);
      if (names.has(name)) v.duplicate([...path, i, 'name'], name);
      names.add(name);
    }
    return { ...(name && { name }), containerPort: containerPort ?? 0, protocol: (protocol ?? 'TCP') as Protocol };
  });
}

/** How long the preStop hook sleeps: `sleep: {seconds: 5}`, or a command such as `sleep 5` or `["sh", "-c", "sleep 5"]`. */
function readPreStop({ lifecycle }: RawContainer, path: Path, v: Validation): number {
  const hook = lifecycle?.preStop;
  if (hook === undefined) return 0;
  if (hook.sleep?.seconds !== undefined) return hook.sleep.seconds;
  const seconds = /\bsleep (\d+(\.\d+)?)\b/.exec(hook.exec?.command?.join(' ') ?? '')?.[1];
  if (seconds !== undefined) return Number(seconds);
  v.warning(
    [...path, 'lifecycle', 'preStop'],
    'only a preStop hook that sleeps is simulated; this one is taken to end at once',
  );
  return 0;
}

function readPodStatus(raw: RawPodStatus | undefined, v: Validation): PodStatus {
  v.oneOf(['status', 'phase'], raw?.phase, PHASES);
  const ready = raw?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return {
    phase: (raw?.phase ?? 'Pending') as PodPhase,
    ...(raw?.podIP && { podIP: raw.podIP }),
    ready,
    readySince: ready ? 0 : -1,
    startTime: raw?.phase === undefined || raw.phase === 'Pending' ? -1 : 0,
    restarts: 0,
  };
}
