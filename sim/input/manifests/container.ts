import type { Container, ContainerPort } from '../../cluster/api/pod.ts';
import { preStopSeconds } from '../../cluster/pre-stop.ts';
import { knownNames } from '../faults.ts';
import type { Path } from '../tree.ts';
import type { Raw } from './metadata.ts';
import { checkName, checkPortName, DNS_1123_LABEL } from './names.ts';
import { handlerOf, readProbe } from './probe.ts';
import { readResources } from './resources.ts';
import type { Validation } from './validation.ts';

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const;

const ROLES = ['startup', 'liveness', 'readiness'] as const;

/** A container with Kubernetes' defaults. @param portNames of all containers of the Pod, for advice */
export function readContainer(raw: Raw<Container>, path: Path, portNames: string[], v: Validation): Container {
  if (!raw.name) v.required([...path, 'name']);
  else checkName(v, [...path, 'name'], raw.name, DNS_1123_LABEL);
  if (!raw.image) v.required([...path, 'image']);
  v.oneOf([...path, 'imagePullPolicy'], raw.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']);
  const container: Container = {
    ...(raw as Container),
    name: raw.name ?? '',
    image: raw.image ?? '',
    imagePullPolicy:
      raw.imagePullPolicy ?? (/(^|\/)[^/:]+(:latest)?$/.test(raw.image ?? '') ? 'Always' : 'IfNotPresent'),
    ...(raw.ports && { ports: readPorts(raw.ports, [...path, 'ports'], v) }),
    ...(raw.resources && { resources: readResources(raw.resources, [...path, 'resources'], v) }),
  };
  raw.env?.forEach(({ name }, i) => {
    if (!name) v.required([...path, 'env', i, 'name']);
  });
  for (const role of ROLES) {
    const field = `${role}Probe` as const;
    const probe = raw[field];
    if (probe === undefined) continue;
    const read = readProbe(probe, role, [...path, field], v);
    container[field] = read;
    const kind = handlerOf(read);
    const port = kind === undefined || kind === 'exec' ? undefined : read[kind]?.port;
    if (typeof port === 'string' && !container.ports?.some(({ name }) => name === port)) {
      const text = `no port of this container is named "${port}": the probe always fails`;
      v.warning([...path, field, kind!, 'port'], text, knownNames(port, portNames, 'a port name of the container'));
    }
  }
  checkPreStop(raw, path, v);
  return container;
}

/** Only a sidecar is probed, or told before it is stopped. @source validation.go validateInitContainers */
export function checkInitContainer(raw: Raw<Container>, path: Path, v: Validation): void {
  if (raw.restartPolicy === 'Always') return;
  for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (raw[field] !== undefined) {
      v.forbidden([...path, field], 'may not be set for init containers without restartPolicy=Always');
    }
  }
}

/** What a container asks of its Pod. @source validation.go validateHostNetwork, validateSleepAction */
export function checkInPod(
  raw: Raw<Container>,
  pod: { grace: number; hostNetwork: boolean },
  path: Path,
  v: Validation,
) {
  raw.ports?.forEach(({ containerPort, hostPort }, i) => {
    if (pod.hostNetwork && hostPort && hostPort !== containerPort) {
      v.invalid([...path, 'ports', i, 'containerPort'], containerPort, 'must match `hostPort`');
    }
  });
  for (const field of ['postStart', 'preStop'] as const) {
    const sleep = raw.lifecycle?.[field]?.sleep?.seconds;
    if (sleep === undefined || (sleep >= 0 && sleep <= pod.grace)) continue;
    const detail = `must be non-negative and less than terminationGracePeriodSeconds (${pod.grace})`;
    v.invalid([...path, 'lifecycle', field, 'sleep', 'seconds'], sleep, detail);
  }
}

function readPorts(raw: Raw<ContainerPort>[], path: Path, v: Validation): ContainerPort[] {
  const names = new Set<string>();
  return raw.map((port, i) => {
    const { name, containerPort, protocol } = port;
    if (containerPort === undefined) v.required([...path, i, 'containerPort']);
    else v.port([...path, i, 'containerPort'], containerPort);
    if (port.hostPort) v.port([...path, i, 'hostPort'], port.hostPort);
    v.oneOf([...path, i, 'protocol'], protocol, PROTOCOLS);
    if (name) {
      checkPortName(v, [...path, i, 'name'], name);
      if (names.has(name)) v.duplicate([...path, i, 'name'], name);
      names.add(name);
    }
    return { ...(port as ContainerPort), containerPort: containerPort ?? 0, protocol: protocol ?? 'TCP' };
  });
}

function checkPreStop({ lifecycle }: Raw<Container>, path: Path, v: Validation): void {
  const hook = lifecycle?.preStop;
  if (hook === undefined || preStopSeconds({ lifecycle } as Container) !== undefined) return;
  v.warning(
    [...path, 'lifecycle', 'preStop'],
    'only a preStop hook that sleeps is simulated; this one is taken to end at once',
  );
}
